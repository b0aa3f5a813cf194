"""What lies near a vector: documents by meaning alone, for a vector that no words are known of."""

from collections.abc import Sequence

from core.access import Principal
from core.search import HybridQuery, SparseVector
from folio.assembly import Parts
from retrieval.filters import visible_to
from retrieval.service import best_per_document

_PASSAGES_PER_DOCUMENT = 5


async def titles_near(
    parts: Parts, vector: Sequence[float], *, model: str, principal: Principal, limit: int
) -> list[str]:
    """Titles of the nearest documents that the principal may read, the nearest first; paths of those that have none.

    Empty where the vector is of another model than the live one.
    """
    if parts.embedder.fingerprint != model:
        return []
    query = HybridQuery(
        dense=tuple(vector),
        sparse=SparseVector((), ()),
        visible=visible_to(principal),
        limit=limit * _PASSAGES_PER_DOCUMENT,
    )
    hits = await parts.index.search(query)
    checked = hits if parts.hit_privacy is None else await parts.hit_privacy.checked(hits)
    return [hit.title or hit.path for hit in best_per_document(checked)[:limit]]

"""Single chunks by their place in a document: an id is computed from it, so nothing is searched for."""

from collections.abc import Sequence

from qdrant_client import AsyncQdrantClient, models

from core import ids
from core.filters import All, Equals, Visible
from core.retrieval_ports import ChunkRange
from core.search import Hit
from store.vectors.failures import classified
from store.vectors.filters import to_qdrant
from store.vectors.payload import HIT_FIELDS, to_hit

_PAGE_COUNT = 256


class QdrantChunkReader:
    """Implements ChunkReader over one collection."""

    def __init__(self, client: AsyncQdrantClient, *, collection: str) -> None:
        """Over an open client."""
        self._client = client
        self._collection = collection

    async def chunks(self, ranges: Sequence[ChunkRange], *, visible: Visible) -> list[Hit]:
        """The visible active chunks in these ranges, each once, by document, version and ordinal; score 0."""
        wanted = sorted({point_id for row in ranges for point_id in _point_ids(row)})
        hits: list[Hit] = []
        for start in range(0, len(wanted), _PAGE_COUNT):
            hits += await self._page(wanted[start : start + _PAGE_COUNT], visible=visible)
        return sorted(hits, key=lambda hit: (hit.doc_id, hit.version, hit.ordinal))

    async def _page(self, point_ids: Sequence[str], *, visible: Visible) -> list[Hit]:
        shown = to_qdrant(All((visible.condition, Equals("active", value=True))))
        these = models.HasIdCondition(has_id=list(point_ids))
        with classified():
            records, _ = await self._client.scroll(
                self._collection,
                scroll_filter=models.Filter(must=[these, *([shown] if shown else [])]),
                limit=len(point_ids),
                with_payload=HIT_FIELDS,
            )
        return [to_hit(record.payload or {}, score=0.0) for record in records]


def _point_ids(row: ChunkRange) -> list[str]:
    return [
        ids.point_id(row.doc_id, version=row.version, ordinal=ordinal)
        for ordinal in range(max(row.first, 0), row.last + 1)
    ]

"""The two arms of a hybrid query as Qdrant requests. Pure conversion: nothing is asked here.

Both are inside the principal's filter and the query's own, and every field of these has a payload index.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from qdrant_client import models

from core.errors import InvalidInputError
from core.filters import All, Condition, Either, Equals, Not
from core.search import Hit, HybridQuery
from store.vectors.filters import to_qdrant
from store.vectors.payload import DENSE, SPARSE
from store.vectors.readers import shown_to
from store.vectors.schema import PAYLOAD_INDEXES

ACTIVE = Equals("active", value=True)


def arms(query: HybridQuery, *, dense_params: models.SearchParams | None = None) -> list[dict[str, Any]]:
    """What both kinds of request need of each arm: the dense one, and BM25 if the query has words.

    Raises:
        InvalidInputError: A field of the filter has no payload index.
    """
    check_indexed(query.narrowed)
    wanted = to_qdrant(All((shown_to(query.visible), query.narrowed)))
    shared = {"filter": wanted, "limit": query.candidate_count}
    dense = {"query": list(query.dense), "using": DENSE, "params": dense_params, **shared}
    if not query.sparse.indices:
        return [dense]
    terms = models.SparseVector(indices=list(query.sparse.indices), values=list(query.sparse.values))
    return [dense, {"query": terms, "using": SPARSE, "params": _counted_among(query), **shared}]


def chosen(point_ids: Iterable[str], condition: Condition) -> models.Filter:
    """Of these points those that meet the condition."""
    return models.Filter(must=[models.HasIdCondition(has_id=list(point_ids)), to_qdrant(condition)])


def check_indexed(condition: Condition) -> None:
    """Refuse a filter that the store would have to read every payload for.

    Raises:
        InvalidInputError: A field has no payload index.
    """
    for field in _fields(condition):
        if field not in PAYLOAD_INDEXES:
            known = ", ".join(sorted(PAYLOAD_INDEXES))
            raise InvalidInputError(f"the field '{field}' has no index to filter by; these have one: {known}")


def highest_versions(hits: Iterable[Hit]) -> list[Hit]:
    """Without the hits of a version that is being replaced."""
    listed = list(hits)
    highest: dict[str, int] = {}
    for hit in listed:
        highest[hit.doc_id] = max(hit.version, highest.get(hit.doc_id, hit.version))
    return [hit for hit in listed if hit.version == highest[hit.doc_id]]


def _counted_among(query: HybridQuery) -> models.SearchParams:
    """How rare a word is, is counted among the chunks that the principal may read.

    What others write, in this tenant or another, then moves no ranks, and ranks tell nothing of it.
    """
    corpus = to_qdrant(shown_to(query.visible))
    return models.SearchParams(idf=models.IdfCorpusParams(corpus=corpus))


def _fields(condition: Condition) -> Iterator[str]:
    match condition:
        case All() | Either():
            for part in condition.conditions:
                yield from _fields(part)
        case Not():
            yield from _fields(condition.condition)
        case _:
            yield condition.field

"""Searching one collection for clients that want a score from 0 to 1: OpenAI's vector stores and Dify."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.lifespan import Services
from core.filters import All, Condition
from core.search import Hit, SearchOptions, SearchResult, SearchWanted
from folio.collections import collection_of
from retrieval.relevance import relevances
from retrieval.user_filters import ALL, STORE_PREFIX, in_collections


@dataclass(frozen=True, slots=True)
class RelevantHit:
    """A hit and how near it is to the query, from 0 to 1: see `retrieval.relevance`."""

    hit: Hit
    relevance: float


@dataclass(frozen=True, slots=True)
class CollectionSearch:
    """What to look for in a collection; `queries` are looked for one by one and their hits put together."""

    queries: tuple[str, ...]
    collection_id: str
    limit: int
    narrowed: Condition
    threshold: float = 0.0

    def wanted(self) -> list[SearchWanted]:
        """The searches that it takes."""
        narrowed = All((in_collections([self.collection_id]), self.narrowed))
        options = SearchOptions(limit=self.limit, narrowed=narrowed)
        return [SearchWanted(query, options) for query in self.queries]


async def search_collection(asked: CollectionSearch, services: Services) -> list[RelevantHit]:
    """The best hits of a collection, best first.

    Raises:
        NotFoundError: There is no such collection, or nothing in it for the caller.
        FolioError: A query cannot be searched for, or a store does not answer.
    """
    knowledge_base = await services.knowledge_base()
    outcomes = await knowledge_base.found_many(asked.wanted(), principal=services.principal)
    found: list[SearchResult] = []
    for outcome in outcomes:
        if not isinstance(outcome, SearchResult):
            raise outcome
        found.append(outcome)
    hits = together([result.hits for result in found])
    if not hits:
        # Only then, because it counts documents: where there are hits there is a collection.
        await collection_of(knowledge_base, services.principal, asked.collection_id)
    return [one for one in hits if one.relevance >= asked.threshold][: asked.limit]


def together(rankings: Sequence[Sequence[Hit]]) -> list[RelevantHit]:
    """The hits of several rankings as one: by relevance, each passage once, with the best that it has."""
    best: dict[tuple[str, int, int], RelevantHit] = {}
    for hits in rankings:
        for hit, relevance in zip(hits, relevances(hits), strict=True):
            key = (hit.doc_id, hit.version, hit.ordinal)
            known = best.get(key)
            if known is None:
                best[key] = RelevantHit(hit, relevance)
            elif relevance > known.relevance:
                best[key] = replace(known, relevance=relevance)
    # The sort is stable: equal ones stay in the order of their own ranking.
    return sorted(best.values(), key=lambda one: -one.relevance)


def collection_id_of(store_id: str) -> str:
    """The collection that a vector store's id, or a collection's own, names."""
    return store_id.removeprefix(STORE_PREFIX)


def store_id_of(collection_id: str) -> str:
    """The id of a collection as a vector store: that of a source begins with `vs_`, as OpenAI's do."""
    return ALL if collection_id == ALL else f"{STORE_PREFIX}{collection_id}"

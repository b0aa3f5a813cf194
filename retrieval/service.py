"""Hybrid search on behalf of a principal."""

from core.access import Principal
from core.config import RetrievalSettings
from core.errors import InvalidInputError
from core.filters import All, Condition
from core.ports import Clock, Embedder, SparseEncoder, VectorIndex
from core.search import Hit, HybridQuery, SearchResult
from retrieval.filters import visible_to

MAX_QUERY_CHARS = 2000
# Chunks asked for per document wanted, where hits are deduplicated by document.
_CHUNKS_PER_DOCUMENT = 3


class SearchService:
    """Dense and BM25 recall, fused by reciprocal rank, inside the principal's filter."""

    def __init__(
        self,
        index: VectorIndex,
        *,
        embedder: Embedder,
        sparse: SparseEncoder,
        settings: RetrievalSettings,
        clock: Clock,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._sparse = sparse
        self._settings = settings
        self._clock = clock

    async def search(
        self, query: str, *, principal: Principal, limit: int = 10, narrowed: Condition | None = None
    ) -> SearchResult:
        """The best visible chunks, at most `limit`.

        Raises:
            InvalidInputError: The query is empty or too long, or the limit is out of bounds.
        """
        started = self._clock.monotonic_s()
        text = self._checked(query, limit)
        hits = await self._hits(text, principal=principal, limit=limit, narrowed=narrowed)
        return SearchResult(tuple(hits), (self._clock.monotonic_s() - started) * 1000)

    async def search_documents(self, query: str, *, principal: Principal, limit: int = 10) -> SearchResult:
        """Like `search`, but the best chunk of each document only."""
        started = self._clock.monotonic_s()
        text = self._checked(query, limit)
        hits = await self._hits(text, principal=principal, limit=limit * _CHUNKS_PER_DOCUMENT, narrowed=None)
        best = best_per_document(hits)[:limit]
        return SearchResult(tuple(best), (self._clock.monotonic_s() - started) * 1000)

    async def _hits(
        self, text: str, *, principal: Principal, limit: int, narrowed: Condition | None
    ) -> list[Hit]:
        return await self._index.search(
            HybridQuery(
                dense=await self._embedder.embed_query(text),
                sparse=self._sparse.encode_query(text),
                visible=visible_to(principal),
                narrowed=narrowed or All(()),
                limit=limit,
                candidate_count=max(limit, self._settings.candidate_count),
            )
        )

    def _checked(self, query: str, limit: int) -> str:
        text = query.replace("\0", " ").strip()
        if not text:
            raise InvalidInputError("the query is empty: ask for at least one word")
        if len(text) > MAX_QUERY_CHARS:
            raise InvalidInputError(
                f"the query has {len(text)} characters; at most {MAX_QUERY_CHARS} are allowed"
            )
        if not 1 <= limit <= self._settings.max_limit:
            raise InvalidInputError(f"limit is {limit}; it must lie between 1 and {self._settings.max_limit}")
        return text


def best_per_document(hits: list[Hit]) -> list[Hit]:
    """The first hit of each document, order kept."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.doc_id, hit)
    return list(first.values())

"""Hybrid search on behalf of a principal: the face of this package."""

from collections.abc import Sequence

from core.access import Principal
from core.config import RetrievalSettings
from core.filters import All, Condition
from core.ports import Clock, Embedder, SparseEncoder
from core.retrieval_ports import CandidateIndex
from core.search import Hit, SearchResult
from core.search_trace import Explanation
from retrieval.absence import explained
from retrieval.hybrid import HybridSearch
from retrieval.question import checked_query
from retrieval.run import Run, Stopwatch
from retrieval.stages import SearchSteps
from retrieval.trace import ACTIVE, traced

# Chunks asked for per document wanted, where hits are deduplicated by document.
_CHUNKS_PER_DOCUMENT = 3
_ANYTHING = All(())


class SearchService:
    """Dense and BM25 recall inside the principal's filter, fused, then boosted, reranked and assembled by the stages."""

    def __init__(
        self,
        index: CandidateIndex,
        *,
        embedder: Embedder,
        sparse: SparseEncoder,
        settings: RetrievalSettings,
        clock: Clock,
        steps: SearchSteps | None = None,
    ) -> None:
        self._index = index
        self._settings = settings
        self._clock = clock
        self._hybrid = HybridSearch(index, embedder, sparse, settings, clock, steps or SearchSteps())

    async def search(
        self,
        query: str,
        *,
        principal: Principal,
        limit: int = 10,
        narrowed: Condition | None = None,
        preferred: Condition | None = None,
        explain: bool = False,
    ) -> SearchResult:
        """The best visible chunks, at most `limit`.

        Args:
            query: In plain words.
            principal: On whose behalf.
            limit: Most hits.
            narrowed: A filter that every hit meets.
            preferred: A filter that is dropped if nothing meets it; `notes` say so.
            explain: Return the trace too.

        Raises:
            InvalidInputError: The query is empty or too long, the limit is out of bounds, or a field has no index.
            DependencyDownError: The store or a model does not answer.
        """
        watch = Stopwatch(self._clock)
        text = checked_query(query, limit=limit, max_limit=self._settings.max_limit)
        hard = narrowed or _ANYTHING
        run = await self._run(text, principal=principal, limit=limit, narrowed=hard, preferred=preferred)
        notes, took_ms = await self._notes(run), watch.lap_ms()
        trace = None
        if explain:
            trace = await traced(run, self._index, principal=principal, fusion=self._settings.fusion)
        return SearchResult(tuple(run.hits), took_ms, notes, trace, run.private.text)

    async def search_documents(
        self, query: str, *, principal: Principal, limit: int = 10, narrowed: Condition | None = None
    ) -> SearchResult:
        """Like `search`, but the best chunk of each document only."""
        watch = Stopwatch(self._clock)
        text = checked_query(query, limit=limit, max_limit=self._settings.max_limit)
        wanted_count = limit * _CHUNKS_PER_DOCUMENT
        run = await self._hybrid.run(
            text, principal=principal, limit=wanted_count, narrowed=narrowed or _ANYTHING
        )
        best = best_per_document(run.hits)[:limit]
        return SearchResult(tuple(best), watch.lap_ms(), await self._notes(run))

    async def explain_document(
        self,
        query: str,
        doc_id: str,
        *,
        principal: Principal,
        limit: int = 10,
        narrowed: Condition | None = None,
        preferred: Condition | None = None,
    ) -> Explanation:
        """What became of a document in this search. An unknown one and one that may not be read get the same answer."""
        text = checked_query(query, limit=limit, max_limit=self._settings.max_limit)
        hard = narrowed or _ANYTHING
        run = await self._run(text, principal=principal, limit=limit, narrowed=hard, preferred=preferred)
        return await explained(run, self._index, doc_id=doc_id)

    async def _run(
        self, text: str, *, principal: Principal, limit: int, narrowed: Condition, preferred: Condition | None
    ) -> Run:
        if preferred is not None:
            both = All((narrowed, preferred))
            run = await self._hybrid.run(text, principal=principal, limit=limit, narrowed=both)
            if run.hits:
                return run
        run = await self._hybrid.run(text, principal=principal, limit=limit, narrowed=narrowed)
        if preferred is not None:
            run.notes += ("nothing meets the preferred filter: it was left out",)
        return run

    async def _notes(self, run: Run) -> tuple[str, ...]:
        """What the hits do not say of themselves."""
        if not run.hits:
            return (*run.notes, await self._why_nothing(run))
        if run.query.sparse.indices and not run.candidates.lexical:
            return (*run.notes, "no word of the query was found: the hits are by meaning alone")
        return run.notes

    async def _why_nothing(self, run: Run) -> str:
        if run.fused:
            return f"none of {len(run.fused)} candidates was left by the stages after fusion"
        if run.narrowed != _ANYTHING:
            visible = All((run.query.visible.condition, ACTIVE))
            if await self._index.count(visible):
                return "no passage that you may read meets the filter"
        return "there is nothing here that you may read"


def best_per_document(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each document, order kept."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.doc_id, hit)
    return list(first.values())

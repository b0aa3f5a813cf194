"""Hybrid search on behalf of a principal: the face of this package."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.access import Principal
from core.config import RetrievalSettings
from core.errors import FolioError, InvalidInputError
from core.filters import All, Condition
from core.ports import Clock, Embedder, SparseEncoder
from core.retrieval_ports import CandidateIndex
from core.search import Facet, Hit, QueryVector, SearchOptions, SearchResult, SearchWanted
from core.search_trace import Explanation
from retrieval.absence import explained as explained_in
from retrieval.facets import checked_facets, counted
from retrieval.grouping import Grouping, passage_count
from retrieval.highlighting import highlighted
from retrieval.hybrid import EncodedQuery, HybridSearch
from retrieval.question import checked_query
from retrieval.relevance import with_similarity
from retrieval.run import Run, Stopwatch
from retrieval.stages import SearchSteps
from retrieval.trace import ACTIVE, traced

# Chunks asked for per document wanted, where hits are deduplicated by document.
_CHUNKS_PER_DOCUMENT = 3
# Of several searches that come together. More would only wait for the same store.
_TOGETHER_COUNT = 4
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
        self._sparse = sparse
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
        """The best visible chunks, at most `limit`. See `found`, which can do more."""
        options = SearchOptions(limit=limit, narrowed=narrowed, preferred=preferred, explain=explain)
        return await self.found(query, principal=principal, options=options)

    async def found(self, query: str, *, principal: Principal, options: SearchOptions) -> SearchResult:
        """The best visible chunks, or documents with their best chunks, as the options say.

        Raises:
            InvalidInputError: The query is empty or too long, an option is out of bounds, or a field has no index.
            DependencyDownError: The store or a model does not answer.
        """
        watch = Stopwatch(self._clock)
        checked = self._checked(query, options)
        run, groups = await self._run(_Asked(checked, principal, options))
        return await self._result(run, groups, options, watch=watch, principal=principal)

    async def found_many(
        self, searches: Sequence[SearchWanted], *, principal: Principal
    ) -> list[SearchResult | FolioError]:
        """Several searches, each with its result or with why it has none, in order.

        Their vectors are computed in one call of the model; `_TOGETHER_COUNT` are on their way at a time.

        Raises:
            FolioError: The store or the model does not answer when the queries are encoded.
        """
        asked = [self._asked_or_error(one, principal) for one in searches]
        fine = [one for one in asked if isinstance(one, _Asked)]
        texts = [one.text for one in fine]
        encoded = await self._hybrid.encoded(texts, principal=principal) if fine else []
        ready = iter([replace(one, encoded=vector) for one, vector in zip(fine, encoded, strict=True)])
        gate = asyncio.Semaphore(_TOGETHER_COUNT)
        return list(
            await asyncio.gather(
                *[self._one(next(ready), gate) if isinstance(one, _Asked) else _same(one) for one in asked]
            )
        )

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
        notes, took_ms = await self._notes(run), watch.lap_ms()
        return SearchResult(tuple(best), took_ms, notes, query=run.private.text, vector=self._vector(run))

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
        """What became of a document in this search. See `explained`, which knows groups too."""
        options = SearchOptions(limit=limit, narrowed=narrowed, preferred=preferred)
        return await self.explained(query, doc_id, principal=principal, options=options)

    async def explained(
        self, query: str, doc_id: str, *, principal: Principal, options: SearchOptions
    ) -> Explanation:
        """What became of a document in this search. An unknown one and one that may not be read get the same answer.

        Raises:
            InvalidInputError: As for `found`.
            DependencyDownError: The store or a model does not answer.
        """
        run, _ = await self._run(_Asked(self._checked(query, options), principal, options))
        return await explained_in(run, self._index, doc_id=doc_id)

    def _checked(self, query: str, options: SearchOptions) -> str:
        if options.facets is not None:
            checked_facets(options.facets)
        return checked_query(query, limit=options.limit, max_limit=self._settings.max_limit)

    def _asked_or_error(self, wanted: SearchWanted, principal: Principal) -> "_Asked | FolioError":
        try:
            return _Asked(self._checked(wanted.query, wanted.options), principal, wanted.options)
        except InvalidInputError as error:
            return error

    async def _one(self, asked: "_Asked", gate: asyncio.Semaphore) -> SearchResult | FolioError:
        async with gate:
            watch = Stopwatch(self._clock)
            try:
                run, groups = await self._run(asked)
                return await self._result(run, groups, asked.options, watch=watch, principal=asked.principal)
            except FolioError as error:
                return error

    async def _result(
        self,
        run: Run,
        groups: tuple[int, ...],
        options: SearchOptions,
        *,
        watch: Stopwatch,
        principal: Principal,
    ) -> SearchResult:
        facets = await self._facets(run, options)
        hits = list(run.hits) if options.group_size else with_similarity(run.hits, run.candidates)
        if options.highlight:
            mark = partial(highlighted, hits, run.query.sparse, encoder=self._sparse)
            hits = await asyncio.to_thread(mark)
        notes, took_ms = await self._notes(run), watch.lap_ms()
        trace = None
        if options.explain:
            trace = await traced(run, self._index, principal=principal, fusion=self._settings.fusion)
        return SearchResult(
            tuple(hits), took_ms, notes, trace, run.private.text, groups, facets, self._vector(run)
        )

    def _vector(self, run: Run) -> QueryVector:
        nearest = max((cosine for _, cosine in run.candidates.dense), default=None)
        return QueryVector(self._hybrid.embedder.fingerprint, run.query.dense, nearest)

    async def _facets(self, run: Run, options: SearchOptions) -> tuple[Facet, ...]:
        if options.facets is None or not options.facets.fields:
            return ()
        watch = Stopwatch(self._clock)
        wanted = checked_facets(options.facets)
        facets = await counted(self._index, wanted, visible=run.query.visible, narrowed=run.narrowed)
        run.facets_ms = watch.lap_ms()
        return facets

    async def _run(self, asked: "_Asked") -> tuple[Run, tuple[int, ...]]:
        """The search as it happened, and its groups if there are to be any."""
        options = asked.options
        hard = options.narrowed or _ANYTHING
        if options.preferred is None:
            return await self._grouped(asked, hard)
        [encoded] = (
            [asked.encoded]
            if asked.encoded
            else await self._hybrid.encoded([asked.text], principal=asked.principal)
        )
        asked = replace(asked, encoded=encoded)
        run, groups = await self._grouped(asked, All((hard, options.preferred)))
        if run.hits:
            return run, groups
        run, groups = await self._grouped(asked, hard)
        run.notes += ("nothing meets the preferred filter: it was left out",)
        return run, groups

    async def _grouped(self, asked: "_Asked", narrowed: Condition) -> tuple[Run, tuple[int, ...]]:
        options = asked.options
        # All groups together are bounded as all hits are.
        size = min(options.group_size, max(self._settings.max_limit // options.limit, 1))
        limit = passage_count(options.limit, group_size=size) if size else options.limit
        run = await self._hybrid.run(
            asked.text, principal=asked.principal, limit=limit, narrowed=narrowed, encoded=asked.encoded
        )
        if not size:
            return run, ()
        watch = Stopwatch(self._clock)
        if size < options.group_size:
            run.notes += (f"at most {size} passages of each document: ask for fewer documents to get more",)
        return run, await Grouping(options.limit, size).applied(run, self._hybrid, watch)

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """A checked query with its options; `encoded` where that was done already."""

    text: str
    principal: Principal
    options: SearchOptions
    encoded: EncodedQuery | None = None


async def _same(error: FolioError) -> FolioError:
    return error


def best_per_document(hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each document, order kept."""
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.doc_id, hit)
    return list(first.values())

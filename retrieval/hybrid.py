"""One hybrid search from the checked query to the last stage."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from core.access import Principal
from core.config import RetrievalSettings
from core.filters import Condition
from core.ports import Clock, Embedder, SparseEncoder
from core.privacy_ports import PrivateQuery
from core.query_ports import query_batches
from core.retrieval_ports import CandidateIndex
from core.search import Candidates, Hit, HybridQuery
from core.tracing import count, stage, staged
from retrieval.expanding import together, united
from retrieval.filters import visible_to
from retrieval.fusion import Fused, convex, distribution_based, reciprocal_rank
from retrieval.question import checked_vector
from retrieval.run import RankedStage, Run, Stopwatch
from retrieval.stages import Question, SearchSteps

# Read beyond the limit: a document that is caught in its swap costs no place.
_SPARE_COUNT = 10


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query without personal data, and its vector."""

    private: PrivateQuery
    dense: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HybridSearch:
    """Dense and BM25 recall inside the principal's filter, fused; then the stages."""

    index: CandidateIndex
    embedder: Embedder
    sparse: SparseEncoder
    settings: RetrievalSettings
    clock: Clock
    steps: SearchSteps

    async def run(
        self,
        text: str,
        *,
        principal: Principal,
        limit: int,
        narrowed: Condition,
        encoded: EncodedQuery | None = None,
    ) -> Run:
        """Search for a checked query; at most `limit` hits come out. `encoded` is what `encoded` gave for it, if it was asked.

        Raises:
            FolioError: The store or a model does not answer, or the filter names a field without an index.
        """
        watch = Stopwatch(self.clock)
        known = encoded or (await self.encoded([text], principal=principal))[0]
        query = self._query(known, principal=principal, limit=limit, narrowed=narrowed)
        run = await self._recalled(known, query, watch)
        run.rewritten = known.private.text != text
        await self._expand(run, watch, principal)
        await self._follow(run, watch, principal)
        await self._staged(run, watch)
        return run

    async def beyond(self, run: Run, *, narrowed: Condition) -> Run:
        """Ask for the same once more, inside another filter: neither other ways to ask nor the graph are tried again.

        Raises:
            FolioError: As for `run`.
        """
        watch = Stopwatch(self.clock)
        known = EncodedQuery(run.private, run.query.dense)
        further = await self._recalled(known, replace(run.query, narrowed=narrowed), watch)
        await self._staged(further, watch)
        return further

    async def encoded(self, texts: Sequence[str], *, principal: Principal) -> list[EncodedQuery]:
        """Each query without personal data and as a vector; the model is called once for all of them.

        Raises:
            FolioError: The store or a model does not answer.
        """
        private = [await self._private(text, principal) for text in texts]
        with stage("embed_query", queries=len(private)):
            if len(private) == 1:
                vectors = [await self.embedder.embed_query(private[0].text)]
            else:
                vectors = await query_batches(self.embedder).embed_queries([one.text for one in private])
        dimension = self.embedder.dimension
        return [
            EncodedQuery(one, checked_vector(vector, dimension=dimension))
            for one, vector in zip(private, vectors, strict=True)
        ]

    async def _recalled(self, known: EncodedQuery, query: HybridQuery, watch: Stopwatch) -> Run:
        """Both arms, fused."""
        encoding_ms = watch.lap_ms()
        with stage("recall", limit=query.candidate_count):
            candidates = await self.index.candidates(query)
        arms_ms = watch.lap_ms()
        with stage("fuse"):
            fused = fuse(candidates, self.settings)
        count(dense=len(candidates.dense), lexical=len(candidates.lexical))
        return Run(
            private=known.private,
            query=query,
            candidates=candidates,
            fused=fused,
            encoding_ms=encoding_ms,
            arms_ms=arms_ms,
            fusion_ms=watch.lap_ms(),
            rewritten=False,
        )

    async def _expand(self, run: Run, watch: Stopwatch, principal: Principal) -> None:
        """Search for other ways to ask, too, where a model writes them."""
        step = self.steps.expand
        if step is None:
            return
        with stage("expand"):
            queries, warning = await step.queries(run.private.text, run.query, principal=principal)
        found = [run.candidates, *[await self.index.candidates(query) for query in queries]]
        if queries:
            run.fused = together([fuse(one, self.settings) for one in found])
            run.candidates = united(found)
        if warning:
            run.notes += (warning,)
        run.other_count, run.expansion_ms = len(queries), watch.lap_ms()

    async def _follow(self, run: Run, watch: Stopwatch, principal: Principal) -> None:
        """Rank what the graph leads to among the candidates, where the question asks for it."""
        if self.steps.graph is None:
            return
        with stage("graph_walk"):
            run.followed = await self.steps.graph.followed(
                run.private.text, principal=principal, query=run.query, candidates=run.candidates
            )
        run.graph_ms = watch.lap_ms()
        if run.followed.warning:
            run.notes += (run.followed.warning,)

    @staged("query_privacy")
    async def _private(self, text: str, principal: Principal) -> PrivateQuery:
        if self.steps.query_privacy is None:
            return PrivateQuery(text)
        return await self.steps.query_privacy.private(
            text, visible=visible_to(principal), tenant=principal.tenant
        )

    def _query(
        self, known: EncodedQuery, *, principal: Principal, limit: int, narrowed: Condition
    ) -> HybridQuery:
        return HybridQuery(
            dense=known.dense,
            sparse=self.sparse.encode_query(known.private.words, terms=known.private.terms),
            visible=visible_to(principal),
            narrowed=narrowed,
            limit=limit,
            candidate_count=max(limit, self.settings.candidate_count, self.steps.candidate_count),
        )

    async def _staged(self, run: Run, watch: Stopwatch) -> None:
        """Read the best fused hits and let every stage have them, the checkpoint of hits first and last.

        First, because a stage may hand text to a server; last, because a stage may read more text.
        """
        query = run.query
        best_count = max(query.limit, self.steps.candidate_count) + _SPARE_COUNT
        best = dict(islice(run.ranking, best_count))
        with stage("read_hits"):
            hits = await self._checked(await self.index.hits(best, visible=query.visible))
        run.stages.append(RankedStage("read", watch.lap_ms(), hits))
        question = Question(run.private.text, query.visible, query.limit)
        for step in self.steps.stages:
            with stage(step.name, hits=len(run.hits)):
                outcome = await step.apply(question, run.hits)
            run.stages.append(RankedStage(step.name, watch.lap_ms(), outcome.hits, outcome.note))
        result = list(run.hits[: query.limit])
        if self.steps.stages:
            result = await self._checked(result)
        run.stages.append(RankedStage("result", watch.lap_ms(), result))

    async def _checked(self, hits: Sequence[Hit]) -> list[Hit]:
        if self.steps.hit_privacy is None:
            return list(hits)
        return await self.steps.hit_privacy.checked(hits)


def fuse(candidates: Candidates, settings: RetrievalSettings) -> Fused:
    """The arms as one ranking, as the settings say."""
    arms = (candidates.dense, candidates.lexical)
    match settings.fusion:
        case "rrf":
            return reciprocal_rank(arms)
        case "dbsf":
            return distribution_based(arms)
        case "convex":
            return convex(*arms, dense_weight=settings.dense_weight)

"""One hybrid search from the checked query to the last stage."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from core.access import Principal
from core.config import RetrievalSettings
from core.filters import Condition
from core.ports import Clock, Embedder, SparseEncoder
from core.privacy_ports import PrivateQuery
from core.retrieval_ports import CandidateIndex
from core.search import Candidates, Hit, HybridQuery
from retrieval.expanding import together, united
from retrieval.filters import visible_to
from retrieval.fusion import Fused, convex, distribution_based, reciprocal_rank
from retrieval.question import checked_vector
from retrieval.run import RankedStage, Run, Stopwatch
from retrieval.stages import Question, SearchSteps

# Read beyond the limit: a document that is caught in its swap costs no place.
_SPARE_COUNT = 10


@dataclass(frozen=True, slots=True)
class HybridSearch:
    """Dense and BM25 recall inside the principal's filter, fused; then the stages."""

    index: CandidateIndex
    embedder: Embedder
    sparse: SparseEncoder
    settings: RetrievalSettings
    clock: Clock
    steps: SearchSteps

    async def run(self, text: str, *, principal: Principal, limit: int, narrowed: Condition) -> Run:
        """Search for a checked query; at most `limit` hits come out.

        Raises:
            FolioError: The store or a model does not answer, or the filter names a field without an index.
        """
        watch = Stopwatch(self.clock)
        private = await self._private(text, principal)
        query = await self._encoded(private, principal=principal, limit=limit, narrowed=narrowed)
        encoding_ms = watch.lap_ms()
        candidates = await self.index.candidates(query)
        arms_ms = watch.lap_ms()
        fused = fuse(candidates, self.settings)
        run = Run(
            private=private,
            query=query,
            candidates=candidates,
            fused=fused,
            encoding_ms=encoding_ms,
            arms_ms=arms_ms,
            fusion_ms=watch.lap_ms(),
            rewritten=private.text != text,
        )
        await self._expand(run, watch, principal)
        await self._follow(run, watch, principal)
        await self._staged(run, watch)
        return run

    async def _expand(self, run: Run, watch: Stopwatch, principal: Principal) -> None:
        """Search for other ways to ask, too, where a model writes them."""
        step = self.steps.expand
        if step is None:
            return
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
        run.followed = await self.steps.graph.followed(
            run.private.text, principal=principal, query=run.query, candidates=run.candidates
        )
        run.graph_ms = watch.lap_ms()
        if run.followed.warning:
            run.notes += (run.followed.warning,)

    async def _private(self, text: str, principal: Principal) -> PrivateQuery:
        if self.steps.query_privacy is None:
            return PrivateQuery(text)
        return await self.steps.query_privacy.private(
            text, visible=visible_to(principal), tenant=principal.tenant
        )

    async def _encoded(
        self, private: PrivateQuery, *, principal: Principal, limit: int, narrowed: Condition
    ) -> HybridQuery:
        vector = await self.embedder.embed_query(private.text)
        return HybridQuery(
            dense=checked_vector(vector, dimension=self.embedder.dimension),
            sparse=self.sparse.encode_query(private.words, terms=private.terms),
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
        hits = await self._checked(await self.index.hits(best, visible=query.visible))
        run.stages.append(RankedStage("read", watch.lap_ms(), hits))
        question = Question(run.private.text, query.visible, query.limit)
        for stage in self.steps.stages:
            outcome = await stage.apply(question, run.hits)
            run.stages.append(RankedStage(stage.name, watch.lap_ms(), outcome.hits, outcome.note))
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

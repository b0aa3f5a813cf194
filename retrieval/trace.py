"""A search that was run, told stage by stage. It is made afterwards and on request: a search that is not explained pays nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from core import ids
from core.access import Principal
from core.filters import All, Equals
from core.retrieval_ports import CandidateIndex
from core.search import Hit
from core.search_trace import ACCESS_SCOPE, SearchTrace, StageTrace, TracedHit
from retrieval.run import Run

ACTIVE = Equals("active", value=True)


async def traced(run: Run, index: CandidateIndex, *, principal: Principal, fusion: str) -> SearchTrace:
    """The trace of a search that this principal has made."""
    visible = All((run.query.visible.condition, ACTIVE))
    visible_count = await index.count(visible)
    narrowed_count = await index.count(All((visible, run.narrowed)))
    denied_count = None
    if ACCESS_SCOPE in principal.scopes:
        tenant = All((Equals("tenant", principal.tenant), ACTIVE))
        denied_count = await index.count(tenant) - visible_count
    return SearchTrace(
        stages=tuple(_stages(run, await _Places.of(run, index))),
        visible_count=visible_count,
        filtered_count=visible_count - narrowed_count,
        denied_count=denied_count,
        fusion=fusion,
        rewritten=run.rewritten,
    )


def ranks(scored: Iterable[tuple[str, float]]) -> dict[str, int]:
    """The rank of every key of a ranking, from 1."""
    return {key: rank for rank, (key, _) in enumerate(scored, start=1)}


def point_of(hit: Hit) -> str:
    """The point that a hit was read from."""
    return ids.point_id(hit.doc_id, version=hit.version, ordinal=hit.ordinal)


@dataclass(frozen=True, slots=True)
class _Places:
    """Which chunk a candidate is, and its rank in each arm."""

    hits: Mapping[str, Hit]
    dense: Mapping[str, int]
    lexical: Mapping[str, int]
    via: Callable[[str], tuple[str, ...]]

    @staticmethod
    async def of(run: Run, index: CandidateIndex) -> "_Places":
        """Read what all candidates are."""
        hits = await index.hits(dict(run.ranking), visible=run.query.visible)
        arms = run.candidates
        return _Places({point_of(hit): hit for hit in hits}, ranks(arms.dense), ranks(arms.lexical), run.via)

    def traced(self, scored: Iterable[tuple[str, float]]) -> tuple[TracedHit, ...]:
        """A ranking of points, named. One that was removed since the search has no name and is left out."""
        return tuple(
            self.named(point, self.hits[point], rank=rank, score=score)
            for rank, (point, score) in enumerate(scored, start=1)
            if point in self.hits
        )

    def named(self, point: str, hit: Hit, *, rank: int, score: float) -> TracedHit:
        """One candidate."""
        arms = self.dense.get(point), self.lexical.get(point)
        return TracedHit(rank, hit.doc_id, hit.ordinal, score, *arms, self.via(point))


def _stages(run: Run, places: _Places) -> Iterable[StageTrace]:
    yield StageTrace("query", run.encoding_ms, ())
    # Both arms are asked in one request, so both took its time.
    yield StageTrace("dense", run.arms_ms, places.traced(run.candidates.dense))
    yield StageTrace("lexical", run.arms_ms, places.traced(run.candidates.lexical))
    yield StageTrace("fusion", run.fusion_ms, places.traced(run.fused))
    if run.expansion_ms:
        note = f"{run.other_count} more ways to ask were searched for"
        yield StageTrace("expansion", run.expansion_ms, places.traced(run.fused), note)
    if run.followed is not None:
        led = places.traced(run.ranking) if run.followed.ranking is not None else ()
        yield StageTrace("graph", run.graph_ms, led, run.followed.note)
    for stage in run.stages:
        hits = tuple(
            places.named(point_of(hit), hit, rank=rank, score=hit.score)
            for rank, hit in enumerate(stage.hits, start=1)
        )
        yield StageTrace(stage.name, stage.took_ms, hits, stage.note)
    if run.facets_ms:
        yield StageTrace("facets", run.facets_ms, ())

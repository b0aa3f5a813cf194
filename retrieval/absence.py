"""Why a document is where it is in a search, or is not in it at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.filters import All, Equals
from core.retrieval_ports import CandidateIndex
from core.search import Candidates, Hit
from core.search_trace import ArmPlace, Explanation, Verdict
from retrieval.run import Run
from retrieval.trace import ACTIVE, point_of, ranks

# How far down an arm a document is looked for.
_DEPTH = 10_000
_NOT_VISIBLE = "there is no such document, or you may not read it"


async def explained(run: Run, index: CandidateIndex, *, doc_id: str) -> Explanation:
    """What became of a document in a search that the principal has made.

    The first thing that is asked is whether it may be read: nothing else is said of one that may not.
    """
    own = All((run.query.visible.condition, Equals("doc_id", doc_id), ACTIVE))
    if not await index.count(own):
        return Explanation(doc_id, Verdict.NOT_VISIBLE, _NOT_VISIBLE)
    if not await index.count(All((own, run.narrowed))):
        return Explanation(doc_id, Verdict.FILTERED, "none of its passages meets the filter of the search")
    found = await _Found.of(run, index, doc_id=doc_id)
    verdict, reason = _judged(run, found)
    return Explanation(
        doc_id, verdict, reason, arms=found.arms, fused_rank=found.fused_rank, rank=found.rank_in(run.hits)
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a document's best chunk stands in the arms, and in the fused ranking."""

    doc_id: str
    arms: tuple[ArmPlace, ...]
    fused_rank: int | None

    @staticmethod
    async def of(run: Run, index: CandidateIndex, *, doc_id: str) -> "_Found":
        """Ask both arms for the document alone, and how far down it stands."""
        narrowed = All((run.narrowed, Equals("doc_id", doc_id)))
        own = await index.candidates(replace(run.query, narrowed=narrowed))
        deep = await index.candidates(replace(run.query, candidate_count=_DEPTH))
        fused = ranks(run.ranking)
        mine = [*_points(own.dense), *_points(own.lexical)]
        return _Found(
            doc_id,
            _arm_places(run, own=own, deep=deep),
            min((fused[point] for point in mine if point in fused), default=None),
        )

    def rank_in(self, hits: Sequence[Hit]) -> int | None:
        """The rank of its best hit; None if it has none."""
        places = (rank for rank, hit in enumerate(hits, start=1) if hit.doc_id == self.doc_id)
        return next(places, None)


def _judged(run: Run, found: _Found) -> tuple[Verdict, str]:
    rank = found.rank_in(run.hits)
    if rank is not None:
        return Verdict.FOUND, f"it is hit {rank} of {len(run.hits)}{_over_the_graph(run, rank)}"
    if found.fused_rank is None:
        count = run.query.candidate_count
        return Verdict.NOT_A_CANDIDATE, f"it is among the best {count} neither by meaning nor by words"
    dropped = _dropped_by(run, found)
    if dropped is not None:
        return Verdict.LEFT_OUT, f"fused at rank {found.fused_rank}; the stage '{dropped}' left it out"
    return Verdict.BEYOND_LIMIT, f"fused at rank {found.fused_rank}; {run.query.limit} hits were asked for"


def _over_the_graph(run: Run, rank: int) -> str:
    """The entities that led to the hit, where the graph did."""
    via = run.via(point_of(run.hits[rank - 1]))
    return f"; found over the graph, from {', '.join(via)}" if via else ""


def _dropped_by(run: Run, found: _Found) -> str | None:
    """The stage after which the document was gone, the cut at the limit aside."""
    before = run.stages[0]
    for stage in run.stages[1:-1]:
        if found.rank_in(before.hits) is not None and found.rank_in(stage.hits) is None:
            return stage.name
        before = stage
    return None


def _arm_places(run: Run, *, own: Candidates, deep: Candidates) -> tuple[ArmPlace, ...]:
    arms = (
        ("dense", own.dense, deep.dense, run.candidates.dense),
        ("lexical", own.lexical, deep.lexical, run.candidates.lexical),
    )
    return tuple(
        ArmPlace(
            arm=name,
            rank=min((rank for point, rank in ranks(whole).items() if point in _points(mine)), default=None),
            score=max((score for _, score in mine), default=None),
            candidate_count=len(asked),
        )
        for name, mine, whole, asked in arms
    )


def _points(arm: Iterable[tuple[str, float]]) -> set[str]:
    return {point for point, _ in arm}

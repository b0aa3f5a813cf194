"""What a system did on a set, compared with what Folio did on it, question by question. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from evals.gates.statistics import Interval, mean_interval, sign_flip_p
from evals.metrics.ranking import Quality, by_query, mean_quality
from evals.peers.corpora import Corpus
from evals.peers.exchange import Outcome
from evals.retrieval_bench.timing import Latency, summarised

_EQUAL = 1e-9
_DEPTH = 10


@dataclass(frozen=True)
class Result:
    """One system on one set."""

    system: str
    corpus: Corpus
    outcome: Outcome

    @cached_property
    def scores(self) -> dict[str, Quality]:
        """The measures of each question."""
        return by_query(self.outcome.rankings, self.corpus.grades)

    @cached_property
    def quality(self) -> Quality:
        """Their means."""
        return mean_quality(list(self.scores.values()))

    @cached_property
    def latency(self) -> Latency:
        """Of the searches."""
        return summarised(self.outcome.times_ms)

    def line(self) -> str:
        """For whoever waits."""
        timed = self.latency
        return (
            f"{self.corpus.name}, {self.system}: nDCG@10 {self.quality.ndcg_10:.4f}, "
            f"indexed in {self.outcome.index_s:.1f} s, p50 {timed.p50_ms:.1f} ms, +{self.outcome.added_mb:.0f} MB"
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Folio's nDCG@10 less a peer's on the same questions. `p`: of the paired permutation test, two-sided."""

    difference: Interval
    p: float
    better_count: int
    worse_count: int


def compared(ours: Result, theirs: Result) -> Comparison:
    """Folio against a peer on one set."""
    differences = [found.ndcg_10 - theirs.scores[query_id].ndcg_10 for query_id, found in ours.scores.items()]
    return Comparison(
        mean_interval(differences),
        sign_flip_p(differences),
        sum(difference > _EQUAL for difference in differences),
        sum(difference < -_EQUAL for difference in differences),
    )


@dataclass(frozen=True, slots=True)
class Loss:
    """A question on which the peer is better: ranks of the best relevant document, None: not among those listed."""

    query_id: str
    ours: int | None
    theirs: int | None
    arms: Mapping[str, int | None]
    difference: float

    @property
    def stage(self) -> str:
        """Where Folio lost it."""
        ranks = [rank for rank in self.arms.values() if rank is not None]
        if not ranks:
            return "neither arm has it"
        if min(ranks) > _DEPTH:
            return "both arms rank it low"
        return "fusion" if len(ranks) < len(self.arms) or max(ranks) > _DEPTH else "order of the first ten"


def losses(ours: Result, theirs: Result) -> list[Loss]:
    """The questions on which the peer is better, the greatest loss first."""
    found = []
    for query_id, score in ours.scores.items():
        difference = score.ndcg_10 - theirs.scores[query_id].ndcg_10
        if difference < -_EQUAL:
            relevant = set(ours.corpus.grades[query_id])
            arms = {
                arm: best_rank(rankings.get(query_id, ()), relevant)
                for arm, rankings in ours.outcome.arms.items()
            }
            ranks = [best_rank(one.outcome.rankings[query_id], relevant) for one in (ours, theirs)]
            found.append(Loss(query_id, ranks[0], ranks[1], arms, difference))
    return sorted(found, key=lambda loss: (loss.difference, loss.query_id))


def stages(lost: Sequence[Loss]) -> Counter[str]:
    """How often each stage lost."""
    return Counter(loss.stage for loss in lost)


def best_rank(ranking: Sequence[str], relevant: set[str]) -> int | None:
    """The place of the first relevant document, from 1."""
    return next((place for place, doc_id in enumerate(ranking, start=1) if doc_id in relevant), None)

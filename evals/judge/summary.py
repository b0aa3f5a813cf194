"""What judgements come to: a part of a run, and a table for people. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evals.judge.cases import JudgedCase
from evals.judge.intervals import Interval, interval
from evals.judge.judgements import Judgement, Unjudged
from evals.runs import CaseScores, Part, Stage


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """A metric over all cases. `interval` is None where no case was judged; `unjudged` counts judgements without a score."""

    name: str
    asked_count: int
    interval: Interval | None
    unjudged: Mapping[Unjudged, int] = field(default_factory=dict)

    @property
    def judged_count(self) -> int:
        """Cases with a score."""
        return self.interval.case_count if self.interval else 0


@dataclass(frozen=True, slots=True)
class Spent:
    """What the judgements took. `cost` is None where a call has no price; `kept_count` judgements were there from before."""

    call_count: int
    token_count: int
    cost: float | None
    judgement_count: int
    kept_count: int


def summaries(judgements: Sequence[Judgement]) -> list[MetricSummary]:
    """One for each metric, in the order in which they come."""
    return [
        _summary(name, [one for one in judgements if one.metric == name])
        for name in dict.fromkeys(one.metric for one in judgements)
    ]


def spent(judgements: Sequence[Judgement]) -> Spent:
    """The sum over all judgements."""
    costs = [one.cost for one in judgements]
    return Spent(
        sum(one.call_count for one in judgements),
        sum(one.token_count for one in judgements),
        None if None in costs else sum(cost for cost in costs if cost is not None),
        len(judgements),
        sum(one.kept for one in judgements),
    )


def part_of(
    judgements: Sequence[Judgement], cases: Sequence[JudgedCase], *, dataset: str, version: str
) -> Part:
    """The part `judged` of a run: by case the mean of its repeats, and for the whole each metric's count and bounds.

    A case has only the metrics that have judged it; its note names the others, as `faithfulness:malformed`.
    """
    return Part(
        Stage.JUDGED,
        dataset,
        version,
        tuple(
            _case_scores(case, [one for one in judgements if one.case_id == case.case_id]) for case in cases
        ),
        _figures(judgements),
    )


def summary_rows(found: Sequence[MetricSummary]) -> list[tuple[str, ...]]:
    """Rows of a table: metric, mean, interval, cases judged of those asked, spread of repeats, why others were not judged."""
    return [_row(one) for one in found]


COLUMNS = ("metric", "mean", "95% interval", "judged", "repeats apart", "not judged")


def _summary(name: str, judgements: Sequence[Judgement]) -> MetricSummary:
    by_case = _by_case(judgements)
    whys = Counter(one.why for one in judgements if one.why is not None)
    return MetricSummary(name, len(by_case), interval(list(by_case.values())), dict(whys))


def _by_case(judgements: Sequence[Judgement]) -> dict[str, list[float]]:
    """Scores by case. A case of which less than half the repeats gave a score has none: chance must not choose its repeats."""
    found: dict[str, list[float]] = {}
    for case_id in dict.fromkeys(one.case_id for one in judgements):
        rows = [one.score for one in judgements if one.case_id == case_id]
        scores = [score for score in rows if score is not None]
        found[case_id] = scores if 2 * len(scores) >= len(rows) else []
    return found


def _case_scores(case: JudgedCase, judgements: Sequence[Judgement]) -> CaseScores:
    scores: dict[str, float] = {}
    notes: list[str] = []
    for one in summaries(judgements):
        if one.interval is not None:
            scores[one.name] = one.interval.mean
        else:
            notes.append(f"{one.name}:{next(iter(one.unjudged)).value}")
    return CaseScores(case.case_id, scores, case.tags, " ".join(notes))


def _figures(judgements: Sequence[Judgement]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for one in summaries(judgements):
        figures[f"{one.name}.judged"] = float(one.judged_count)
        figures[f"{one.name}.asked"] = float(one.asked_count)
        if one.interval is not None and one.interval.low is not None and one.interval.high is not None:
            figures |= {f"{one.name}.low": one.interval.low, f"{one.name}.high": one.interval.high}
    total = spent(judgements)
    figures |= {"judge.calls": float(total.call_count), "judge.kept": float(total.kept_count)}
    return figures if total.cost is None else figures | {"judge.cost": total.cost}


def _row(one: MetricSummary) -> tuple[str, ...]:
    found = one.interval
    bounds = "-" if found is None or found.low is None else f"{found.low:.3f} to {found.high:.3f}"
    apart = "-" if found is None or found.repeat_sd is None else f"{found.repeat_sd:.3f}"
    whys = ", ".join(f"{why.value} {count}" for why, count in sorted(one.unjudged.items()))
    mean = "-" if found is None else f"{found.mean:.3f}"
    return (one.name, mean, bounds, f"{one.judged_count} of {one.asked_count}", apart, whys or "-")

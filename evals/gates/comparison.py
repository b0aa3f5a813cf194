"""What a comparison of two evaluations has found. Types only: plain data without a word of questions or answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evals.metrics.catalogue import Metric
from evals.runs import Stage


class Verdict(StrEnum):
    """What became of a metric."""

    BETTER = "better"
    """Better by more than chance."""
    SAME = "same"
    """No difference that is more than chance."""
    WORSE = "worse"
    """Worse by more than chance, yet within the tolerance, or in a metric that does not gate."""
    FAILED = "failed"
    """Worse by more than the tolerance and more than chance."""
    BOUND = "bound"
    """Past what it may never pass, whatever it was before."""

    @property
    def fails(self) -> bool:
        """Whether the gate closes."""
        return self in (Verdict.FAILED, Verdict.BOUND)


class PartState(StrEnum):
    """Whether a part can be compared at all."""

    COMPARED = "compared"
    MISSING = "missing"
    """Only the earlier evaluation has it."""
    NEW = "new"
    """Only the later one has it: nothing but bounds is looked at."""
    CHANGED_SET = "changed set"
    """The versions of the set differ: other questions, or other documents."""


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A metric over the cases that both have (`tag`: only those of a slice). Differences are after minus before.

    `before` is None where there is nothing to compare with. `low` and `high` bound the mean difference with the confidence
    1 - alpha; `p` is that of a two-sided permutation test, `p_adjusted` after Holm's correction; all are None where nothing was
    tested: for figures, and where there are too few cases. `moved_count` cases have a difference. `note` is a sentence for people where the verdict needs one.
    """

    metric: Metric
    after: float
    before: float | None = None
    case_count: int = 0
    moved_count: int = 0
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    verdict: Verdict = Verdict.SAME
    tag: str = ""
    is_figure: bool = False
    note: str = ""

    @property
    def difference(self) -> float | None:
        """After minus before, in the metric's unit."""
        return None if self.before is None else self.after - self.before

    @property
    def gain(self) -> float | None:
        """The difference where up is good."""
        if self.before is None:
            return None
        return self.after - self.before if self.metric.better == "higher" else self.before - self.after


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that got better or worse: the metric of its part that moved the most tolerances, before and after.

    `gain` is the difference where up is good; `scores` has all metrics, before and after.
    """

    part: str
    case_id: str
    metric: str
    before: float
    after: float
    gain: float
    tags: tuple[str, ...] = ()
    note_before: str = ""
    note_after: str = ""
    scores: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartChange:
    """A part in both evaluations. `problems` are sentences that make it fail, `notes` such that do not."""

    key: str
    stage: Stage
    dataset: str
    state: PartState
    version_before: str = ""
    version_after: str = ""
    metrics: tuple[MetricChange, ...] = ()
    slices: tuple[MetricChange, ...] = ()
    changed: tuple[CaseChange, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pairs: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict, repr=False)
    """By metric: the score of each case before and after, in the order of the case ids; for plots."""

    @property
    def failed(self) -> tuple[MetricChange, ...]:
        """The metrics that fail."""
        return tuple(one for one in self.metrics if one.verdict.fails)

    @property
    def chief(self) -> MetricChange | None:
        """The metric that tells most: one that fails, then one that gates, then the least likely to be chance."""
        tested = [one for one in self.metrics if one.metric.name in self.pairs]
        order = [
            (not one.verdict.fails, not one.metric.gates, 1.0 if one.p is None else one.p) for one in tested
        ]
        return tested[order.index(min(order))] if tested else None

    @property
    def passed(self) -> bool:
        """Whether nothing in it fails."""
        return not self.failed and not self.problems


@dataclass(frozen=True, slots=True)
class SubjectChange:
    """A setting, model or prompt that differs; None: it was not named."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two evaluations side by side. `before_id` is empty where there was nothing to compare with.

    `causes` are sentences about where failures come from, the first cause first; `alpha` is that of the policy.
    """

    before_id: str
    after_id: str
    parts: tuple[PartChange, ...]
    subject: tuple[SubjectChange, ...] = ()
    causes: tuple[str, ...] = ()
    alpha: float = 0.05

    @property
    def passed(self) -> bool:
        """Whether the gate opens."""
        return all(part.passed for part in self.parts)

    @property
    def failures(self) -> tuple[str, ...]:
        """A sentence for each thing that fails."""
        return tuple(sentence for part in self.parts for sentence in _failures(part))

    @property
    def changed(self) -> tuple[CaseChange, ...]:
        """The cases of all parts that changed, the worst first."""
        return tuple(sorted((one for part in self.parts for one in part.changed), key=lambda one: one.gain))


def _failures(part: PartChange) -> list[str]:
    return [f"{part.key}: {_sentence(one)}" for one in part.failed] + [
        f"{part.key}: {problem}" for problem in part.problems
    ]


def _sentence(change: MetricChange) -> str:
    title, unit = change.metric.title, f" {change.metric.unit}" if change.metric.unit else ""
    if change.verdict is Verdict.BOUND:
        return f"{title} is {change.after:.4g}{unit}, and may never be past {change.metric.bound:g}{unit}"
    said = f"{title} fell" if change.metric.better == "higher" else f"{title} rose"
    chance = "" if change.p_adjusted is None else f", p = {change.p_adjusted:.2g}"
    return f"{said} from {change.before:.4g}{unit} to {change.after:.4g}{unit}{chance}"

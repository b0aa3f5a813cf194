"""A comparison in the words and numbers of a report, whatever it is written in. Pure."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.gates.comparison import CaseChange, Comparison, MetricChange, PartChange, PartState, Verdict

WORST_COUNT = 20
BEST_COUNT = 10

WORDS = {
    Verdict.BETTER: "better",
    Verdict.SAME: "same",
    Verdict.WORSE: "worse, within tolerance",
    Verdict.FAILED: "failed",
    Verdict.BOUND: "past its bound",
}
SIGNS = {
    Verdict.BETTER: "\u25b2",
    Verdict.SAME: "=",
    Verdict.WORSE: "\u25bd",
    Verdict.FAILED: "\u2716",
    Verdict.BOUND: "\u2716",
}
"""Beside the word: verdicts must be told apart without colour."""


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A line of a table of metrics, written out."""

    part: str
    title: str
    description: str
    before: str
    after: str
    difference: str
    interval: str
    p: str
    count: str
    sign: str
    word: str
    verdict: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of a table of cases; `question` is third-party text, empty where nobody passed it."""

    part: str
    case_id: str
    question: str
    metric: str
    before: str
    after: str
    difference: str
    tags: str
    note: str
    is_worse: bool


@dataclass(frozen=True, slots=True)
class SliceCell:
    """A slice under one metric. `level` is from -3 (much worse) to 3 (much better)."""

    text: str
    level: int
    verdict: str


@dataclass(frozen=True, slots=True)
class SliceTable:
    """The slices of a part: a line for each tag, with the number of its cases, a column for each metric."""

    part: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[SliceCell, ...]], ...]


def headline(comparison: Comparison) -> str:
    """The outcome in one sentence."""
    metrics = [one for part in comparison.parts for one in part.metrics]
    failed = sum(one.verdict.fails for one in metrics)
    problems = sum(len(part.problems) for part in comparison.parts)
    better = sum(one.verdict is Verdict.BETTER for one in metrics)
    compared = sum(part.state is PartState.COMPARED for part in comparison.parts)
    if comparison.passed:
        return f"Passed: nothing is worse by more than it may be ({_count(compared, 'part')} compared, {_count(better, 'metric')} better)."
    reasons = ([f"{_count(failed, 'metric')} failed"] if failed else []) + (
        [_count(problems, "other problem")] if problems else []
    )
    return f"Not passed: {', '.join(reasons)} ({_count(compared, 'part')} compared, {_count(better, 'metric')} better)."


def metric_rows(part: PartChange) -> list[MetricRow]:
    """The metrics of a part."""
    return [_metric_row(part, one) for one in part.metrics]


def slice_table(part: PartChange) -> SliceTable | None:
    """The slices of a part; None where it has none."""
    if not part.slices:
        return None
    names = list(dict.fromkeys(one.metric.name for one in part.slices))
    titles = tuple(one.metric.title for name in names for one in part.slices if one.metric.name == name)
    cells = {(one.tag, one.metric.name): one for one in part.slices}
    rows = []
    for tag in dict.fromkeys(one.tag for one in part.slices):
        own = [cells.get((tag, name)) for name in names]
        count = max(one.case_count for one in own if one is not None)
        rows.append((tag, str(count), tuple(_slice_cell(one) for one in own)))
    return SliceTable(part.key, tuple(dict.fromkeys(titles)), tuple(rows))


def case_rows(comparison: Comparison, questions: Mapping[str, str]) -> tuple[list[CaseRow], list[CaseRow]]:
    """The cases that got worse, the worst first, and those that got better, the best first; at most so many of each."""
    changed = comparison.changed
    worst = [one for one in changed if one.gain < 0][:WORST_COUNT]
    best = [one for one in reversed(changed) if one.gain > 0][:BEST_COUNT]
    metrics = {
        (part.key, one.metric.name): one.metric.title for part in comparison.parts for one in part.metrics
    }

    def row(one: CaseChange) -> CaseRow:
        note = (
            one.note_after
            if one.note_after == one.note_before
            else f"{one.note_before} \u2192 {one.note_after}"
        )
        return CaseRow(
            one.part,
            one.case_id,
            questions.get(one.case_id, ""),
            metrics.get((one.part, one.metric), one.metric),
            number(one.before),
            number(one.after),
            signed(one.after - one.before),
            ", ".join(one.tags),
            note.strip(" \u2192"),
            one.gain < 0,
        )

    return [row(one) for one in worst], [row(one) for one in best]


def number(value: float | None) -> str:
    """Three digits that matter, without a power of ten."""
    if value is None:
        return ""
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 100 else f"{value:.3f}"


def signed(value: float | None) -> str:
    """A difference with its sign."""
    if value is None:
        return ""
    text = number(abs(value))
    if float(text.replace(",", "")) == 0:
        return "0"
    return ("+" if value > 0 else "\u2212") + text


def chance(p: float | None) -> str:
    """A p-value."""
    if p is None:
        return ""
    return "< .001" if p < 0.001 else f"{p:.3f}".removeprefix("0") if p < 1 else "1"


def told_parts(comparison: Comparison) -> Sequence[PartChange]:
    """The parts in the order of reading: those that fail first."""
    return sorted(comparison.parts, key=lambda part: part.passed)


def printable(text: str) -> str:
    """Text without what moves a cursor or turns other text around."""
    return "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cf"))


def _metric_row(part: PartChange, one: MetricChange) -> MetricRow:
    interval = "" if one.low is None or one.high is None else f"{signed(one.low)} to {signed(one.high)}"
    is_alone = one.before is None and not one.verdict.fails
    return MetricRow(
        part.key,
        one.metric.title + (f" ({one.metric.unit})" if one.metric.unit else ""),
        one.metric.description,
        number(one.before),
        number(one.after),
        signed(one.difference),
        interval,
        chance(one.p_adjusted),
        "" if one.is_figure else str(one.case_count),
        "" if is_alone else SIGNS[one.verdict],
        "not compared" if is_alone else WORDS[one.verdict] + ("" if one.metric.gates else ", only told"),
        "same" if is_alone else one.verdict.value,
        one.note,
    )


def _slice_cell(one: MetricChange | None) -> SliceCell:
    if one is None:
        return SliceCell("", 0, "same")
    gain, step = one.gain or 0.0, max(one.metric.tolerance, 0.01)
    level = _level(abs(gain) / step) * (1 if gain > 0 else -1)
    return SliceCell(signed(one.difference), level, one.verdict.value)


def _level(tolerances: float) -> int:
    return sum(tolerances > bound for bound in (1, 3, 10))


def _count(count: int, thing: str) -> str:
    return f"{count} {thing}" + ("" if count == 1 else "s")

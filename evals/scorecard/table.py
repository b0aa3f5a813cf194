"""The scorecard as text: a line for each metric, what it was before, and what became of it. Pure."""

from collections.abc import Iterable, Sequence

from evals.gates.comparison import Comparison, MetricChange, PartChange, PartState, Verdict
from evals.runs import EvalResult

_HEAD = ("stage", "set", "metric", "value", "baseline", "difference", "verdict")
_RIGHT = {3, 4, 5}
_SAYS = {Verdict.FAILED: "**worse**", Verdict.BOUND: "**past its bound**"}


def scorecard(comparison: Comparison, result: EvalResult) -> str:
    """The table, then what failed and where it comes from. Markdown that can be read in a terminal."""
    lines = [_table([row for part in comparison.parts for row in _rows(part)])]
    lines += _section("What failed", comparison.failures)
    lines += _section("Where it comes from", comparison.causes)
    notes = [f"{part.key}: {note}" for part in comparison.parts for note in part.notes]
    lines += _section("Notes", notes)
    word = "passed" if comparison.passed else "FAILED"
    against = "the baseline" if comparison.before_id else "bounds alone, there is no baseline"
    lines.append(f"\n{word}: {len(result.parts)} parts against {against}, {result.seconds:.0f} s")
    return "\n".join(lines)


def _rows(part: PartChange) -> Iterable[tuple[str, ...]]:
    if part.state is PartState.MISSING:
        yield part.stage.value, part.dataset, "", "", "", "", "**missing**"
    for one in part.metrics:
        yield (
            part.stage.value,
            part.dataset,
            one.metric.title,
            _number(one.after, one.metric.unit),
            "" if one.before is None else _number(one.before, one.metric.unit),
            _difference(one),
            _verdict(one, part),
        )


def _difference(one: MetricChange) -> str:
    if one.difference is None or abs(one.difference) < 1e-9:
        return ""
    interval = "" if one.low is None or one.high is None else f" [{one.low:+.3f}, {one.high:+.3f}]"
    return f"{one.difference:+.3f}{interval}"


def _verdict(one: MetricChange, part: PartChange) -> str:
    if one.verdict in _SAYS:
        return _SAYS[one.verdict]
    if part.state is PartState.NEW:
        return "new"
    if part.state is PartState.CHANGED_SET:
        return "another version of the set"
    if not one.metric.gates:
        return "told only" if one.verdict is Verdict.SAME else f"{one.verdict}, told only"
    return str(one.verdict.value)


def _number(value: float, unit: str) -> str:
    digits = 3 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}{f' {unit}' if unit else ''}"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[at]) for row in (_HEAD, *rows)) for at in range(len(_HEAD))]
    rule = "|".join("-" * (width + 1) + (":" if at in _RIGHT else "-") for at, width in enumerate(widths))
    return "\n".join([_line(_HEAD, widths), f"|{rule}|", *(_line(row, widths) for row in rows)])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if at in _RIGHT else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"| {' | '.join(cells)} |"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [f"\n{title}:", *(f"- {line}" for line in lines)] if lines else []

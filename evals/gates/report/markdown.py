"""A comparison as Markdown: for a pull request, an issue or a terminal. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence

from evals.gates.comparison import Comparison, PartChange
from evals.gates.report.rows import (
    CaseRow,
    case_rows,
    headline,
    metric_rows,
    printable,
    slice_table,
    told_parts,
)
from evals.runs import EvalResult

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$@!&])")


def markdown(
    comparison: Comparison, result: EvalResult | None = None, *, questions: Mapping[str, str] | None = None
) -> str:
    """The report. `result` is the later evaluation, for its time; `questions` are texts by case id, escaped as data."""
    lines = [f"# Evaluation: {headline(comparison)}", ""]
    lines.append(_about(comparison, result))
    lines += _listed("What failed", comparison.failures) + _listed("Where it comes from", comparison.causes)
    if comparison.subject:
        rows = [[one.name, one.before or "", one.after or ""] for one in comparison.subject]
        lines += ["", "## What differs", "", *_table(["name", "before", "after"], rows)]
    for part in told_parts(comparison):
        lines += _part(part, comparison.alpha)
    worse, better = case_rows(comparison, questions or {})
    lines += _cases("Cases that got worse", worse) + _cases("Cases that got better", better)
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """Text that is neither markup, link, mention nor a second line."""
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))


def _about(comparison: Comparison, result: EvalResult | None) -> str:
    at = f" of {result.at:%Y-%m-%d %H:%M} UTC" if result is not None else ""
    against = (
        f" against {escaped(comparison.before_id)}" if comparison.before_id else ", with nothing to compare"
    )
    return f"{escaped(comparison.after_id)}{at}{against}. Differences are after minus before; p after Holm's correction, fails at most {comparison.alpha:g}."


def _listed(title: str, sentences: Iterable[str]) -> list[str]:
    items = [f"- {escaped(one)}" for one in sentences]
    return ["", f"## {title}", "", *items] if items else []


def _part(part: PartChange, alpha: float) -> list[str]:
    lines = ["", f"## {escaped(part.key)} ({part.state.value})", ""]
    lines += [f"- **{escaped(one)}**" for one in part.problems] + [f"- {escaped(one)}" for one in part.notes]
    if part.problems or part.notes:
        lines.append("")
    rows = [
        [
            one.title,
            one.before,
            one.after,
            one.difference,
            one.interval,
            one.p,
            one.count,
            f"{one.sign} {one.word}".strip(),
        ]
        for one in metric_rows(part)
    ]
    if rows:
        lines += _table(
            ["metric", "before", "after", "difference", f"{1 - alpha:.0%} interval", "p", "cases", "verdict"],
            rows,
        )
    slices = slice_table(part)
    if slices is not None:
        lines += ["", "Slices, differences:", ""]
        found = [[tag, count, *(cell.text for cell in cells)] for tag, count, cells in slices.rows]
        lines += _table(["slice", "cases", *slices.columns], found)
    return lines


def _cases(title: str, cases: Sequence[CaseRow]) -> list[str]:
    if not cases:
        return []
    rows = [
        [one.part, one.case_id, one.question, one.metric, one.before, one.after, one.note] for one in cases
    ]
    return [
        "",
        f"## {title}",
        "",
        *_table(["part", "case", "question", "metric", "before", "after", "what happened"], rows),
    ]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
        *(f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows),
    ]

"""A comparison for a terminal, and as JSON for programs. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from evals.gates.comparison import Comparison, PartChange
from evals.gates.report.rows import CaseRow, case_rows, headline, metric_rows, printable, told_parts
from evals.runs import EvalResult

_CASES = 10
_WIDTHS = (24, 9, 9, 10, 20, 7)


def text(
    comparison: Comparison, result: EvalResult | None = None, *, questions: Mapping[str, str] | None = None
) -> str:
    """The report in plain lines. `questions` are third-party text: their control characters are left out."""
    at = f" of {result.at:%Y-%m-%d %H:%M} UTC" if result is not None else ""
    lines = [headline(comparison), f"{comparison.after_id}{at}, against {comparison.before_id or 'nothing'}"]
    lines += _listed("failed", comparison.failures) + _listed("causes", comparison.causes)
    for part in told_parts(comparison):
        lines += _part(part)
    worse, _ = case_rows(comparison, questions or {})
    if worse:
        lines += ["", "cases that got worse", *map(_case, worse[:_CASES])]
    return "\n".join(map(printable, lines))


def as_dict(comparison: Comparison) -> dict[str, Any]:
    """The comparison for programs: all but the scores of cases that have not changed."""
    found = asdict(comparison)
    for part in found["parts"]:
        del part["pairs"]
    failures = list(comparison.failures)
    return {"passed": comparison.passed, "failures": failures, **found}


def _listed(title: str, sentences: tuple[str, ...]) -> list[str]:
    return ["", title, *(f"  - {one}" for one in sentences)] if sentences else []


def _part(part: PartChange) -> list[str]:
    lines = ["", f"{part.key} ({part.state.value})"]
    lines += [f"  ! {one}" for one in part.problems] + [f"  {one}" for one in part.notes]
    for row in metric_rows(part):
        cells = (row.title, row.before, row.after, row.difference, row.interval, row.p)
        padded = "".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
        lines.append(f"  {padded}{row.sign} {row.word}{': ' + row.note if row.note else ''}")
    return lines


def _case(row: CaseRow) -> str:
    asked = f" {row.question}" if row.question else ""
    return f"  {row.case_id}{asked} ({row.part}): {row.metric} {row.before} -> {row.after}"

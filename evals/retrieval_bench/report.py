"""The tables of `make bench-retrieval`, in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.retrieval_bench.adding import AddingCost
from evals.retrieval_bench.timing import Latency

_OURS = "Folio"
# At least so many times faster than the textbook stack, by chunks; growth and cost of adding at most so many times.
_TIMES_FASTER = {20_000: 5.0, 100_000: 20.0}
_P50_MS = 12.0
_GROWTH = 2.0
_ADDING = 1.5


@dataclass(frozen=True, slots=True)
class Task:
    """One system at one size. `adds`: the cost of adding a document, too."""

    system: str
    size: int
    question_count: int
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured. `grown_mb`: resident memory that loading and asking took, of all its processes."""

    task: Task
    latency: Latency
    grown_mb: float
    adding: AddingCost | None = None


def text_report(outcomes: Sequence[Outcome], *, note: str | None = None) -> str:
    """All tables, and what became of the goals."""
    sizes = sorted({row.task.size for row in outcomes if row.task.system != _OURS})
    timed = [row for row in outcomes if row.task.size in sizes]
    parts = [_speed_table(timed), _adding_table(outcomes), "\n".join(_verdicts(timed, outcomes))]
    if note:
        parts.append(f"LlamaIndex was not measured: {note}")
    return "\n\n".join(part for part in parts if part)


def _speed_table(outcomes: Sequence[Outcome]) -> str:
    ours = {row.task.size: row.latency.p50_ms for row in outcomes if row.task.system == _OURS}
    lines = [
        "| chunks | system | questions | p50 ms | p95 ms | per s | memory MB | Folio is faster (p50) |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in outcomes:
        timed, task = row.latency, row.task
        faster = "" if task.system == _OURS else f"{timed.p50_ms / ours[task.size]:.1f} x"
        lines.append(
            f"| {task.size:,} | {task.system} | {timed.count} | {timed.p50_ms:.1f} | {timed.p95_ms:.1f} "
            f"| {timed.per_s:.0f} | {row.grown_mb:.0f} | {faster} |"
        )
    return "\n".join(lines)


def _adding_table(outcomes: Sequence[Outcome]) -> str:
    lines = [
        "| chunks there | adding a document of 8 chunks, ms | of it without the model, ms | found at once |",
        "|---|---|---|---|",
    ]
    for row in outcomes:
        if row.adding:
            cost = row.adding
            found = "yes" if cost.found_at_once else "**no**"
            lines.append(f"| {row.task.size:,} | {cost.all_ms:.1f} | {cost.store_ms:.1f} | {found} |")
    return "\n".join(lines)


def _verdicts(timed: Sequence[Outcome], outcomes: Sequence[Outcome]) -> list[str]:
    ours = {row.task.size: row.latency.p50_ms for row in timed if row.task.system == _OURS}
    lines = [_at_most(f"p50 at {size:,} chunks, ms", p50_ms, _P50_MS) for size, p50_ms in ours.items()]
    for row in timed:
        if row.task.system == "textbook" and row.task.size in _TIMES_FASTER:
            times, goal = row.latency.p50_ms / ours[row.task.size], _TIMES_FASTER[row.task.size]
            word = _word(met=times >= goal)
            lines.append(
                f"- times faster than the textbook at {row.task.size:,}: {times:.1f}, goal {goal:g}: {word}"
            )
    if len(ours) > 1:
        growth = ours[max(ours)] / ours[min(ours)]
        lines.append(_at_most(f"p50 from {min(ours):,} to {max(ours):,} chunks, ratio", growth, _GROWTH))
    return [*lines, *_adding_verdicts(outcomes)]


def _adding_verdicts(outcomes: Sequence[Outcome]) -> list[str]:
    costs = sorted((row.task.size, row.adding) for row in outcomes if row.adding)
    if len(costs) < 2:
        return []
    (few, first), (many, last) = costs[0], costs[-1]
    between = f"from {few:,} to {many:,} chunks, ratio"
    return [
        _at_most(f"adding a document {between}", last.all_ms / first.all_ms, _ADDING),
        _at_most(f"the same without the model {between}", last.store_ms / first.store_ms, _ADDING),
    ]


def _at_most(what: str, value: float, goal: float) -> str:
    return f"- {what}: {value:.2f}, goal at most {goal:g}: {_word(met=value <= goal)}"


def _word(*, met: bool) -> str:
    return "met" if met else "**missed**"

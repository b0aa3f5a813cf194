"""The tables of `make eval-multihop`, in Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass

from evals.multihop_eval.systems import Row

HYBRID = "hybrid"
AUTO = "hybrid + graph, auto"
ALWAYS = "hybrid + graph, always"
GOAL_POINTS = 5.0
_LOST_POINTS = 0.5
_PER_CENT = 100

# arXiv 2405.14831, table 2: R@2 and R@5, of other questions over larger pools.
PUBLISHED: dict[str, dict[str, tuple[float, float]]] = {
    "multihop_hotpotqa": {"BM25": (55.4, 72.2), "HippoRAG (ColBERTv2)": (60.5, 77.7)},
    "multihop_musique": {"BM25": (32.3, 41.2), "HippoRAG (ColBERTv2)": (40.9, 51.9)},
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One set: its size, the share of its questions that `auto` sends to the graph, and every way to rank it.

    `halves` are the same for the even and the odd questions.
    """

    name: str
    question_count: int
    document_count: int
    routed_share: float
    rows: Mapping[str, Row]
    halves: tuple[Mapping[str, Row], Mapping[str, Row]]
    is_multihop: bool


def section(measured: Measured) -> str:
    """Everything about one set."""
    kind = "multi-hop" if measured.is_multihop else "single-hop"
    size = f"{measured.question_count} questions, {measured.document_count} documents"
    parts = [
        f"## {measured.name} ({kind}): {size}",
        f"`auto` sends {measured.routed_share:.1%} of the questions to the graph.",
        _table(measured),
        "\n".join(_goals(measured)),
    ]
    return "\n\n".join(parts)


def _table(measured: Measured) -> str:
    lines = [
        "| | R@2 | R@5 | R@10 | nDCG@10 | R@5 even / odd | p50 ms |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in measured.rows.items():
        even, odd = (half[name].recalls[1] for half in measured.halves)
        cells = [*(_points(value) for value in row.recalls), _points(row.ndcg_10)]
        time = "" if row.p50_ms is None else f"{row.p50_ms:.1f}"
        lines.append(f"| {name} | {' | '.join(cells)} | {_points(even)} / {_points(odd)} | {time} |")
    for name, (two, five) in PUBLISHED.get(measured.name, {}).items():
        lines.append(f"| *{name}, published, other questions* | {two} | {five} | | | | |")
    return "\n".join(lines)


def _goals(measured: Measured) -> list[str]:
    base, auto = measured.rows[HYBRID], measured.rows[AUTO]
    if measured.is_multihop:
        gain = (auto.recalls[1] - base.recalls[1]) * _PER_CENT
        return [_line("R@5 over hybrid", gain, GOAL_POINTS)]
    ndcg = (auto.ndcg_10 - base.ndcg_10) * _PER_CENT
    recall = (auto.recalls[1] - base.recalls[1]) * _PER_CENT
    return [
        _line("nDCG@10 over hybrid", ndcg, -_LOST_POINTS),
        _line("R@5 over hybrid", recall, -_LOST_POINTS),
    ]


def _line(what: str, value: float, goal: float) -> str:
    return f"- {what}: {value:+.1f} points, goal {goal:+.1f}: {'met' if value >= goal else '**missed**'}"


def _points(share: float) -> str:
    return f"{share * _PER_CENT:.1f}"

"""The tables of `make eval-retrieval`, in Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from evals.metrics.ranking import Quality
from evals.retrieval_eval.cross_validation import HeldOut

# Wanted without a model from a hub, of the default: nDCG@10, and recall of five where it was said.
GOALS: dict[str, tuple[float, float | None]] = {
    "scifact": (0.75, None),
    "anthropic_docs_rag": (0.83, 0.87),
    "multihop_musique": (0.63, None),
    "multihop_hotpotqa": (0.85, None),
}
ARMS = ("dense", "BM25")


def quality_table(rows: Mapping[str, Quality]) -> str:
    """The measures of one set, a row for each way to rank."""
    head = "| | nDCG@10 | Recall@5 | Recall@50 | MRR |\n|---|---|---|---|---|"
    lines = [
        f"| {name} | {row.ndcg_10:.4f} | {row.recall_5:.3f} | {row.recall_50:.3f} | {row.mrr:.3f} |"
        for name, row in rows.items()
    ]
    return "\n".join([head, *lines])


def goal_lines(set_name: str, rows: Mapping[str, Quality], *, default: str) -> list[str]:
    """What the default was to reach on a set, and whether it did."""
    found = rows[default]
    best_arm = max(rows[arm].ndcg_10 for arm in ARMS)
    lines = [_line("nDCG@10 of the best single arm", found.ndcg_10, best_arm)]
    if set_name in GOALS:
        ndcg_10, recall_5 = GOALS[set_name]
        lines.append(_line("nDCG@10", found.ndcg_10, ndcg_10))
        if recall_5 is not None:
            lines.append(_line("Recall@5", found.recall_5, recall_5))
    return lines


def held_out_table(title: str, rows: Sequence[HeldOut[Any]]) -> str:
    """What sets choose for each other, nDCG@10."""
    head = (
        f"| {title} | chosen by the other sets | nDCG@10 here | best for this set | nDCG@10 |\n"
        "|---|---|---|---|---|"
    )
    lines = [
        f"| {row.set_name} | {row.chosen} | {row.value:.4f} | {row.best} | {row.best_value:.4f} |"
        for row in rows
    ]
    return "\n".join([head, *lines])


def grid_table(values: Mapping[str, Mapping[Any, float]]) -> str:
    """nDCG@10 by option and set, with the mean."""
    sets = list(values)
    lines = ["| option | " + " | ".join(sets) + " | mean |", "|---|" + "---|" * (len(sets) + 1)]
    for option in next(iter(values.values())):
        numbers = [values[name][option] for name in sets]
        cells = " | ".join(f"{number:.4f}" for number in numbers)
        lines.append(f"| {option} | {cells} | {sum(numbers) / len(numbers):.4f} |")
    return "\n".join(lines)


def _line(what: str, value: float, goal: float) -> str:
    return f"- {what}: {value:.4f}, goal {goal:.4f}: {'met' if value >= goal else '**missed**'}"

"""How a knowledge base was measured over time: a few metrics of each kept evaluation of what was live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from statistics import fmean

from core.eval_runs import EvalRun
from evals.metrics.catalogue import METRICS
from evals.running.baselines import known_result
from evals.running.evaluating import ABOUT, LIVE
from evals.runs import EvalResult, Stage

MAIN: tuple[tuple[Stage, str], ...] = (
    (Stage.SEARCH, "ndcg_10"),
    (Stage.SEARCH, "recall_5"),
    (Stage.GROUNDING, "decided"),
    (Stage.GROUNDING, "gold_quoted"),
    (Stage.ANSWERS, "decided"),
    (Stage.ANSWERS, "gold_quoted"),
)
"""What is drawn, where it was measured."""

_SIZE_INCHES, _DPI = (8.0, 3.2), 110
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")


@dataclass(frozen=True, slots=True)
class Point:
    """One evaluation: when, and the means of the main metrics by name."""

    at: datetime
    means: Mapping[str, float]


def history(runs: Sequence[EvalRun]) -> list[Point]:
    """The evaluations of what was live, oldest first; trials of changes are left out."""
    results = sorted(filter(None, map(known_result, runs)), key=lambda one: one.at)
    return [Point(one.at, means(one)) for one in results if one.subject.get(ABOUT) == LIVE]


def means(result: EvalResult) -> dict[str, float]:
    """The means of the main metrics that were measured. Pure."""
    found: dict[str, float] = {}
    for stage, name in MAIN:
        scores = [
            case.scores[name]
            for part in result.parts
            if part.stage is stage
            for case in part.cases
            if name in case.scores
        ]
        if scores:
            found[name] = fmean(scores)
    return found


def draw(points: Sequence[Point], *, title: str) -> bytes:
    """The main metrics over time, as PNG.

    Raises:
        ModuleNotFoundError: matplotlib is not installed.
    """
    from matplotlib.dates import date2num
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE_INCHES, dpi=_DPI, facecolor="white", layout="constrained")
    axes = figure.subplots()
    names = dict.fromkeys(name for point in points for name in point.means)
    for name, colour in zip(names, _COLOURS, strict=False):
        own = [(point.at, point.means[name]) for point in points if name in point.means]
        days = [float(date2num(at)) for at, _ in own]  # type: ignore[no-untyped-call]  # matplotlib.dates has no types
        axes.plot(days, [mean for _, mean in own], "o-", ms=3, color=colour, label=METRICS[name].title)
    axes.xaxis_date()
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_ylim(0, 1.02)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.legend(fontsize=8, loc="lower left", frameon=False, ncols=4)
    figure.autofmt_xdate(rotation=0, ha="center")
    file = BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()

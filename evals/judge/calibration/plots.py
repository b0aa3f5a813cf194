"""The reliability plot: what a judge's score stands for."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from core.errors import MissingExtraError
from evals.judge.calibration.report import label_of
from evals.judge.calibration.running import Calibrated

_DPI = 130


def draw_reliability(found: Sequence[Calibrated], file: Path) -> None:
    """A panel for each set, a line for each judge: mean label over mean score by bin, with the number of statements.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise MissingExtraError("plots of calibrations", extra="evals") from None
    sets = list(dict.fromkeys(one.calibration.dataset for one in found))
    figure = Figure(figsize=(5.6 * len(sets), 5.6), layout="constrained")
    for at, name in enumerate(sets, start=1):
        _panel(
            figure.add_subplot(1, len(sets), at),
            name,
            [one for one in found if one.calibration.dataset == name],
        )
    beside = file.with_name(f".{uuid4().hex}.png")
    try:
        figure.savefig(beside, dpi=_DPI)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _panel(axes: object, name: str, found: Sequence[Calibrated]) -> None:
    from matplotlib.axes import Axes

    if not isinstance(axes, Axes):
        raise TypeError("a panel is drawn on axes")
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="--", linewidth=1)
    for at, one in enumerate(found):
        bins = one.calibration.agreement.bins
        (line,) = axes.plot(
            [part.score for part in bins], [part.label for part in bins], marker="o", label=_legend(one)
        )
        for part in bins:
            axes.annotate(
                str(part.count),
                (part.score, part.label),
                textcoords="offset points",
                # A row of numbers for each judge: points of two lie on one another.
                xytext=(6, (-12, 7, 17)[at % 3]),
                fontsize=7,
                color=line.get_color(),
            )
    axes.set(xlim=(-0.03, 1.06), ylim=(-0.05, 1.05), xlabel="mean score of the judge", title=name)
    axes.set_ylabel("mean label of people (1 supported, 0.5 partly, 0 not)")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), fontsize=8, frameon=False)


def _legend(one: Calibrated) -> str:
    said = one.calibration.agreement
    rank = "no ranking" if said.spearman is None else f"Spearman {said.spearman:.2f}, at least {said.low:.2f}"
    return f"{label_of(one)}: {said.judged_count} of {said.asked_count} judged, {rank}"

"""Pictures of a drift report, as PNG: on white with dark ink, so that they read on a light and on a dark page alike."""

import io
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from core.errors import MissingExtraError
from evals.drift.questions import Floats
from evals.drift.verdicts import DriftReport, SignalName, Topic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DPI = 100
_INK, _GRID = "#24292f", "#d0d7de"
# Of Okabe and Ito's palette: people who cannot tell red from green can tell these.
_USUAL, _NEW, _LIMIT = "#0072B2", "#D55E00", "#000000"
_WIDTH_INCHES, _HEIGHT_INCHES = 8.0, 3.4
_BAR_INCHES = 0.42
_LABEL_CHARS = 44
_MOST_DAY_LABELS = 9


def pictures(report: DriftReport) -> Mapping[str, bytes]:
    """The pictures by name, in the order in which they are shown; those that there is nothing for are left out.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    if find_spec("matplotlib") is None:
        raise MissingExtraError("pictures of drift", extra="evals")
    made = {
        "questions": _questions(report),
        "topics": _topics(report),
        "rates": _rates(report),
        "scores": _scores(report),
        "freshness": _freshness(report),
    }
    return {name: picture for name, picture in made.items() if picture is not None}


def _questions(report: DriftReport) -> bytes | None:
    signal = report.signal(SignalName.QUESTIONS)
    if signal is None or signal.level is None:
        return None
    level = signal.level

    def draw(axes: "Axes") -> None:
        axes.hist(level.null, bins=40, color=_USUAL, label=f"{len(level.null):,} deals by chance")
        axes.axvline(
            level.threshold, color=_LIMIT, linestyle="--", label=f"threshold at alpha {report.alpha:g}"
        )
        axes.axvline(level.value, color=_NEW, linewidth=2.5, label=f"observed, p {level.p:.2g}")
        axes.set_xlabel("distance between usual and new questions (MMD squared)")
        axes.set_ylabel("deals")
        axes.legend(fontsize=9, frameon=False)

    title = f"questions: {report.new.count} new beside {report.usual.count} usual, dealt by {report.dealt_by}"
    return _png(title, draw)


def _topics(report: DriftReport) -> bytes | None:
    if not report.topics:
        return None
    shown = report.topics

    def draw(axes: "Axes") -> None:
        places = np.arange(len(shown))
        axes.barh(places - 0.2, [one.usual_share for one in shown], 0.38, color=_USUAL, label="usual")
        axes.barh(places + 0.2, [one.new_share for one in shown], 0.38, color=_NEW, label="new")
        _topic_axis(axes, shown, mark=lambda one: one.has_grown, word="grown")
        axes.xaxis.set_major_formatter(_percent)
        axes.set_xlabel("share of questions")
        axes.legend(fontsize=9, frameon=False, loc="lower right")

    return _png("topics, named by the documents nearest to them", draw, height=_height(shown), grid="x")


def _rates(report: DriftReport) -> bytes | None:
    if not report.days:
        return None
    days = report.days
    lines = (
        ("found nothing", [one.empty_rate for one in days], _USUAL),
        ("refused, of answers", [one.refusal_rate for one in days], _NEW),
    )

    def draw(axes: "Axes") -> None:
        places = np.arange(len(days))
        for label, rates, colour in lines:
            values = np.array([np.nan if one is None else one for one in rates], dtype=np.float64)
            axes.plot(places, values, color=colour, marker="o", markersize=3.5, label=label)
        new = [place for place, one in enumerate(days) if one.is_new]
        if new:
            axes.axvspan(new[0] - 0.5, new[-1] + 0.5, color=_GRID, alpha=0.5, zorder=0, label="new")
        shown = places[:: -(-len(days) // _MOST_DAY_LABELS)]
        axes.set_xticks(shown, [days[place].day[5:] for place in shown])
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(_percent)
        # Beside the plot: inside, it would hide days.
        axes.legend(fontsize=9, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))

    return _png("questions without a result, answers refused, by day", draw)


def _scores(report: DriftReport) -> bytes | None:
    usual, new = report.scores
    if not len(usual) or not len(new):
        return None

    def draw(axes: "Axes") -> None:
        for label, values, colour in (("usual", usual, _USUAL), ("new", new, _NEW)):
            axes.step(np.sort(values), _steps(values), where="post", color=colour, label=label)
        axes.set_xlabel("similarity of the nearest passage")
        axes.set_ylabel("share of questions at or below")
        axes.yaxis.set_major_formatter(_percent)
        axes.legend(fontsize=9, frameon=False, loc="upper left")

    return _png("how near the nearest passage is to the question", draw)


def _freshness(report: DriftReport) -> bytes | None:
    shown = [one for one in report.topics if one.age_days is not None]
    if not shown:
        return None

    def draw(axes: "Axes") -> None:
        colours = [_NEW if one.is_old else _USUAL for one in shown]
        axes.barh(np.arange(len(shown)), [one.age_days or 0.0 for one in shown], 0.6, color=colours)
        _topic_axis(axes, shown, mark=lambda one: one.is_old, word="old")
        if report.corpus_age_days is not None:
            label = f"median of the corpus, {report.corpus_age_days:.0f} days"
            axes.axvline(report.corpus_age_days, color=_LIMIT, linestyle="--", label=label)
            axes.legend(fontsize=9, frameon=False, loc="lower right")
        axes.set_xlabel("median age in days of the documents that new questions find")

    return _png("how old the answers of each topic are", draw, height=_height(shown), grid="x")


def _topic_axis(axes: "Axes", topics: Sequence[Topic], *, mark: Callable[[Topic], bool], word: str) -> None:
    axes.set_yticks(
        range(len(topics)), [topic_label(one) + (f" ({word})" if mark(one) else "") for one in topics]
    )
    axes.invert_yaxis()


def topic_label(topic: Topic) -> str:
    """A topic as people read it: its number, and where it is known the nearest document."""
    if not topic.titles:
        return f"topic {topic.number}"
    return f"{topic.number} {shorten(topic.titles[0], _LABEL_CHARS, placeholder=' ...')}"


def _steps(values: Floats) -> Floats:
    return np.arange(1, len(values) + 1) / len(values)


def _percent(value: float, place: float) -> str:
    del place
    return f"{value:.0%}"


def _height(topics: Sequence[Topic]) -> float:
    return max(2.2, 1.2 + _BAR_INCHES * len(topics))


def _png(
    title: str, draw: "Callable[[Axes], None]", *, height: float = _HEIGHT_INCHES, grid: str = "y"
) -> bytes:
    # A figure of its own draws with Agg: pyplot would keep every figure, and might ask for a display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH_INCHES, height), dpi=_DPI, facecolor="white", layout="constrained")
    axes = figure.subplots()
    draw(axes)
    axes.set_title(title, loc="left", fontsize=11, color=_INK)
    axes.tick_params(colors=_INK, labelsize=9)
    axes.grid(visible=True, axis="x" if grid == "x" else "y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return drawn.getvalue()

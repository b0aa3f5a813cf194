"""The plots of a report as SVG that lies in the page: its colours are those of the page, its words stay words.

Imports matplotlib, of the extra `evals`: import this module where something is drawn, and nowhere else.
"""

import io
import re
import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from evals.gates.comparison import Comparison, MetricChange, PartChange, Verdict
from evals.gates.report.rows import printable

# Stand for colours of the page: matplotlib writes them down, and they are replaced.
_INK, _PALE, _GOOD, _BAD, _SAME = "#010203", "#010204", "#010205", "#010206", "#010207"
_COLOURS = {
    _INK: "currentColor",
    _PALE: "var(--line)",
    _GOOD: "var(--good)",
    _BAD: "var(--bad)",
    _SAME: "var(--same)",
}
# Any: matplotlib names some 300 keys in the type of its argument.
_STYLE: Any = {
    "text.parse_math": False,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _PALE,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.grid": True,
    "grid.color": _PALE,
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
}
_WIDTH = 5.4
_BINS = 20
_NUMBERED_COUNT = 12
_MOST_ROWS = 40
_LABEL_CHARS = 34


def forest(comparison: Comparison) -> str:
    """Metrics with their differences and intervals, right of the line is better; empty where nothing was tested."""
    rows = [(part, one) for part in comparison.parts for one in part.metrics if _is_tested(one)]
    # Those that tell most, then in the order of the page, from above.
    telling = sorted(rows, key=lambda row: (not row[1].verdict.fails, row[1].p or 0.0))[:_MOST_ROWS]
    rows = [row for row in reversed(rows) if row in telling]
    if not rows:
        return ""
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 0.8 + 0.24 * len(rows)), layout="constrained")
        axes = figure.add_subplot()
        for at, (_, one) in enumerate(rows):
            _interval(axes, at, one)
        axes.axvline(0, color=_INK, linewidth=1)
        axes.set_yticks(range(len(rows)), [_label(f"{part.key} {one.metric.title}") for part, one in rows])
        axes.set_ylim(-0.7, len(rows) - 0.3)
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.set_xlabel("worse   \u2190   mean difference   \u2192   better")
        return _svg(figure, "forest", _forest_words(rows))


def distribution(part: PartChange) -> str:
    """How the differences of cases lie in the metric that tells most; empty where there is none."""
    chief = part.chief
    differences = _gains(part, chief)
    if chief is None or not any(differences):
        return ""
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 2.5), layout="constrained")
        axes = figure.add_subplot()
        moved = [one for one in differences if one]
        reach = max(map(abs, moved))
        counts, edges = np.histogram(moved, bins=_BINS, range=(-reach, reach))
        middles = (edges[1:] + edges[:-1]) / 2
        colours = [_BAD if middle < 0 else _GOOD for middle in middles]
        axes.bar(middles, counts, width=0.9 * 2 * reach / _BINS, color=colours)
        same = sum(not one for one in differences)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_xlabel(f"difference in {chief.metric.title}, right is better")
        axes.set_ylabel("cases")
        axes.set_title(
            f"{_label(part.key)}: {same} of {len(differences)} cases as before", fontsize=10, loc="left"
        )
        words = f"{sum(one < 0 for one in differences)} cases worse, {sum(one > 0 for one in differences)} better, {same} as before"
        return _svg(
            figure, f"spread-{part.key}", f"Differences in {chief.metric.title} in {part.key}: {words}"
        )


def scatter(part: PartChange) -> str:
    """Each case before and after in the metric that tells most, larger where many are alike; empty where none moved."""
    chief = part.chief
    if chief is None or not any(_gains(part, chief)):
        return ""
    points = Counter(part.pairs[chief.metric.name])
    higher = chief.metric.better == "higher"
    with rc_context(_STYLE):
        figure = Figure(figsize=(_WIDTH, 3.6), layout="constrained")
        axes = figure.add_subplot()
        spots = sorted(points.items())
        sizes = [14 + 30 * (count - 1) ** 0.5 for _, count in spots]
        colours = [_SAME if a == b else _GOOD if (b > a) is higher else _BAD for (a, b), _ in spots]
        axes.axline((0, 0), slope=1, color=_INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.scatter(
            [a for (a, _), _ in spots],
            [b for (_, b), _ in spots],
            s=sizes,
            c=colours,
            alpha=0.75,
            linewidths=0,
        )
        if len(spots) <= _NUMBERED_COUNT:
            for (a, b), count in spots:
                axes.annotate(str(count), (a, b), (9, -4), textcoords="offset points", fontsize=9)
        largest = max(max(a, b) for a, b in points)
        axes.set_xlim(-0.05 * largest, 1.12 * largest)
        axes.set_ylim(-0.05 * largest, 1.08 * largest)
        axes.set_aspect("equal")
        axes.set_xlabel(f"{chief.metric.title} before")
        axes.set_ylabel("after")
        axes.set_title(f"{_label(part.key)}: how many cases went where", fontsize=10, loc="left")
        side = "below" if higher else "above"
        return _svg(
            figure,
            f"cases-{part.key}",
            f"{chief.metric.title} of each case of {part.key}, before and after; what lies {side} the line got worse",
        )


def _gains(part: PartChange, chief: MetricChange | None) -> list[float]:
    if chief is None:
        return []
    sign = 1 if chief.metric.better == "higher" else -1
    return [sign * (after - before) for before, after in part.pairs[chief.metric.name]]


def _is_tested(one: MetricChange) -> bool:
    return one.low is not None and not one.metric.unit


def _interval(axes: Axes, at: int, one: MetricChange) -> None:
    sign = 1 if one.metric.better == "higher" else -1
    low, high = sorted((sign * (one.low or 0.0), sign * (one.high or 0.0)))
    colour = _BAD if one.verdict.fails else _GOOD if one.verdict is Verdict.BETTER else _SAME
    axes.plot([low, high], [at, at], color=colour, linewidth=2, solid_capstyle="butt")
    # Another shape, too: colours are not for everybody.
    marker = "X" if one.verdict.fails else "^" if one.verdict is Verdict.BETTER else "o"
    axes.plot([one.gain or 0.0], [at], marker, color=colour, markersize=6)


def _forest_words(rows: Sequence[tuple[PartChange, MetricChange]]) -> str:
    failed = [f"{part.key} {one.metric.title}" for part, one in rows if one.verdict.fails]
    better = sum(one.verdict is Verdict.BETTER for _, one in rows)
    named = f": {', '.join(failed)}" if failed else ""
    return f"Differences of {len(rows)} metrics with their intervals; {len(failed)} fail{named}; {better} are better"


def _label(text: str) -> str:
    text = printable(text)
    return text if len(text) <= _LABEL_CHARS else f"{text[: _LABEL_CHARS - 1]}\u2026"


def _svg(figure: Figure, name: str, words: str) -> str:
    """The figure as an element of a page; `words` say what there is to see."""
    out = io.StringIO()
    with rc_context({"svg.hashsalt": name}), warnings.catch_warnings():
        # Of a character that its fonts have not: whoever shows the page has fonts of its own.
        warnings.filterwarnings("ignore", "Glyph")
        FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]  # as matplotlib left it
            out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s*", "\n", text)
    # Every file of matplotlib has the same ids, and a page may have each only once.
    prefix = re.sub(r"[^a-z0-9]+", "-", name.lower())
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", text)
    for stand_in, colour in _COLOURS.items():
        text = text.replace(stand_in, colour)
    label = _attribute(printable(words))
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1).strip()


def _attribute(text: str) -> str:
    for sign, entity in (("&", "&amp;"), ('"', "&quot;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return text

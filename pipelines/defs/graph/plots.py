"""A picture of the communities as Markdown: how large they are, level by level. No names: they would outlive their documents."""

import base64
from collections.abc import Sequence
from importlib.util import find_spec

from core.graph import Community
from pipelines.defs.corpus.plots import COLOURS, DPI, as_png, describe

_SIZE_INCHES = (8.0, 3.2)
_MOST_BINS = 30


def community_plot(communities: Sequence[Community]) -> str | None:
    """Sizes of communities by level; None if there are none, or matplotlib is not installed."""
    if not communities or find_spec("matplotlib") is None:
        return None
    return f"![sizes of communities](data:image/png;base64,{base64.b64encode(draw(communities)).decode()})"


def draw(communities: Sequence[Community]) -> bytes:
    """The plot, as PNG."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=_SIZE_INCHES, dpi=DPI, facecolor="white", layout="constrained")
    axes = figure.subplots()
    levels = sorted({one.level for one in communities})
    sizes = [[len(one.members) for one in communities if one.level == level] for level in levels]
    labels = [f"level {level}" for level in levels]
    top = max(map(max, sizes))
    axes.hist(
        sizes, bins=min(_MOST_BINS, max(top, 1)), stacked=True, color=COLOURS[: len(levels)], label=labels
    )
    describe(axes, f"entities per community, {len(communities)} communities", ())
    axes.set_xlabel("entities")
    axes.set_ylabel("communities")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=8, loc="upper right", frameon=False)
    return as_png(figure)

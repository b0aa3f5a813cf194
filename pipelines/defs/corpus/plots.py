"""Pictures of the latest syncs as Markdown: one PNG inside the text, or a table where matplotlib is not installed.

Drawn on white with dark ink, so that it reads on the light and on the dark UI alike.
"""

import base64
import io
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipelines.defs.corpus.specs import NAMES
from pipelines.defs.corpus.tables import markdown_table
from pipelines.defs.corpus.trend import RunPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 80
_SIZE_INCHES = (8.0, 8.4)
_SHOWN_LABELS = 8
_LEAST_PLACES = 6
_COLOUR_COUNT = 64
_INK, _GRID = "#24292f", "#d0d7de"
# Okabe and Ito's palette, which people who cannot tell red from green can read (https://jfly.uni-koeln.de/color/).
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")


def plots(runs: Sequence[RunPoint], chunk_counts: Sequence[int]) -> str:
    """Seconds per stage of the runs, chunks per document of a sample, and documents by state after the runs."""
    if find_spec("matplotlib") is None:
        return f"{seconds_table(runs)}\n\nFor pictures: `pip install 'folio-kb[plots]'`."
    png = draw(runs, chunk_counts)
    return f"![the latest syncs](data:image/png;base64,{base64.b64encode(png).decode()})"


def seconds_table(runs: Sequence[RunPoint]) -> str:
    """Seconds per stage, a run a line."""
    rows = [[run.label, *(f"{run.stage_seconds.get(name, 0.0):.2f}" for name in NAMES)] for run in runs]
    return markdown_table(["run (UTC)", *NAMES], rows)


def draw(runs: Sequence[RunPoint], chunk_counts: Sequence[int]) -> bytes:
    """The three plots below each other, as PNG."""
    # A figure of its own draws with Agg: pyplot would keep every figure, and might ask for a display.
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE_INCHES, dpi=DPI, facecolor="white", layout="constrained")
    top, middle, bottom = figure.subplots(3, 1)
    _draw_seconds(top, runs)
    _draw_chunks(middle, chunk_counts)
    _draw_states(bottom, runs)
    return as_png(figure)


def _draw_seconds(axes: "Axes", runs: Sequence[RunPoint]) -> None:
    """Stages run side by side, so a bar may be higher than the run was long."""
    places = range(len(runs))
    heights = [0.0] * len(runs)
    for name, colour in zip(NAMES, COLOURS, strict=False):
        seconds = [float(run.stage_seconds.get(name, 0.0)) for run in runs]
        axes.bar(places, seconds, bottom=heights, color=colour, label=name, width=0.8)
        heights = [height + more for height, more in zip(heights, seconds, strict=True)]
    describe(axes, f"seconds per stage, last {len(runs)} syncs", runs)
    axes.set_ylabel("seconds of work")


def _draw_chunks(axes: "Axes", chunk_counts: Sequence[int]) -> None:
    from matplotlib.ticker import MaxNLocator

    top = max(chunk_counts, default=1)
    axes.hist(chunk_counts, bins=min(30, max(top, 1)), range=(0.5, top + 0.5), color=COLOURS[0], rwidth=0.9)
    describe(axes, f"chunks per document, {len(chunk_counts)} documents", ())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("chunks")
    axes.set_ylabel("documents")


def _draw_states(axes: "Axes", runs: Sequence[RunPoint]) -> None:
    states = sorted({state for run in runs for state in run.state_counts})
    for state, colour in zip(states, COLOURS, strict=False):
        counts = [run.state_counts.get(state, 0) for run in runs]
        axes.plot(range(len(runs)), counts, color=colour, label=state, marker="o", markersize=4)
    axes.set_ylim(bottom=0)
    describe(axes, "documents by state after each sync", runs)
    axes.set_ylabel("documents")


def describe(axes: "Axes", title: str, runs: Sequence[RunPoint]) -> None:
    """A title, a quiet grid, and where the places are runs, their labels."""
    axes.set_title(title, loc="left", fontsize=11, color=_INK)
    axes.tick_params(colors=_INK, labelsize=9)
    axes.grid(visible=True, axis="y", color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if not runs:
        return
    shown = range(0, len(runs), -(-len(runs) // _SHOWN_LABELS))
    axes.set_xticks(list(shown), [runs[place].label for place in shown])
    axes.set_xlim(-0.6, max(len(runs), _LEAST_PLACES) - 0.4)
    # Beside the plot: inside, it would hide bars.
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, reverse=True)


def as_png(figure: "Figure") -> bytes:
    """With a palette: a third of the size, for every materialisation keeps its own copy."""
    from PIL import Image

    drawn, packed = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(_COLOUR_COUNT).save(packed, format="png", optimize=True)
    return packed.getvalue()

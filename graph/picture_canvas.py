"""A page to draw the graph on: circles, lines, and names that never lie over each other. Coordinates are points.

Imports matplotlib, of the extra `plots`: import this module where something is drawn, and nowhere else.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from typing import Literal

from matplotlib import font_manager, rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from graph.picture_layout import Area, Place

PictureFormat = Literal["png", "svg"]
INK, PALE, PAPER = "#24292f", "#8c959f", "#ffffff"
_POINTS_PER_INCH = 72
_DPI = 110
_MOST_CHARS = 34
_GAP = 3.0
_COLOUR_COUNT = 128
_HEADING_CHARS = 22
_LATIN_END = 0x250
_PUNCTUATION = range(0x2010, 0x2040)
# Whichever of these are installed. The first and the last come with matplotlib; the last has a box for every character.
_FONTS = (
    "DejaVu Sans",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Source Han Sans",
    "IPAGothic",
    "Microsoft YaHei",
    "Hiragino Sans",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Emoji",
    "Last Resort High-Efficiency",
)


@dataclass(frozen=True, slots=True)
class NameStyle:
    """How a name is written: over dots where need be, left of its place if there is room, and `always` even over names."""

    size: float
    bold: bool = False
    colour: str = INK
    left_first: bool = False
    over_dots: bool = False
    always: bool = False

    @property
    def weight(self) -> str:
        """As fonts call it."""
        return "bold" if self.bold else "normal"


class Canvas:
    """One picture on white paper. What is drawn earlier is kept free of the names that come later."""

    def __init__(self, width: float, height: float) -> None:
        self.area = Area(0, 0, width, height)
        size = width / _POINTS_PER_INCH, height / _POINTS_PER_INCH
        self._figure = Figure(figsize=size, dpi=_POINTS_PER_INCH, facecolor=PAPER)
        self._renderer = FigureCanvasAgg(self._figure).get_renderer()  # type: ignore[no-untyped-call]
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_xlim(0, width)
        self._axes.set_ylim(0, height)
        self._axes.set_axis_off()
        self._dots: list[Area] = []
        self._texts: list[Area] = []
        self._written: list[Text] = []

    def title(self, text: str, below: str) -> None:
        """A heading at the upper left, and a line below it."""
        top = self.area.top
        self._write(shortened(text, 80), (18, top - 20), size=14, weight="bold")
        self._write(below, (18, top - 39), size=9.5, colour="#57606a")

    def legend(self, entries: Sequence[tuple[str, str]]) -> None:
        """Names with their colours, in a row at the lower left."""
        x = 18.0
        for label, colour in entries:
            self._axes.add_patch(Circle((x + 5, 16), 5, color=colour, zorder=6))
            self._write(label, (x + 14, 16), size=9)
            x += 14 + self._width(label, size=9) + 16

    def dot(self, at: Place, radius: float, *, colour: str, ring: str = PAPER) -> None:
        """A node."""
        self._axes.add_patch(Circle(at, radius, facecolor=colour, edgecolor=ring, linewidth=1.2, zorder=4))
        self._dots.append(Area(at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius))

    def disc(self, at: Place, radius: float, *, colour: str) -> None:
        """A pale circle in the background."""
        face = Circle(at, radius, facecolor=colour, alpha=0.13, linewidth=0, zorder=0)
        edge = Circle(at, radius, facecolor="none", edgecolor=colour, alpha=0.55, linewidth=1, zorder=0)
        self._axes.add_patch(Circle(at, radius, facecolor=PAPER, linewidth=0, zorder=0))
        self._axes.add_patch(face)
        self._axes.add_patch(edge)

    def line(
        self,
        ends: tuple[Place, Place],
        *,
        width: float,
        colour: str = PALE,
        alpha: float = 1.0,
        below_discs: bool = False,
    ) -> None:
        """An edge without direction."""
        (x, y), (to_x, to_y) = ends
        layer = -1 if below_discs else 1
        drawn = Line2D([x, to_x], [y, to_y], linewidth=width, color=colour, alpha=alpha, zorder=layer)
        self._axes.add_line(drawn)

    def arrow(
        self, ends: tuple[Place, Place], *, gaps: tuple[float, float], width: float, colour: str
    ) -> None:
        """An edge with a direction; it ends `gaps` points before the places."""
        self._axes.add_patch(
            FancyArrowPatch(
                *ends,
                arrowstyle="-|>",
                mutation_scale=9,
                shrinkA=gaps[0],
                shrinkB=gaps[1] + 1,
                linewidth=width,
                color=colour,
                zorder=2,
            )
        )

    def name(self, text: str, at: Place, *, gap: float, style: "NameStyle") -> bool:
        """Write a name beside a place where there is room for it; False: there is none, and nothing was written."""
        shown = shortened(text, _MOST_CHARS)
        wide, high = self._width(shown, size=style.size, weight=style.weight), style.size * 1.15
        places = _places_beside(at, gap=gap + _GAP, wide=wide, high=high, left_first=style.left_first)
        for x, y in places:
            if self._is_free(Area(x, y - high / 2, x + wide, y + high / 2), over_dots=style.over_dots):
                self._write(shown, (x, y), size=style.size, weight=style.weight, colour=style.colour)
                return True
        if style.always:
            self._write(shown, places[0], size=style.size, weight=style.weight, colour=style.colour)
        return style.always

    def heading(self, text: str, at: Place, *, gap: float, size: float) -> None:
        """Write a name in bold above a place, on at most two lines, whatever is there; other names keep away from it."""
        lines = _on_two_lines(text)
        high = size * 1.2
        for number, line in enumerate(reversed(lines)):
            wide = self._width(line, size=size, weight="bold")
            left, y = at[0] - wide / 2, at[1] + gap + high * (number + 0.5)
            self._texts.append(Area(left, y - high / 2, left + wide, y + high / 2))
            self._write(line, (left, y), size=size, weight="bold")

    def caption(self, text: str, at: Place, *, style: "NameStyle") -> bool:
        """Write a name over a place itself, if it is free; whether it was."""
        shown = shortened(text, _MOST_CHARS)
        wide, high = self._width(shown, size=style.size, weight=style.weight), style.size * 1.15
        left, bottom = at[0] - wide / 2, at[1] - high / 2
        if not self._is_free(Area(left, bottom, left + wide, bottom + high), over_dots=style.over_dots):
            return False
        self._write(shown, (left, at[1]), size=style.size, weight=style.weight, colour=style.colour)
        return True

    def saved(self, wanted: PictureFormat) -> bytes:
        """The file. The same drawing gives the same bytes."""
        drawn = io.BytesIO()
        if wanted == "svg":
            self._prepare_for_svg()
            with rc_context({"svg.fonttype": "none", "svg.hashsalt": "folio"}):
                self._figure.savefig(drawn, format="svg", metadata={"Date": None})
        else:
            self._figure.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
            return _with_palette(drawn)
        return drawn.getvalue()

    def _is_free(self, area: Area, *, over_dots: bool) -> bool:
        """Whether a name fits here; if so, the place is its own from now on."""
        taken = self._texts if over_dots else (*self._texts, *self._dots)
        if not self.area.holds(area) or any(area.overlaps(other) for other in taken):
            return False
        self._texts.append(area)
        return True

    def _width(self, text: str, *, size: float, weight: str = "normal") -> float:
        font = _font_for(text, size, weight)
        wide, _, _ = self._renderer.get_text_width_height_descent(text, font, ismath=False)
        return float(wide)

    def _write(self, text: str, at: Place, *, size: float, weight: str = "normal", colour: str = INK) -> None:
        written = self._axes.text(
            *at,
            text,
            color=colour,
            fontproperties=_font_for(text, size, weight),
            va="center_baseline",
            parse_math=False,
            path_effects=[withStroke(linewidth=2.4, foreground=PAPER)],
            zorder=7,
        )
        self._written.append(written)

    def _prepare_for_svg(self) -> None:
        """Keep text as text, so that it can be found and the viewer's fonts serve: letters with a halo would become shapes."""
        for text in self._written:
            text.set_path_effects([])
            text.set_bbox({"facecolor": PAPER, "alpha": 0.7, "linewidth": 0, "pad": 0.4})


def shortened(text: str, most: int) -> str:
    """A name on one line, without what cannot be drawn."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "\u2026"


def _on_two_lines(text: str) -> list[str]:
    lines = wrap(shortened(text, 500), _HEADING_CHARS)
    return [*lines[:1], f"{lines[1]}\u2026"] if len(lines) > 2 else lines


def _places_beside(at: Place, *, gap: float, wide: float, high: float, left_first: bool) -> list[Place]:
    """Left ends of a line of text around a place: beside it, above, below, then the corners."""
    x, y = at
    up = gap + high / 2
    slant = gap * 0.75
    right, left = [(x + gap, y)], [(x - gap - wide, y)]
    corners = [
        (x + slant, y + slant + high / 4),
        (x + slant, y - slant - high / 4),
        (x - slant - wide, y + slant + high / 4),
        (x - slant - wide, y - slant - high / 4),
    ]
    beside = left + right if left_first else right + left
    return [*beside, (x - wide / 2, y + up), (x - wide / 2, y - up), *corners]


def _with_palette(drawn: io.BytesIO) -> bytes:
    """A third of the size, and nothing that the eye could miss."""
    from PIL import Image

    packed = io.BytesIO()
    with Image.open(drawn) as image:
        few = image.convert("RGB").quantize(_COLOUR_COUNT, dither=Image.Dither.NONE)
    few.save(packed, format="png", optimize=True)
    return packed.getvalue()


@cache
def _installed_fonts() -> list[str]:
    there = set(font_manager.get_font_names())
    return [name for name in _FONTS if name in there]


def _font_for(text: str, size: float, weight: str) -> FontProperties:
    """Bold for Latin letters alone: the fonts for all others have no such weight, and would say so each time."""
    is_latin = all(ord(char) < _LATIN_END or ord(char) in _PUNCTUATION or char == "\n" for char in text)
    return _font(size, weight if is_latin else "normal")


@cache
def _font(size: float, weight: str) -> FontProperties:
    family = _installed_fonts() if weight == "normal" else [_FONTS[0]]
    return FontProperties(family=family, size=size, weight=weight)

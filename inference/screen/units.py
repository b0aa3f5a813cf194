"""Cuts a passage into what can be taken out by itself: sentences, lines, cells of tables. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from core.offsets import SEAM

Span = tuple[int, int]

_LINE = re.compile(rf"[^\n\r{SEAM}]+")
_CELL = re.compile(r"[^|]+")
_BETWEEN = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]*_]*\s+(?=[\"'\u201c\u2018(\[<*_#]*[^\W_a-z])")
_SHORT = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|approx|Fig|Inc|Ltd|Co)|\be\.g|\bi\.e|\b[A-Z]|^\s*\d{1,3})\.$"
)


def units(text: str) -> list[Span]:
    """The pieces in reading order, without white space at their ends; headings, list items and code lines among them."""
    found: list[Span] = []
    for line in _LINE.finditer(text):
        start, end = line.span()
        if text[start:end].lstrip().startswith("|"):
            found += [_trimmed(text, *cell.span()) for cell in _CELL.finditer(text, start, end)]
        else:
            found += [_trimmed(text, *piece) for piece in _sentences(text, start, end)]
    return [(start, end) for start, end in found if start < end]


def around(spans: Sequence[Span], start: int, end: int) -> Span:
    """The range from the first to the last piece that `[start, end)` touches; itself where it touches none."""
    first = bisect_right(spans, start, key=lambda span: span[1])
    last = bisect_left(spans, end, key=lambda span: span[0]) - 1
    return (spans[first][0], spans[last][1]) if first <= last else (start, end)


def _sentences(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    at = start
    for match in _BETWEEN.finditer(text, start, end):
        if not _SHORT.search(text[max(at, match.start() - 12) : match.start()]):
            spans.append((at, match.start()))
            at = match.end()
    return [*spans, (at, end)]


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())

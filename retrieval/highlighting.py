"""Marks where words of the query stand in the hits. Pure; a hit that has none stays as it is."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from core.highlights import Highlight, TextRange
from core.ports import SparseEncoder
from core.search import Hit, SparseVector

_WINDOW_CHARS = 240
_Range = tuple[int, int]


def highlighted(hits: Sequence[Hit], query: SparseVector, *, encoder: SparseEncoder) -> list[Hit]:
    """The hits, each with where words of the query stand in its text, as the index stems and divides it."""
    return [_highlighted(hit, query, encoder) for hit in hits]


def _highlighted(hit: Hit, query: SparseVector, encoder: SparseEncoder) -> Hit:
    found = encoder.matches(hit.text, query, language=hit.language or None)
    if not found:
        return hit
    ranges = tuple(_range(hit, *one) for one in found)
    return replace(hit, highlight=Highlight(ranges, _range(hit, *best_window(hit.text, found))))


def best_window(text: str, ranges: Sequence[_Range], *, max_chars: int = _WINDOW_CHARS) -> _Range:
    """The stretch of at most `max_chars` with the most different words of the ranges, then the most of them, the first of equals.

    It begins and ends between words, with what stands around the words as far as there is room. A single range that is longer
    is the stretch.
    """
    best, best_worth = ranges[0], (0, 0)
    for place, (start, _) in enumerate(ranges):
        until = start + max_chars
        inside = list(takewhile(lambda one: one[1] <= until, ranges[place:]))  # noqa: B023 - used at once
        worth = (len({text[a:b].casefold() for a, b in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = (start, inside[-1][1]), worth
    return _widened(text, *best, max_chars=max_chars)


def _widened(text: str, start: int, end: int, *, max_chars: int) -> _Range:
    """With whole words on both sides, as many characters on each."""
    room = max(max_chars - (end - start), 0) // 2
    first, last = max(start - room, 0), min(end + room, len(text))
    while first < start and first > 0 and not text[first - 1].isspace():
        first += 1
    while last > end and last < len(text) and not text[last].isspace():
        last -= 1
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return first, last


def _range(hit: Hit, start: int, end: int) -> TextRange:
    stored_start, stored_end = hit.offsets.span(start, end) if hit.offsets else (start, end)
    return TextRange(start, end, hit.start + stored_start, hit.start + stored_end)

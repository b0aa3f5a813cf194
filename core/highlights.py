"""Where the words of a query stand in a passage. Pure.

A range lies in the text as it is shown, and in the document's stored text: both are needed, because values that stand in place
of pseudonyms make a shown text longer or shorter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.offsets import Edit, OffsetMap
from core.pseudonyms import RestoredSpan


@dataclass(frozen=True, slots=True)
class TextRange:
    """`[start, end)` in the text that is shown, `[stored_start, stored_end)` in the document's stored text, in characters."""

    start: int
    end: int
    stored_start: int
    stored_end: int


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words that match a query, in order and without overlaps, and the stretch of the text that has most of them."""

    ranges: tuple[TextRange, ...]
    best: TextRange


def restored_highlight(highlight: Highlight, restored: Sequence[RestoredSpan]) -> Highlight:
    """The same words in a text in which pseudonyms were turned back.

    A range that touches a pseudonym contains the whole value in its place.
    """
    places = OffsetMap(_edits(restored))
    return Highlight(
        tuple(_moved(one, places) for one in highlight.ranges),
        _moved(highlight.best, places),
    )


def _moved(found: TextRange, places: OffsetMap) -> TextRange:
    start, end = places.span(found.start, found.end)
    return replace(found, start=start, end=end)


def _edits(restored: Sequence[RestoredSpan]) -> list[Edit]:
    """From the text with pseudonyms to the one with values."""
    edits: list[Edit] = []
    shift = 0
    for span in sorted(restored, key=lambda span: span.start):
        start = span.start - shift
        end = start + len(span.token)
        edits.append(Edit(start, end, span.start, span.end))
        shift = span.end - end
    return edits

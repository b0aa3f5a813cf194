"""Where a quote stands in a text: to the letter, but for how it is set, or with slips of the pen. Pure.

A quote with slips is found only where every figure, negation, word of degree and name is the same: what is cited are the
original words, and a quote that says something else is no quote of them. Whole words only. Time is bounded: longer quotes and
texts than the limits here are found to the letter or not at all.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from core.offsets import SEAM
from generation.checking.alignment import aligned
from generation.checking.readings import PlainText, plain_text
from generation.checking.words import UNSPACED, Span, spans_of, words_of

LEAST_SIMILARITY = 0.8
"""Of a quote with slips; measured in docs/measurements.md."""

_MAX_TEXT_CHARS = 200_000
_MAX_QUOTE_CHARS = 20_000
_MAX_SLIPS_CHARS = 4_000
# Of one quote in one text: a text of one repeated sign has as many as it has signs.
_MAX_PLACES = 200
_MIN_WORDS = 3
_NUMBER_JOINTS = ".,:/'-\u2019"
_EDGES = " \"'.,;:!?"
_UNSPACED = re.compile(f"[{UNSPACED}]")


@dataclass(frozen=True, slots=True)
class Located:
    """`text[start:end]` is what a quote stands for; similarity 1 where no letter differs but by its form."""

    start: int
    end: int
    similarity: float


def located(quote: str, text: str, *, least_similarity: float = LEAST_SIMILARITY) -> Located | None:
    """The first place where the quote stands, or the one that is most like it; None if there is none.

    Quotes of fewer than three words are found only to the letter.
    """
    return TextPlaces(text).located(quote, least_similarity=least_similarity)


class TextPlaces:
    """A text in which several quotes are looked for: it is read once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._made: PlainText | None = None
        self._spans: list[Span] | None = None

    def located(self, quote: str, *, least_similarity: float = LEAST_SIMILARITY) -> Located | None:
        """See `located`."""
        bare = quote.strip()
        if not bare or len(bare) > len(self._text) * 2 + 100:
            return None
        for place in _places(bare, self._text):
            return Located(place, place + len(bare), 1.0)
        if len(bare) > _MAX_QUOTE_CHARS or len(self._text) > _MAX_TEXT_CHARS:
            return None
        read = plain_text(bare)
        if len(spans_of(read)) < _MIN_WORDS:
            return None
        found = self._as_read(read.text) or self._as_read(read.text.strip(_EDGES))
        if found is not None or least_similarity >= 1 or len(bare) > _MAX_SLIPS_CHARS:
            return found
        return self._with_slips(read, bare, least_similarity)

    @property
    def _plain(self) -> PlainText:
        if self._made is None:
            self._made = plain_text(self._text)
        return self._made

    def _as_read(self, quote: str) -> Located | None:
        # A seam stands for white space: whoever quotes reads over it.
        for place in _places(quote, self._plain.text.replace(SEAM, " ")):
            return Located(*self._plain.original(place, place + len(quote)), 1.0)
        return None

    def _with_slips(self, read: PlainText, bare: str, least_similarity: float) -> Located | None:
        if self._spans is None:
            self._spans = spans_of(self._plain)
        found = aligned(words_of(bare, plain=read), self._spans, self._text)
        if found is None or found.similarity < least_similarity:
            return None
        return Located(found.start, found.end, found.similarity)


def _places(quote: str, text: str) -> Iterator[int]:
    """Where the quote stands as whole words."""
    at = text.find(quote) if quote else -1
    for _ in range(_MAX_PLACES):
        if at < 0:
            return
        if is_border(text, at) and is_border(text, at + len(quote)):
            yield at
        at = text.find(quote, at + 1)


def is_border(text: str, at: int) -> bool:
    """Whether no word, number or sign with its accents goes over this place."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if _is_mark(after):
        return False
    if _is_of_word(before) and _is_of_word(after):
        return _is_unspaced(before) or _is_unspaced(after)
    return not _inside_number(text, at)


def _inside_number(text: str, at: int) -> bool:
    """15 is no part of 1.15, of 15:30 or of -15."""
    second, before = text[at - 2 : at - 1], text[at - 1]
    after, following = text[at], text[at + 1 : at + 2]
    if before.isdigit() and after in _NUMBER_JOINTS and following.isdigit():
        return True
    if after.isdigit() and before in _NUMBER_JOINTS and second.isdigit():
        return True
    return after.isdigit() and before in "-\u2212" and not (second.isalnum() or second == ")")


def _is_of_word(sign: str) -> bool:
    return sign.isalnum() or _is_mark(sign) or sign == "\u00ad"


def _is_mark(sign: str) -> bool:
    return not sign.isascii() and unicodedata.category(sign) in {"Mn", "Mc", "Me"}


def _is_unspaced(sign: str) -> bool:
    return _UNSPACED.match(sign) is not None

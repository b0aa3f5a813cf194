"""What a table's cell or the right side of a key-value line holds: names, or a short text. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from core.graph import EntityKind
from graph.extract.mentions import Named
from graph.keys import entity_key

MAX_VALUE_CHARS = 80
# What a key of a name leaves out, and a value must not: "-4.5", "5%", "£300".
_SIGNS = re.compile(r"[£$€¥%‰°±<>=~]|^[-+]")
_MAX_NAMES = 10
# "The" and a quotation mark fit before a name that a cell begins with; "Senior" does not.
_MAX_LEAD_CHARS = 4
_LITERAL_WORDS = 10
_NOTHING = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "none", "na", "tbd", "?", "null", "nan"})
_MARKS = re.compile(r"[*_`~\x00-\x1f\x7f\ud800-\udfff]+")
_EDGES = " \t*_`~\"'\u201c\u201d"


class Mentions:
    """Mentions by place, to be asked for those of a span."""

    def __init__(self, mentions: Sequence[Named]) -> None:
        """They need not be in order."""
        self._all = sorted(mentions, key=lambda mention: (mention.start, mention.end))
        self._starts = [mention.start for mention in self._all]

    def within(self, start: int, end: int) -> list[Named]:
        """Those that lie in `[start, end)` altogether, by place."""
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [mention for mention in self._all[first:last] if mention.end <= end]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without blanks and marks at its edges."""
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def plain(text: str) -> str:
    """A text in one line, without emphasis and what no database keeps."""
    return " ".join(_MARKS.sub(" ", text).split())


def names_in(text: str, mentions: Mentions, start: int, end: int) -> list[Named]:
    """The names in a span, if they are most of what it says; bounded."""
    found = [mention for mention in mentions.within(start, end) if mention.kind is not EntityKind.VALUE]
    covered = sum(mention.end - mention.start for mention in found)
    letters = sum(map(str.isalnum, text[start:end]))
    is_whole = bool(found) and found[0].start - start <= _MAX_LEAD_CHARS
    return found[:_MAX_NAMES] if is_whole and covered >= 0.6 * letters else []


def literal(text: str, start: int, end: int) -> Named | None:
    """The span as a value; None if it says nothing, or too much."""
    words = plain(text[start:end])
    if words.casefold() in _NOTHING or len(words) > MAX_VALUE_CHARS or len(words.split()) > _LITERAL_WORDS:
        return None
    key = " ".join(words.casefold().split()) if _SIGNS.search(words) else entity_key(words)
    return Named(key, words, EntityKind.VALUE, start, end) if key else None


def things_in(text: str, mentions: Mentions, start: int, end: int) -> Iterator[Named]:
    """What a span holds: its names, else one value, else nothing."""
    start, end = trimmed(text, start, end)
    names = names_in(text, mentions, start, end)
    yield from names
    if not names and (value := literal(text, start, end)) is not None:
        yield value

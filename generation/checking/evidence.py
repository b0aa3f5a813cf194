"""What stands around a place in a passage: the sentence it is part of, the head of its table, headings and title. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.search import Hit
from core.sentences import Sentence, split_sentences

# Of a sentence without an end (a list in one line, a table as text) so much before and after the place is read.
_MAX_AROUND_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """`hit.text[start:end]`, which a sentence is said to stand on. `around` is the sentence or sentences it is part of."""

    hit: Hit
    start: int
    end: int
    around: str = field(repr=False)
    context: str = field(repr=False)

    @property
    def quote(self) -> str:
        """The original words."""
        return self.hit.text[self.start : self.end]


def place_of(hit: Hit, start: int, end: int, *, sentences: Sequence[Sentence] | None = None) -> Place:
    """The place with what stands around it."""
    spans = split_sentences(hit.text) if sentences is None else sentences
    first = bisect_right([one.end for one in spans], start)
    last = bisect_left([one.start for one in spans], end)
    inside = spans[first:last]
    around_start = min([start, *(one.start for one in inside[:1])])
    around_end = max([end, *(one.end for one in inside[-1:])])
    around = hit.text[max(around_start, start - _MAX_AROUND_CHARS) : min(around_end, end + _MAX_AROUND_CHARS)]
    parts = (hit.title, hit.heading, _table_head(hit.text, around_start))
    return Place(hit, start, end, around, "\n".join(part for part in parts if part))


def _table_head(text: str, start: int) -> str:
    """The first line of the table that a row belongs to; empty elsewhere."""
    if not text.startswith("|", start):
        return ""
    lines = text[max(0, start - 20 * _MAX_AROUND_CHARS) : start].splitlines()
    head = ""
    for line in reversed(lines):
        if not line.lstrip().startswith("|"):
            break
        head = line
    return head

"""Passages as the numbered sources of a prompt: as many as there is room for. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from core.search import Hit
from core.sentences import split_sentences

Count = Callable[[dict[str, object]], int]
"""Tokens of a source as it stands in a prompt."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage in a prompt. `number` counts from 1 over all passages of a question; `text` is its beginning or the whole."""

    number: int
    hit: Hit = field(repr=False)
    text: str = field(repr=False)

    @property
    def is_cut(self) -> bool:
        """Whether something of the passage did not fit."""
        return len(self.text) < len(self.hit.text)

    def as_data(self) -> dict[str, object]:
        """What a model sees of it: what is empty or unknown is left out."""
        hit = self.hit
        modified = datetime.fromtimestamp(hit.modified_s, UTC).date().isoformat() if hit.modified_s else None
        seen = {"title": hit.title, "heading": hit.heading, "page": hit.page, "modified": modified}
        known = {name: value for name, value in seen.items() if value}
        return {"source": self.number, **known, "text": self.text}


def grouped(hits: Sequence[Hit], *, room_tokens: int, count: Count) -> list[tuple[Source, ...]]:
    """All passages in their order, in groups of at most `room_tokens`; whole, but for those that fill a group by themselves.

    Such a one is cut after a sentence. A group has at least one source, however little room there is.
    """
    groups: list[list[Source]] = []
    left = 0
    for number, hit in enumerate(hits, start=1):
        source = _cut(Source(number, hit, hit.text), room_tokens, count)
        size = count(source.as_data())
        if not groups or size > left:
            groups.append([])
            left = room_tokens
        groups[-1].append(source)
        left -= size
    return [tuple(group) for group in groups]


def _cut(source: Source, room_tokens: int, count: Count) -> Source:
    def begun(end: int) -> Source:
        return Source(source.number, source.hit, source.text[:end])

    def fits(end: int) -> bool:
        return count(begun(end).as_data()) <= room_tokens

    if fits(len(source.text)):
        return source
    ends = [span.end for span in split_sentences(source.text)]
    kept = _most(ends, fits) or _most(range(1, len(source.text)), fits) or 1
    return begun(kept)


def _most(ends: Sequence[int], fits: Callable[[int], bool]) -> int:
    """The last of ascending ends that fits, 0 if none does."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if fits(ends[middle]):
            low = middle + 1
        else:
            high = middle
    return ends[low - 1] if low else 0

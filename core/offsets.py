"""The way between a redacted text and what it was made from: offsets both ways, and the text itself. Pure.

Citations point into the stored text; whoever may read the values sees another one, in which they stand at other places.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import TamperedError
from core.pseudonyms import Mention, MentionField

# Where chunks were put together, it begins what stands for the white space between them; no quote goes over it, because which
# white space that was is not known. Unicode's paragraph separator.
SEAM = "\u2029"


@dataclass(frozen=True, slots=True)
class Edit:
    """`[start, end)` of one text stands for `[other_start, other_end)` of the other."""

    start: int
    end: int
    other_start: int
    other_end: int


class OffsetMap:
    """Positions of one text in another that differs by edits alone. Monotonic; exact outside of edits and at their borders.

    Positions inside an edit lead to its start or, with `up`, to its end. Where texts differ by more than the edits (a
    secret's placeholder, which is no mention), positions up to the next edit count from the one before, never beyond it.
    """

    def __init__(self, edits: Iterable[Edit]) -> None:
        """Edits in any order, without overlaps."""
        self._edits = sorted(edits, key=lambda edit: (edit.start, edit.end))
        self._ends = [edit.end for edit in self._edits]

    def moved(self, position: int, *, up: bool = False) -> int:
        """Where a position of the one text is in the other."""
        before = bisect_right(self._ends, position)
        following = self._edits[before] if before < len(self._edits) else None
        if following is not None and following.start < position:
            return following.other_end if up else following.other_start
        last = self._edits[before - 1] if before else None
        found = position + (last.other_end - last.end if last else 0)
        return min(found, following.other_start) if following is not None else found

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a range is in the other text; edits that it touches inside belong to it as a whole."""
        return self.moved(start), max(self.moved(start), self.moved(end, up=True))

    @property
    def inverse(self) -> "OffsetMap":
        """The way back."""
        return OffsetMap(Edit(edit.other_start, edit.other_end, edit.start, edit.end) for edit in self._edits)


def original_offsets(mentions: Iterable[Mention], *, where: MentionField = MentionField.TEXT) -> OffsetMap:
    """From positions in the stored text to those in the text as it was parsed; `inverse` is the way back."""
    return OffsetMap(
        Edit(one.start, one.end, one.original_start, one.original_end)
        for one in mentions
        if one.where is where
    )


def restored_offsets(mentions: Iterable[Mention], *, where: MentionField = MentionField.TEXT) -> OffsetMap:
    """From positions in the stored text to those in what `restored` gives; `inverse` is the way back."""
    edits: list[Edit] = []
    shift = 0
    for one in _reversible(mentions, where):
        other_start = one.start + shift
        edits.append(Edit(one.start, one.end, other_start, other_start + len(one.value)))
        shift = edits[-1].other_end - one.end
    return OffsetMap(edits)


def restored(
    text: str, mentions: Iterable[Mention], *, where: MentionField = MentionField.TEXT, start: int = 0
) -> str:
    """The original of a stored text, or of the part of it that begins at `start`; secrets and what cannot be reversed stay.

    A pseudonym that is cut by an end of the part stays too.

    Raises:
        TamperedError: The mentions belong to another text.
    """
    parts: list[str] = []
    end = 0
    for one in _within(_reversible(mentions, where), start, start + len(text)):
        if text[one.start - start : one.end - start] != one.token:
            raise TamperedError(f"{one.token} does not stand where the document's list of pseudonyms says")
        parts += [text[end : one.start - start], one.value]
        end = one.end - start
    return "".join([*parts, text[end:]])


def _within(mentions: Sequence[Mention], start: int, end: int) -> Sequence[Mention]:
    first = bisect_left(mentions, start, key=lambda one: one.start)
    last = bisect_right(mentions, end, key=lambda one: one.end)
    return mentions[first:last]


def _reversible(mentions: Iterable[Mention], where: MentionField) -> list[Mention]:
    found = (one for one in mentions if one.where is where and one.reversible)
    return sorted(found, key=lambda one: one.start)

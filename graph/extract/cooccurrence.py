"""Entities that stand in one sentence, where no rule says how they belong together. Pure."""

from collections.abc import Collection, Iterator, Sequence

from core.graph import OCCURS_WITH, EntityKind
from graph.extract.mentions import Named
from graph.extract.stated import Stated

RULE = "cooccurrence"
# In a longer list each one belongs to its neighbours only.
_MAX_ALL_PAIRS = 8
_NEIGHBOURS = 3
_MOST = 0.5
_HALF_AT_CHARS = 150
# Less says hardly more than that both stand in the same chunk.
_LEAST = 0.1


def pairs(
    mentions: Sequence[Named], *, start: int, end: int, related: Collection[frozenset[str]]
) -> Iterator[Stated]:
    """A weak relation for each pair of entities of a sentence that is not `related`, in order of place.

    `mentions` are those of the sentence `[start, end)`, by place. The weight is at most 0.5; it falls with the root of the number
    of others that each is paired with, and with the characters between the two; below 0.1 a pair is left out. Past 8 entities
    each is paired with the three before and after it.
    """
    first = _first_of_each(mentions)
    reach = len(first) if len(first) <= _MAX_ALL_PAIRS else _NEIGHBOURS
    share = _MOST / max(1, min(len(first) - 1, 2 * reach)) ** 0.5
    for place, left in enumerate(first):
        for right in first[place + 1 : place + 1 + reach]:
            if frozenset((left.key, right.key)) in related:
                continue
            pair = _pair(left, right, share, start, end)
            if pair.weight >= _LEAST:
                yield pair


def _first_of_each(mentions: Sequence[Named]) -> list[Named]:
    """The first mention of each entity; values are none."""
    found: dict[str, Named] = {}
    for mention in mentions:
        if mention.kind is not EntityKind.VALUE:
            found.setdefault(mention.key, mention)
    return list(found.values())


def _pair(left: Named, right: Named, share: float, start: int, end: int) -> Stated:
    gap = max(0, right.start - left.end)
    weight = share * left.weight * right.weight / (1 + gap / _HALF_AT_CHARS)
    subject, other = (left, right) if left.key < right.key else (right, left)
    return Stated(subject, OCCURS_WITH, other, start, end, round(weight, 3), RULE)

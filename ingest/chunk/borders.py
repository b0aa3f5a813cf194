"""Where a run of units is cut into chunks: borders that follow from what stands near them, so that an edit moves few.

Filling one chunk after the other would make each border depend on all text before it. Here a border is placed where a
hash of the text behind it beats every other one within half a chunk (local maxima, as in content-defined chunking:
Bjorner, Blass, Gurevich 2010). Pure.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate, pairwise

# A border's strength is hashed from the beginning alone, so that most edits within a paragraph do not move it.
_HEAD_CHARS = 64
_BLANK_LINE = 2
# What a border between lines costs more than one at a blank line, as a share of an empty chunk.
_WEAKNESS_COST = 0.15


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never cut: its size, and the strength of the border before it.

    A blank line is a stronger border than a line break, which is a stronger one than a space (2, 1, 0); then a hash
    decides: random, but always the same for a text. The whole text decides between beginnings that are equal.
    """

    token_count: int
    strength: tuple[int, bytes, bytes]


def unit(text: str, token_count: int, *, line_breaks: int = _BLANK_LINE) -> Unit:
    """The unit of a text that stands `line_breaks` behind the one before it."""
    hashes = _hash(text[:_HEAD_CHARS]), _hash(text)
    return Unit(max(token_count, 1), (min(line_breaks, _BLANK_LINE), *hashes))


def partition(units: Sequence[Unit], *, limit: int) -> list[tuple[int, int]]:
    """Bounds of the groups, each at most `limit` tokens (a unit that is larger stays alone), in order and without gaps.

    Borders stronger than all others within half a limit are kept. What lies between two of them and is more than one
    chunk is cut evenly. So an edit moves no border beyond the nearest kept ones that are half a limit away from it.
    """
    if not units:
        return []
    bounds = [0, *kept_borders(units, reach=limit // 2), len(units)]
    if sum(each.token_count for each in units) <= limit:
        bounds = [0, len(units)]
    return [group for start, end in pairwise(bounds) for group in _even(units, start, end, limit)]


def kept_borders(units: Sequence[Unit], *, reach: int) -> list[int]:
    """Positions whose border beats all others within `reach` tokens; among equal ones the first. Both ends keep clear."""
    offsets = list(accumulate((each.token_count for each in units), initial=0))
    first = bisect_left(offsets, max(reach, 1))
    last = bisect_right(offsets, min(offsets[-1] - reach, offsets[-1] - 1)) - 1

    def is_strongest(position: int) -> bool:
        strength = units[position].strength
        before = _within(offsets, range(position - 1, first - 1, -1), position, reach)
        after = _within(offsets, range(position + 1, last + 1), position, reach)
        return all(units[other].strength < strength for other in before) and all(
            units[other].strength <= strength for other in after
        )

    return [position for position in range(first, last + 1) if is_strongest(position)]


def _within(offsets: list[int], others: range, position: int, reach: int) -> Iterator[int]:
    for other in others:
        if abs(offsets[other] - offsets[position]) > reach:
            return
        yield other


def _even(units: Sequence[Unit], start: int, end: int, limit: int) -> list[tuple[int, int]]:
    """The fewest and most even groups, by dynamic programming: the least sum of (1 - tokens / limit)^2 and of weak borders."""
    costs, cuts = [0.0], [start]
    for stop in range(start + 1, end + 1):
        best, cut, token_count = math.inf, stop - 1, 0
        for first in range(stop - 1, start - 1, -1):
            token_count += units[first].token_count
            if token_count > limit and first < stop - 1:
                break
            weakness = _WEAKNESS_COST * (_BLANK_LINE - units[first].strength[0])
            cost = costs[first - start] + (1 - token_count / limit) ** 2 + weakness
            if cost < best:
                best, cut = cost, first
        costs.append(best)
        cuts.append(cut)
    groups = []
    while end > start:
        groups.append((cuts[end - start], end))
        end = cuts[end - start]
    return groups[::-1]


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()

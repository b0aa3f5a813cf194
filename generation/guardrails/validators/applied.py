"""What a validator says: a rule applies to a text, and where."""

from dataclasses import dataclass

REMOVED = "[removed]"
"""Stands for what was taken out."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule applies. `spans` are the places, in order, apart from each other; empty: the text as a whole.

    `score` is how sure that is (1 where nothing was estimated).
    """

    spans: tuple[tuple[int, int], ...] = ()
    score: float = 1.0


def merged(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Places in order; those that touch or overlap are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)

"""Parameters of a statement in portions."""

from collections.abc import Iterable, Iterator
from itertools import islice

BATCH_COUNT = 500
"""SQLite takes 32,766 parameters, older ones 999."""


def batches(values: Iterable[str], count: int = BATCH_COUNT) -> Iterator[list[str]]:
    """The values in lists of at most `count`."""
    waiting = iter(values)
    while batch := list(islice(waiting, count)):
        yield batch

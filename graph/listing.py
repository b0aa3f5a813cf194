"""The order in which entities are listed, and where a page of them ends. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop
from typing import NamedTuple

from core.errors import InvalidInputError
from core.graph import Entity
from graph.keys import entity_key


@dataclass(frozen=True, slots=True)
class Page:
    """Some entities, and where to go on: pass `after` again; None: these are the last."""

    entities: tuple[Entity, ...]
    after: str | None = None


class Rank(NamedTuple):
    """The place of a key: 0 if it is what was asked for, 1 if it begins so, else 2; minus the chunks that name it; the key."""

    match: int
    minus_count: int
    key: str

    @property
    def cursor(self) -> str:
        """It as a string."""
        return f"{self.match}:{-self.minus_count}:{self.key}"


def wanted_in(query: str) -> str:
    """What a key must hold to match a query; empty: all do."""
    return (entity_key(query) or query.strip()).casefold()


def rank_of(key: str, count: int, wanted: str) -> Rank | None:
    """The place of a key that `count` chunks name; None if it does not match, or if none does."""
    folded = key.casefold()
    if not count or wanted not in folded:
        return None
    match = 0 if folded == wanted else 1 if folded.startswith(wanted) else 2
    return Rank(match, -count, key)


def ranked(counted: Iterable[tuple[str, int]], wanted: str, after: str | None) -> Iterator[Rank]:
    """The places of keys that match, best first, after a cursor.

    Raises:
        InvalidInputError: The cursor is none.
    """
    begin = _parsed(after) if after else None
    ranks = (rank_of(key, count, wanted) for key, count in counted)
    heap = [rank for rank in ranks if rank is not None and (begin is None or rank > begin)]
    heapify(heap)
    while heap:
        yield heappop(heap)


def _parsed(cursor: str) -> Rank:
    match, _, rest = cursor.partition(":")
    count, _, key = rest.partition(":")
    if not (match.isdecimal() and count.isdecimal()):
        msg = "the cursor is not one that a page of entities gave: begin without one"
        raise InvalidInputError(msg)
    return Rank(int(match), -int(count), key)

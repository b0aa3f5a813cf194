"""Finds the keys that a rule may join with one, without looking at all others: by signatures, and neighbours in their order."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator

from core.graph import EntityKind, Merge
from graph.resolve.names import consonants, parts_of
from graph.resolve.rules import MIN_TYPO_CHARS, Known, acronyms_of, is_acronym_shape, merge_by_rule

_Names = str | list[str]
_ACRONYM = "acronym"
NEIGHBOUR_COUNT = 16
"""How many names that a reader sees are compared on each side of one, among those of one signature in order of key.

The sorted neighbourhood of Hernandez and Stolfo, "The Merge/Purge Problem for Large Databases" (1995): bounded work for
50,000 names of one signature, and the same answer from both sides of a pair, from what is seen alone.
"""


class MergeIndex:
    """The keys of a tenant by signature. Add and remove cost the same however many there are; not safe between threads."""

    def __init__(self) -> None:
        """Empty."""
        self._blocks: dict[int, _Names] = {}
        self._keys: set[str] = set()

    def __contains__(self, key: str) -> bool:
        """Whether the key was added."""
        return key in self._keys

    def __len__(self) -> int:
        """How many keys there are."""
        return len(self._keys)

    def add(self, key: str, kind: EntityKind | None = None) -> None:
        """A key is in the graph. Its kind does not count here: that depends on who looks; again, nothing happens."""
        del kind
        if key in self._keys:
            return
        self._keys.add(key)
        for signature in signatures(key):
            names = self._blocks.get(signature)
            if names is None:
                self._blocks[signature] = key
            elif isinstance(names, str):
                self._blocks[signature] = sorted((names, key))
            else:
                insort(names, key)

    def remove(self, key: str) -> None:
        """A key is not in the graph any more; nothing happens if it was not."""
        if key not in self._keys:
            return
        self._keys.remove(key)
        for signature in signatures(key):
            names = self._blocks[signature]
            if isinstance(names, str):
                del self._blocks[signature]
                continue
            del names[bisect_left(names, key)]
            if not names:
                del self._blocks[signature]

    def partners(self, key: str, known: Callable[[str], Known | None]) -> list[Merge]:
        """The merges that rules make of a key and others, by the other key.

        `known` says what the reader knows of a key, None if it may not see it: such a key has no influence at all.
        """
        found: dict[str, Merge] = {}
        for name in _signatures(key):
            if name[0] == _ACRONYM and not self._is_seen(name[1], known):
                # Names that it may shorten are not one by that.
                continue
            for other, of_other in self._seen_beside(hash(name), key, known):
                own = known(key)
                if own is None:
                    return []
                merge = merge_by_rule(key, other, of_left=own, of_right=of_other)
                if merge is not None:
                    found.setdefault(other, merge)
        return [found[other] for other in sorted(found)]

    def _is_seen(self, key: str, known: Callable[[str], Known | None]) -> bool:
        return key in self._keys and known(key) is not None

    def _seen_beside(
        self, signature: int, key: str, known: Callable[[str], Known | None]
    ) -> Iterator[tuple[str, Known]]:
        names = self._blocks.get(signature, ())
        if isinstance(names, str):
            return
        at = bisect_left(names, key)
        for places in (range(at - 1, -1, -1), range(at, len(names))):
            seen_count = 0
            for place in places:
                of_other = None if names[place] == key else known(names[place])
                if of_other is None:
                    continue
                yield names[place], of_other
                seen_count += 1
                if seen_count == NEIGHBOUR_COUNT:
                    break


def signatures(key: str) -> frozenset[int]:
    """Numbers of which two keys share one, if a rule may join them. They hold within one process only."""
    return frozenset(map(hash, _signatures(key)))


def _signatures(key: str) -> Iterator[tuple[str, str]]:
    parts = parts_of(key)
    if parts.is_fixed:
        return
    yield "letters", parts.bare
    for acronym in acronyms_of(key):
        yield _ACRONYM, acronym
    if is_acronym_shape(key):
        yield _ACRONYM, key
    words = key.split()
    if 1 < len(words) < 6 and key.replace(" ", "").isalpha():
        yield "surname", f"{key[0]} {words[-1]}"
    if len(key) >= MIN_TYPO_CHARS and not parts.numbers:
        yield "consonants", consonants(key)

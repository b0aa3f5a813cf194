"""Groups of keys that are one thing, from pairs. What a human has forbidden stays apart, whatever way leads from one to the other."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from core.graph import Merge, MergeState
from graph.resolve.rules import (
    ACRONYM,
    INITIALS,
    LEGAL,
    MEANING,
    ORDER,
    STATED,
    TYPO,
    conflict,
    first_letters,
)

MAX_CLUSTER = 50
"""Names of one thing; what would make more is not joined."""

_AMBIGUOUS = frozenset({LEGAL, INITIALS, ACRONYM})
_WEAK = frozenset({TYPO, MEANING})
_CONFIRMED = -1
_LAST_SAID = ORDER.index(STATED)


def clusters(keys: Collection[str], merges: Iterable[Merge]) -> list[tuple[str, ...]]:
    """The groups of two and more keys; the first key of each leads. Merges with a key that is not among `keys` do not count.

    The surest are joined first: what humans confirmed, what is stated, then rule by rule (`rules.ORDER`). A short form
    that fits two things is joined with neither; typing errors and likeness of meaning make no chains. The same for the same
    merges in any order.
    """
    return _Groups(set(keys), sorted(set(merges), key=_sureness)).joined()


def gathered(
    key: str, partners: Callable[[str], Sequence[Merge]], *, limit: int = 1000
) -> tuple[list[str], list[Merge]]:
    """All keys that any chain of merges leads to from one, and the merges: what `clusters` needs to tell the group of one key.

    Forbidden pairs among them belong to what `partners` gives. At most about `limit` keys: a longer chain is cut.
    """
    seen, waiting, merges = {key}, [key], set[Merge]()
    while waiting and len(seen) < limit:
        found = partners(waiting.pop(0))
        merges.update(found)
        for merge in found:
            for end in (merge.left, merge.right):
                if end not in seen and merge.state is not MergeState.FORBIDDEN:
                    seen.add(end)
                    waiting.append(end)
    return sorted(seen), sorted(merges, key=_sureness)


def lead(keys: Iterable[str]) -> str:
    """The key that stands for a group: the longest, of several the first in order."""
    return min(keys, key=lambda key: (-len(key), key))


class _Groups:
    """The pairs of one call, and what has been joined so far."""

    def __init__(self, keys: set[str], merges: list[Merge]) -> None:
        self._merges = [
            merge
            for merge in merges
            if merge.left in keys and merge.right in keys and merge.left != merge.right
        ]
        self._group: dict[str, set[str]] = {}
        self._forbidden: dict[str, set[str]] = defaultdict(set)
        for merge in self._merges:
            if merge.state is MergeState.FORBIDDEN:
                self._forbidden[merge.left].add(merge.right)
                self._forbidden[merge.right].add(merge.left)
        self._weakly_joined: set[str] = set()
        self._said: dict[str, frozenset[str]] | None = None
        """Of keys that somebody says are one, all that are: before any rule is asked."""

    def joined(self) -> list[tuple[str, ...]]:
        by_rank: dict[int, list[Merge]] = defaultdict(list)
        for merge in self._merges:
            if merge.state is not MergeState.FORBIDDEN:
                by_rank[_rank(merge)].append(merge)
        for rank in sorted(by_rank):
            if rank > _LAST_SAID and self._said is None:
                self._said = {key: frozenset(group) for key, group in self._group.items()}
            self._join_all(by_rank[rank])
        groups = {id(group): group for group in self._group.values()}
        return sorted(_led(group) for group in groups.values())

    def _join_all(self, merges: list[Merge]) -> None:
        """All merges of one rule."""
        reason = merges[0].reason
        short = [merge for merge in merges if reason in _AMBIGUOUS or _gives_short_form(merge)]
        known = set(short)
        for merge in merges:
            if merge not in known:
                self._join(merge, weakly=reason in _WEAK)
        for merge in self._meant(short):
            self._join(merge)

    def _meant(self, merges: list[Merge]) -> list[Merge]:
        """Of the long forms of a short one, those with the best score; none if they are several things by surer merges."""
        best: dict[str, float] = defaultdict(float)
        for merge in merges:
            best[_short(merge)] = max(best[_short(merge)], merge.score)
        likely = [merge for merge in merges if merge.score == best[_short(merge)]]
        things: dict[str, set[str]] = defaultdict(set)
        for merge in likely:
            things[_short(merge)].add(min(self._members(_long(merge))))
        return [merge for merge in likely if len(things[_short(merge)]) == 1]

    def _join(self, merge: Merge, *, weakly: bool = False) -> None:
        one, other = self._members(merge.left), self._members(merge.right)
        if one is other or len(one) + len(other) > MAX_CLUSTER or not self._may_be_one(merge, one, other):
            return
        if weakly and (one | other) & self._weakly_joined:
            return
        one |= other
        self._group.update(dict.fromkeys(one, one))
        if weakly:
            self._weakly_joined |= one

    def _may_be_one(self, merge: Merge, one: set[str], other: set[str]) -> bool:
        if any(self._forbidden.get(key, set()) & other for key in one):
            return False
        return _rank(merge) <= _LAST_SAID or not self._conflict(one, other)

    def _conflict(self, one: set[str], other: set[str]) -> bool:
        """Whether something in one group cannot be something in the other, under none of the names that it is said to have."""
        said = self._said or {}
        left, right = ({said.get(key, frozenset({key})) for key in keys} for keys in (one, other))
        return any(all(conflict(a, b) for a in these for b in those) for these in left for those in right)

    def _members(self, key: str) -> set[str]:
        return self._group.get(key) or {key}


def _led(group: set[str]) -> tuple[str, ...]:
    first = lead(group)
    return (first, *sorted(group - {first}))


def _gives_short_form(merge: Merge) -> bool:
    """Whether a sentence says what letters stand for: others may say something else."""
    return merge.state is MergeState.AUTOMATIC and _short(merge) in first_letters(_long(merge))


def _short(merge: Merge) -> str:
    return min((merge.left, merge.right), key=lambda key: (len(key), key))


def _long(merge: Merge) -> str:
    return merge.left if _short(merge) == merge.right else merge.right


def _rank(merge: Merge) -> int:
    if merge.state is MergeState.CONFIRMED:
        return _CONFIRMED
    return ORDER.index(merge.reason) if merge.reason in ORDER else len(ORDER)


def _sureness(merge: Merge) -> tuple[int, str, float, str, str, str]:
    return _rank(merge), merge.reason, -merge.score, merge.left, merge.right, merge.state

"""Which group of now is which group of before, so that ids stay what they were. Pure."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from core.access import AccessLabel
from core.graph import Community

# With less in common, a group is another one.
MIN_OVERLAP = 0.3
_ID_BYTES = 8


def matched(former: Mapping[str, Collection[str]], groups: Sequence[frozenset[str]]) -> list[str | None]:
    """The former id of each group, or None. The pairs that have most in common (Jaccard) come first; no id is given twice."""
    found: list[str | None] = [None] * len(groups)
    given: set[str] = set()
    for _, group_id, number in sorted(_pairs(former, groups)):
        if found[number] is None and group_id not in given:
            found[number] = group_id
            given.add(group_id)
    return found


def _pairs(
    former: Mapping[str, Collection[str]], groups: Sequence[frozenset[str]]
) -> list[tuple[float, str, int]]:
    """Pairs that have enough in common, with the negative of how much that is."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for group_id, members in former.items():
        for key in members:
            owners[key].append(group_id)
    pairs = []
    for number, group in enumerate(groups):
        common = Counter(group_id for key in group for group_id in owners.get(key, ()))
        for group_id, count in common.items():
            overlap = count / (len(group) + len(former[group_id]) - count)
            if overlap >= MIN_OVERLAP:
                pairs.append((-overlap, group_id, number))
    return pairs


def new_id(access: AccessLabel, level: int, members: Collection[str], *, taken: Collection[str]) -> str:
    """An id that nobody has, the same whenever the same is grouped anew from nothing."""
    said = repr((access.tenant, int(access.tier), sorted(access.groups), level, sorted(members)))
    turn = 0
    while True:
        digest = hashlib.blake2b(f"{turn} {said}".encode(), digest_size=_ID_BYTES).hexdigest()
        if digest not in taken:
            return digest
        turn += 1


def same_place(one: Community, other: Community) -> bool:
    """Whether two states of a community differ in nothing but what was written about it."""
    return (one.level, one.parent_id, one.members, one.access, round(one.weight, 6)) == (
        other.level,
        other.parent_id,
        other.members,
        other.access,
        round(other.weight, 6),
    )

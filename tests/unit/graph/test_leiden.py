"""Hierarchical Leiden: the same for the same graph, and for graphs that a library would refuse."""

import math
from itertools import combinations, pairwise

import pytest

from graph.leiden import MAX_LEVELS, Cluster, Division, clusters

Edges = dict[tuple[str, str], float]


def groups_of(count: int, size: int) -> Edges:
    """Groups in which everybody knows everybody, in a ring of single edges."""
    edges = {
        (f"{group}-{one:02}", f"{group}-{other:02}"): 1.0
        for group in range(count)
        for one, other in combinations(range(size), 2)
    }
    ring = {(f"{group}-00", f"{(group + 1) % count}-00"): 0.1 for group in range(count)}
    return edges | ring


def members(found: list[Cluster], *, level: int) -> list[frozenset[str]]:
    return [one.members for one in found if one.level == level]


def test_groups_are_found() -> None:
    found = clusters(groups_of(4, 6), division=Division())
    assert sorted(sorted(group)[0][0] for group in members(found, level=0)) == ["0", "1", "2", "3"]
    assert {len(group) for group in members(found, level=0)} == {6}


@pytest.mark.parametrize("turn", range(3))
def test_the_order_of_edges_does_not_matter(turn: int) -> None:
    edges = groups_of(5, 9)
    shuffled = dict(sorted(edges.items(), key=lambda edge: hash((edge[0], turn))))
    division = Division(max_size=5)
    assert clusters(shuffled, division=division) == clusters(edges, division=division)


def test_what_is_too_large_is_divided_and_its_parts_are_in_it() -> None:
    edges = {
        (f"{group}{one}", f"{group}{other}"): 5.0 if one[0] == other[0] else 0.6
        for group in "abcdef"
        for one, other in combinations([f"{part}{number}" for part in range(3) for number in range(4)], 2)
    }
    ring = {(f"{one}00", f"{other}00"): 0.1 for one, other in pairwise("abcdef")}
    found = clusters(edges | ring, division=Division(max_size=6))
    whole = {one.number: one for one in found}
    parts = [one for one in found if one.parent is not None]
    assert parts
    for one in parts:
        parent = whole[one.parent or 0]
        assert one.members <= parent.members
        assert one.level == parent.level + 1


def test_deep_hierarchies_end_with_their_finest_level() -> None:
    edges = {
        (f"{left:03}", f"{right:03}"): 1.0 / (1 + (left ^ right)) ** 2
        for left, right in combinations(range(128), 2)
    }
    found = clusters(edges, division=Division(max_size=2))
    assert max(one.level for one in found) <= MAX_LEVELS - 1
    numbers = {one.number for one in found}
    assert all(one.parent is None or one.parent in numbers for one in found)
    for level in range(MAX_LEVELS):
        nodes = [node for group in members(found, level=level) for node in group]
        assert len(nodes) == len(set(nodes))


@pytest.mark.parametrize(
    "edges",
    [
        {},
        {("a", "a"): 1.0},
        {("a", "b"): 0.0},
        {("a", "b"): -1.0},
        {("a", "b"): math.nan},
        {("a", "b"): math.inf},
    ],
)
def test_nothing_that_holds_together_is_no_group(edges: Edges) -> None:
    assert clusters(edges, division=Division()) == []


def test_one_edge_is_one_group() -> None:
    (found,) = clusters({("a", "b"): 1.0}, division=Division())
    assert found.members == {"a", "b"}


def test_keys_may_be_any_text() -> None:
    (found,) = clusters({("\ud800", "\0"): 1.0, ("\0", "\u202e"): 1.0}, division=Division())
    assert found.members == {"\ud800", "\0", "\u202e"}


def test_a_former_partition_that_is_still_good_stays() -> None:
    edges = groups_of(4, 6)
    start = {node: int(node[0]) for pair in edges for node in pair if not node.startswith("3")}
    found = clusters(edges, division=Division(), start=[{**start, "gone": 7}])
    assert sorted(map(sorted, members(found, level=0))) == sorted(
        map(sorted, members(clusters(edges, division=Division()), level=0))
    )


def test_a_former_group_that_has_fallen_apart_begins_in_parts() -> None:
    """A document that held it together is gone."""
    edges = dict.fromkeys([("a", "b"), ("c", "d"), ("c", "g"), ("e", "f"), ("f", "h")], 1.0)
    former = {"a": 0, "b": 1, "c": 2, "d": 0, "e": 3, "f": 4, "g": 5, "h": 6}
    found = clusters(edges, division=Division(), start=[former])
    assert sorted(map(sorted, members(found, level=0))) == [["a", "b"], ["c", "d", "g"], ["e", "f", "h"]]


def test_a_group_is_divided_whatever_happens_in_others() -> None:
    """A change of one group is not to write the summaries of all others anew."""
    parts = {
        (f"a{one}", f"a{other}"): 5.0 if one[0] == other[0] else 0.6
        for one, other in combinations([f"{part}{number}" for part in range(3) for number in range(4)], 2)
    }
    others = groups_of(3, 7)
    division = Division(max_size=6)
    alone = clusters(parts, division=division)
    beside = clusters(parts | others, division=division)
    assert set(members(alone, level=1)) <= set(members(beside, level=1))


def test_what_has_no_end_in_sight_ends() -> None:
    """A chain is divided again and again at the last level, until its parts are small."""
    chain = {(f"{one:04}", f"{one + 1:04}"): 1.0 for one in range(3000)}
    found = clusters(chain, division=Division(max_size=3))
    finest = [len(one.members) for one in found if one.level == MAX_LEVELS - 1]
    assert max(finest) <= 12

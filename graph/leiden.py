"""Groups of nodes that hold together more than with the rest: Leiden, level by level, always the same for the same graph.

Traag, Waltman, van Eck, "From Louvain to Leiden: guaranteeing well-connected communities" (2019). Groups that are too
large are divided again by themselves, as in GraphRAG (Edge et al. 2024). Each is divided apart from the others, not by
`hierarchical_leiden`, whose random numbers run on from group to group: there, a change in one would change them all.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MAX_LEVELS = 3
_SEED = 20_260_101
# Of the whole cycle. A partition that is not settled would move by itself at the next time.
_ITERATIONS = 3

Edges = Mapping[tuple[str, str], float]
Partition = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of nodes. `level` 0 is the coarsest; `parent` is the number of the group that was divided into this one."""

    number: int
    level: int
    parent: int | None
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Division:
    """How to divide: `resolution` of the modularity, and the size from which a group is divided again."""

    resolution: float = 1.0
    max_size: int = 50


def clusters(edges: Edges, *, division: Division, start: Sequence[Partition] = ()) -> list[Cluster]:
    """The groups of a graph, coarse ones first; at each level none has a node of another. At most `MAX_LEVELS` levels.

    `edges` have positive weights, in one direction each; others are left out, and so are edges from a node to itself.
    `start` has a partition for each level to begin with: a node that is not in it begins alone. Of deeper levels the
    finest is kept. A group that holds together as a whole stays as it is, however large.
    """
    kept = {pair: weight for pair, weight in edges.items() if _counts(pair, weight)}
    found = [
        Cluster(number, 0, None, members)
        for number, members in enumerate(_divided(kept, division, start=_level(start, 0)))
    ]
    for level in range(1, MAX_LEVELS):
        large = [one for one in found if one.level == level - 1 and len(one.members) > division.max_size]
        for one, inside in zip(large, _inside([one.members for one in large], kept), strict=True):
            parts = _parts(inside, division, start=_level(start, level), is_last=level == MAX_LEVELS - 1)
            numbers = range(len(found), len(found) + len(parts))
            found += [
                Cluster(number, level, one.number, part) for number, part in zip(numbers, parts, strict=True)
            ]
    return found


def _counts(pair: tuple[str, str], weight: float) -> bool:
    return pair[0] != pair[1] and math.isfinite(weight) and weight > 0


def _level(start: Sequence[Partition], level: int) -> Partition:
    return start[level] if level < len(start) else {}


def _inside(groups: Sequence[frozenset[str]], edges: Edges) -> list[Edges]:
    """The edges inside of each group. One pass over all edges."""
    group_of = {node: number for number, group in enumerate(groups) for node in group}
    inside: list[dict[tuple[str, str], float]] = [{} for _ in groups]
    for pair, weight in edges.items():
        number = group_of.get(pair[0])
        if number is not None and number == group_of.get(pair[1]):
            inside[number][pair] = weight
    return list(inside)


def _parts(edges: Edges, division: Division, *, start: Partition, is_last: bool) -> list[frozenset[str]]:
    """The parts of one group; none if it is not to be divided. At the last level they are divided on, until they are small."""
    parts = _divided(edges, division, start=start)
    if len(parts) == 1:
        return []
    done: list[frozenset[str]] = []
    while is_last and parts:
        done += [part for part in parts if len(part) <= division.max_size]
        large = [part for part in parts if len(part) > division.max_size]
        parts = []
        for whole, inside in zip(large, _inside(large, edges), strict=True):
            finer = _divided(inside, division, start=start)
            if len(finer) > 1:
                parts += finer
            else:
                done.append(whole)
    return _ordered([*done, *parts])


def _divided(edges: Edges, division: Division, *, start: Partition) -> list[frozenset[str]]:
    """One run of Leiden; the groups in order of size and nodes."""
    nodes = sorted({node for pair in edges for node in pair})
    if not nodes:
        return []
    # Loaded here: the command line and a plain search need none of it.
    from graspologic_native import leiden

    # Numbers in place of keys: a key may hold half a character, which the library refuses.
    numbers = {node: str(number) for number, node in enumerate(nodes)}
    _, found = leiden(
        sorted((numbers[left], numbers[right], weight) for (left, right), weight in edges.items()),
        starting_communities=_numbered(nodes, edges, start),
        resolution=division.resolution,
        iterations=_ITERATIONS,
        seed=_SEED,
    )
    groups: defaultdict[int, set[str]] = defaultdict(set)
    for number, group in found.items():
        groups[group].add(nodes[int(number)])
    return _ordered(map(frozenset, groups.values()))


def _numbered(nodes: Sequence[str], edges: Edges, start: Partition) -> dict[str, int] | None:
    """The library wants a group for every node, numbered without gaps, and panics over one whose nodes are not connected.

    A group falls apart when a document goes that held it together: its parts begin as groups of their own.
    """
    if not start:
        return None
    first = {node: node for node in nodes}
    for left, right in edges:
        if left in start and start[left] == start.get(right):
            first[_root(first, left)] = _root(first, right)
    known: dict[str, int] = {}
    return {
        str(number): known.setdefault(_root(first, node), len(known)) for number, node in enumerate(nodes)
    }


def _root(first: dict[str, str], node: str) -> str:
    """What stands for the part of a node (Tarjan 1975, with path halving)."""
    while first[node] != node:
        first[node] = first[first[node]]
        node = first[node]
    return node


def _ordered(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    return sorted(groups, key=lambda group: (-len(group), min(group)))

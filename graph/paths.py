"""Neighbourhoods and paths, over what a principal sees. Values and hubs are shown but not passed through; work is bounded."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice, pairwise
from math import fsum

from core.graph import OCCURS_WITH, Edge, Entity, EntityKind, GraphPath, Neighbourhood
from graph.sums import Follows, among
from graph.visible import VisibleGraph

MAX_HUB_DEGREE = 1000
"""An entity that relations join with more others leads from everything to everything: no path and no second hop goes over it."""
MAX_HOPS = 8
_MAX_LOOKED_AT = 50_000
"""Relations that one search looks at."""
_MAX_FOLLOWED = 200
_MAX_WAYS = 200

Way = tuple[str, ...]


def neighbourhood(
    visible: VisibleGraph,
    key: str,
    *,
    hops: int = 1,
    limit: int = 50,
    predicates: Collection[str] | None = None,
) -> Neighbourhood | None:
    """At most `limit` entities besides the centre within `hops` steps, nearest and strongest first, and the edges among all.

    The centre is the first of `entities`. None if it may not be seen. More `hops` than `MAX_HOPS` count as that.
    """
    with visible.view.lock:
        keys = visible.cluster(key)
        if not keys:
            return None
        found = _Nearest(visible, keys[0], among(predicates))
        for _ in range(min(hops, MAX_HOPS)):
            found.step(limit)
        edges = visible.edges_among(found.keys, predicates=predicates)
        return Neighbourhood(keys[0], _entities(visible, found.keys), tuple(edges), found.is_cut)


def paths(
    visible: VisibleGraph,
    start: str,
    end: str,
    *,
    max_hops: int = 4,
    limit: int = 5,
    predicates: Collection[str] | None = None,
) -> list[GraphPath]:
    """The shortest ways from one entity to another, whichever way the relations point, shortest and strongest first.

    Ways over what is stated are looked for beside those over what only occurs together. Empty if there is none, if an end may
    not be seen, or if the search grew too large.
    """
    with visible.view.lock:
        ends = visible.cluster(start)[:1] + visible.cluster(end)[:1]
        if len(ends) < 2:
            return []
        follows = among(predicates)
        ways: dict[Way, float] = {}
        for allowed in (lambda predicate: predicate != OCCURS_WITH and follows(predicate), follows):
            ways.update(_Search(visible, allowed, ends).ways(min(max_hops, MAX_HOPS)))
        best = sorted(ways, key=lambda way: (len(way), round(ways[way], 9), way))[:limit]
        found = (_path(visible, way, predicates) for way in best)
        return [path for path in found if len(path.edges) == len(path.entities) - 1]


class _Bounded:
    """Steps from one entity to the next, until too many relations were looked at."""

    def __init__(self, visible: VisibleGraph, follows: Follows, ends: Collection[str]) -> None:
        self._visible, self._follows, self._ends = visible, follows, ends
        self._looked_at = 0
        self.is_cut = False

    def leads_on(self, key: str) -> bool:
        """Whether more may be found over this entity."""
        if key in self._ends:
            return True
        is_value = self._visible.kind(key) is EntityKind.VALUE
        return not is_value and not self._visible.is_hub(key, MAX_HUB_DEGREE)

    def next_to(self, key: str, limit: int = _MAX_FOLLOWED) -> dict[str, float]:
        """Entities next to one, with the weight of what joins them."""
        if self._looked_at > _MAX_LOOKED_AT or not self.leads_on(key):
            # A value is an end: there is nothing behind it that anybody would look for.
            self.is_cut = self.is_cut or self._visible.kind(key) is not EntityKind.VALUE
            return {}
        near = self._visible.near(key, limit=limit, follows=self._follows)
        self._looked_at += near.total
        self.is_cut = self.is_cut or near.total > limit
        return near.weights


class _Nearest:
    """The keys around a centre, ring by ring."""

    def __init__(self, visible: VisibleGraph, centre: str, follows: Follows) -> None:
        self._steps = _Bounded(visible, follows, {centre})
        self.keys, self._ring, self._is_full = [centre], [centre], False

    @property
    def is_cut(self) -> bool:
        """Whether there may be more within the hops."""
        return self._is_full or self._steps.is_cut

    def step(self, limit: int) -> None:
        """Add the next ring, as much of it as there is room for."""
        reached: dict[str, list[float]] = {}
        for key in self._ring:
            for other, weight in self._steps.next_to(key, max(_MAX_FOLLOWED, limit + 1)).items():
                reached.setdefault(other, []).append(weight)
        new = set(reached) - set(self.keys)
        room = max(limit + 1 - len(self.keys), 0)
        self._is_full = self._is_full or len(new) > room
        self._ring = sorted(new, key=lambda key: (-fsum(reached[key]), key))[:room]
        self.keys += self._ring


class _Side:
    """What one end of a search has reached: by key, from which keys of the ring before, with the cost of the step."""

    def __init__(self, begin: str) -> None:
        self.ring = [begin]
        self.reached: dict[str, dict[str, float]] = {begin: {}}

    def ways(self, key: str) -> Iterator[tuple[Way, float]]:
        """From `key` back to the beginning."""
        steps = self.reached[key]
        if not steps:
            yield (key,), 0.0
        for before in sorted(steps, key=lambda before: (steps[before], before)):
            for way, cost in self.ways(before):
                yield (key, *way), cost + steps[before]


class _Search:
    """A bidirectional search in breadth: both ends grow, the smaller ring first, until they meet."""

    def __init__(self, visible: VisibleGraph, follows: Follows, ends: tuple[str, ...]) -> None:
        self._steps = _Bounded(visible, follows, ends)
        self._left, self._right = map(_Side, ends)

    def ways(self, max_hops: int) -> dict[Way, float]:
        """The shortest ways, some hundreds at most, each with its cost: the sum of what is 1 over a step's weight."""
        left, right = self._left, self._right
        if left.ring == right.ring:
            return {tuple(left.ring): 0.0}
        for _ in range(max_hops):
            grown, other = (left, right) if len(left.ring) <= len(right.ring) else (right, left)
            self._grow(grown)
            met = [key for key in grown.ring if key in other.reached and self._steps.leads_on(key)]
            if met:
                return dict(islice(_joined(left, right, met), _MAX_WAYS))
        return {}

    def _grow(self, side: _Side) -> None:
        found: dict[str, dict[str, float]] = {}
        for key in side.ring:
            for other, weight in self._steps.next_to(key).items():
                if other not in side.reached and weight > 0:
                    found.setdefault(other, {})[key] = 1.0 / weight
        side.reached.update(found)
        side.ring = sorted(found)


def _joined(left: _Side, right: _Side, met: Collection[str]) -> Iterator[tuple[Way, float]]:
    for key in met:
        for way, cost in left.ways(key):
            for onward, more in right.ways(key):
                yield (*way[::-1], *onward[1:]), cost + more


def _path(visible: VisibleGraph, way: Way, predicates: Collection[str] | None) -> GraphPath:
    steps = (visible.edges_among(step, predicates=predicates) for step in pairwise(way))
    return GraphPath(_entities(visible, way), tuple(_best(edges) for edges in steps if edges))


def _best(edges: Sequence[Edge]) -> Edge:
    """What is stated says more than that two names stand together."""
    return min(edges, key=lambda edge: edge.predicate == OCCURS_WITH)


def _entities(visible: VisibleGraph, keys: Collection[str]) -> tuple[Entity, ...]:
    return tuple(entity for key in keys if (entity := visible.entity(key)) is not None)

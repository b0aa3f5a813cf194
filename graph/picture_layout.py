"""Where things stand in a picture of the graph: places in a rectangle, the same for the same graph. Pure.

Coordinates are points (1/72 inch) from the lower left corner.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Place = tuple[float, float]
_SEED = 7
# Kamada and Kawai's layout takes time with the square of the nodes, and looks best for so many.
_MOST_EXACT = 70
_STEPS = 200
_GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
_ROUNDS = 400
_PULLED_ROUNDS = 120
# Towards the middle, in each round; up and down more, as pages are wide.
_PULL = (0.985, 0.97)
# Circles are laid out wider than high, as pages are.
_LANDSCAPE = 1.5


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle to draw into."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def centre(self) -> Place:
        """Its middle."""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def overlaps(self, other: "Area") -> bool:
        """Whether the two share more than a line."""
        across = self.left < other.right and other.left < self.right
        return across and self.bottom < other.top and other.bottom < self.top

    def holds(self, other: "Area") -> bool:
        """Whether the other one lies inside."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.bottom <= other.bottom and other.top <= self.top


def node_places(
    nodes: Sequence[str], links: Mapping[tuple[str, str], float], *, area: Area
) -> dict[str, Place]:
    """Places by springs: what is linked stands near. `links` are pairs with weights."""
    if len(nodes) == 1:
        return {nodes[0]: area.centre}
    graph = _linked(nodes, links)
    return _fitted({node: (float(at[0]), float(at[1])) for node, at in _sprung(graph).items()}, area)


def circle_places(
    radii: Mapping[str, float], links: Mapping[tuple[str, str], float], *, area: Area
) -> tuple[dict[str, Place], float]:
    """Places of circles that do not overlap, and by what all radii are to be multiplied to fit the area.

    Circles are laid out as nodes, then pushed apart until none touches another.
    """
    names = list(radii)
    if len(names) == 1:
        width, height = area.right - area.left, area.top - area.bottom
        return {names[0]: area.centre}, min(width, height) / 2 / radii[names[0]]
    places = node_places(names, links, area=Area(-1, -1, 1, 1))
    apart = _apart(_compact(places, radii), radii)
    return _scaled(apart, radii, area)


def sunflower(count: int, *, centre: Place, radius: float) -> list[Place]:
    """Places spread evenly in a circle, from its middle outwards (Vogel, 1979, Math. Biosciences 44)."""
    return [
        (
            centre[0] + radius * math.sqrt((number + 0.5) / count) * math.cos(number * _GOLDEN_ANGLE),
            centre[1] + radius * math.sqrt((number + 0.5) / count) * math.sin(number * _GOLDEN_ANGLE),
        )
        for number in range(count)
    ]


def _linked(nodes: Sequence[str], links: Mapping[tuple[str, str], float]) -> Any:
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    for (left, right), weight in links.items():
        graph.add_edge(left, right, weight=math.log1p(weight) + 0.2)
    return graph


def _sprung(graph: Any) -> dict[str, Any]:
    import networkx as nx

    start = nx.circular_layout(graph)
    if len(graph) <= _MOST_EXACT and nx.is_connected(graph):
        return dict(nx.kamada_kawai_layout(graph, pos=start, weight=None))
    spread = 2.2 / math.sqrt(len(graph))
    places = nx.spring_layout(graph, pos=start, seed=_SEED, iterations=_STEPS, k=spread, method="force")
    return dict(places)


def _fitted(places: Mapping[str, Place], area: Area) -> dict[str, Place]:
    """Stretched over the area, each direction for itself."""
    lefts, bottoms = [x for x, _ in places.values()], [y for _, y in places.values()]
    least_x, least_y = min(lefts), min(bottoms)
    wide, high = max(lefts) - least_x, max(bottoms) - least_y
    centre = area.centre
    across = (area.right - area.left) / wide if wide > 1e-9 else 0.0
    up = (area.top - area.bottom) / high if high > 1e-9 else 0.0
    return {
        name: (
            area.left + (x - least_x) * across if across else centre[0],
            area.bottom + (y - least_y) * up if up else centre[1],
        )
        for name, (x, y) in places.items()
    }


def _compact(places: Mapping[str, Place], radii: Mapping[str, float]) -> dict[str, Place]:
    """Moved so near that the circles together cover what they need: pushing apart does the rest."""
    reach = math.sqrt(sum(radius**2 for radius in radii.values()))
    widest = max(abs(value) for place in places.values() for value in place) or 1.0
    return {name: (x / widest * reach * _LANDSCAPE, y / widest * reach) for name, (x, y) in places.items()}


def _apart(places: Mapping[str, Place], radii: Mapping[str, float]) -> dict[str, Place]:
    moved = dict(places)
    names = sorted(moved)
    for number in range(_ROUNDS):
        if number < _PULLED_ROUNDS:
            moved = {name: (x * _PULL[0], y * _PULL[1]) for name, (x, y) in moved.items()}
        pushes = [
            _push(moved, radii, (left, right))
            for place, left in enumerate(names)
            for right in names[place + 1 :]
        ]
        if number >= _PULLED_ROUNDS and not any(pushes):
            break
    return moved


def _push(moved: dict[str, Place], radii: Mapping[str, float], pair: tuple[str, str]) -> bool:
    """Move two circles from each other if they overlap; whether they did."""
    (x, y), (other_x, other_y) = moved[pair[0]], moved[pair[1]]
    away_x, away_y = other_x - x, other_y - y
    distance = math.hypot(away_x, away_y)
    missing = (radii[pair[0]] + radii[pair[1]]) * 1.06 - distance
    if missing <= 1e-6:
        return False
    if distance < 1e-9:
        away_x, away_y, distance = 1.0, 0.0, 1.0
    step_x, step_y = away_x / distance * missing / 2, away_y / distance * missing / 2
    moved[pair[0]] = x - step_x, y - step_y
    moved[pair[1]] = other_x + step_x, other_y + step_y
    return True


def _scaled(
    places: Mapping[str, Place], radii: Mapping[str, float], area: Area
) -> tuple[dict[str, Place], float]:
    """Circles and distances by one factor, into the middle of the area."""
    left = min(places[name][0] - radii[name] for name in places)
    right = max(places[name][0] + radii[name] for name in places)
    bottom = min(places[name][1] - radii[name] for name in places)
    top = max(places[name][1] + radii[name] for name in places)
    factor = min((area.right - area.left) / (right - left), (area.top - area.bottom) / (top - bottom))
    (x0, y0), (middle_x, middle_y) = area.centre, ((left + right) / 2, (bottom + top) / 2)
    moved = {
        name: (x0 + (x - middle_x) * factor, y0 + (y - middle_y) * factor) for name, (x, y) in places.items()
    }
    return moved, factor

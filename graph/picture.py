"""Pictures of the graph: what is around an entity, and the map of the communities. PNG or SVG, the same for the same graph.

Names are written for the most central entities, as many as there is room for; the others are dots.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.errors import MissingExtraError
from core.graph import OCCURS_WITH, Community, Edge, Entity, EntityKind, Neighbourhood
from graph.picture_layout import Area, Place, circle_places, node_places, sunflower

if TYPE_CHECKING:
    from graph.picture_canvas import Canvas, PictureFormat

MOST_NODES = 200
MOST_COMMUNITIES = 40
_WIDTH, _HEIGHT = 1000.0, 720.0
_AREA = Area(140, 60, _WIDTH - 160, _HEIGHT - 80)
_MAP_AREA = Area(24, 40, _WIDTH - 24, _HEIGHT - 62)
_MOST_EDGE_NAMES = 40
_MEMBERS_SHOWN = 60
_MOST_NAMES = 100
_FOREMOST = 15
# So many names of a community's members may cover dots.
_LEADING = 4
_STATED, _TOGETHER = "#57606a", "#c3cad2"
# After Okabe and Ito (https://jfly.uni-koeln.de/color/): to be told apart by those who cannot tell red from green.
_KIND_COLOURS = {
    EntityKind.PERSON: "#D55E00",
    EntityKind.ORGANISATION: "#0072B2",
    EntityKind.PLACE: "#009E73",
    EntityKind.PRODUCT: "#CC79A7",
    EntityKind.EVENT: "#E69F00",
    EntityKind.WORK: "#7B61B5",
    EntityKind.GROUP: "#56B4E9",
    EntityKind.IDENTIFIER: "#8A6D3B",
    EntityKind.TOPIC: "#6E7781",
    EntityKind.VALUE: "#B7BEC6",
}
_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#7B61B5", "#8A6D3B", "#6E7781")


def neighbourhood_picture(found: Neighbourhood, *, wanted: "PictureFormat" = "png") -> bytes:
    """An entity in the middle of those around it.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    canvas = _canvas()
    drawn = _Drawn.of(found)
    places = _around(drawn)
    _draw_edges(canvas, drawn, places)
    for entity in drawn.entities:
        ring = "#24292f" if entity.key == drawn.centre else "#ffffff"
        canvas.dot(places[entity.key], drawn.radius(entity), colour=_KIND_COLOURS[entity.kind], ring=ring)
    _write_names(canvas, drawn, places)
    kinds = sorted({entity.kind for entity in drawn.entities}, key=list(EntityKind).index)
    canvas.legend([(kind.value, _KIND_COLOURS[kind]) for kind in kinds])
    canvas.title(drawn.name_of(drawn.centre), drawn.described(is_cut=found.is_cut))
    return canvas.saved(wanted)


def community_map(
    communities: Sequence[Community],
    *,
    names: Mapping[str, str],
    edges: Iterable[Edge] = (),
    wanted: "PictureFormat" = "png",
) -> bytes:
    """Communities as circles with their members in them; those that are related stand near each other.

    Args:
        communities: Of one level. The largest are drawn.
        names: How to write members, by key; those without a name are left out.
        edges: Relations among members, of the same or of different communities.
        wanted: The format.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    canvas = _canvas()
    clusters = _clusters(communities, names)
    where = {key: one.community_id for one in clusters for key in one.members}
    links, inside = _links_between(edges, where)
    if clusters:
        _draw_map(canvas, clusters, links=links, inside=inside, names=names)
    count = sum(len(one.members) for one in clusters)
    shown = (
        f"{len(clusters)} communities"
        if len(clusters) == len(communities)
        else (f"the {len(clusters)} largest of {len(communities)} communities")
    )
    canvas.title("Communities", f"{shown}, {count} entities")
    return canvas.saved(wanted)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """The part of a neighbourhood that is drawn, the most central entities first."""

    centre: str
    entities: tuple[Entity, ...]
    edges: tuple[Edge, ...]
    left_out_count: int

    @classmethod
    def of(cls, found: Neighbourhood) -> "_Drawn":
        """The centre and what is most strongly tied to the rest."""
        strength: dict[str, float] = defaultdict(float)
        for edge in found.edges:
            for key, other in ((edge.subject, edge.object), (edge.object, edge.subject)):
                strength[key] += edge.weight * (3 if other == found.centre else 1)
        ranked = sorted(
            found.entities,
            key=lambda one: (one.key != found.centre, -strength[one.key], -one.chunk_count, one.key),
        )
        kept = tuple(ranked[:MOST_NODES])
        keys = {entity.key for entity in kept}
        edges = tuple(
            edge
            for edge in found.edges
            if edge.subject in keys and edge.object in keys and edge.subject != edge.object
        )
        return cls(found.centre, kept, edges, len(ranked) - len(kept))

    def radius(self, entity: Entity) -> float:
        """Of its dot: more mentions, larger."""
        most = max(one.chunk_count for one in self.entities) or 1
        largest = 15 if len(self.entities) <= 40 else 10
        return 4 + (largest - 4) * math.sqrt(entity.chunk_count / most)

    def name_of(self, key: str) -> str:
        return next(entity.name for entity in self.entities if entity.key == key)

    def strongest_stated(self) -> list[Edge]:
        """The relations whose predicates are written, those of the centre first."""
        stated = [edge for edge in self.edges if edge.predicate != OCCURS_WITH]
        stated.sort(
            key=lambda one: (self.centre not in {one.subject, one.object}, -one.weight, one.predicate)
        )
        return stated[:_MOST_EDGE_NAMES]

    def described(self, *, is_cut: bool) -> str:
        """The line below the title."""
        stated = sum(edge.predicate != OCCURS_WITH for edge in self.edges)
        text = (
            f"{len(self.entities)} entities, {stated} stated relations (dark), "
            f"{len(self.edges) - stated} by standing together (pale)"
        )
        more = "; there are more" if self.left_out_count or is_cut else ""
        return text + more


@dataclass(frozen=True, slots=True)
class _Cluster:
    community_id: str
    members: tuple[str, ...]
    colour: str

    @property
    def radius(self) -> float:
        """Of its circle, before all are scaled."""
        return math.sqrt(len(self.members)) + 0.8


def _canvas() -> "Canvas":
    try:
        from graph.picture_canvas import Canvas
    except ModuleNotFoundError as error:
        raise MissingExtraError("drawing pictures of the graph", extra="plots") from error
    return Canvas(_WIDTH, _HEIGHT)


def _around(drawn: _Drawn) -> dict[str, Place]:
    links: dict[tuple[str, str], float] = defaultdict(float)
    for edge in drawn.edges:
        first, second = sorted((edge.subject, edge.object))
        links[first, second] += edge.weight
    keys = [drawn.centre, *sorted(entity.key for entity in drawn.entities if entity.key != drawn.centre)]
    return node_places(keys, links, area=_AREA)


def _draw_edges(canvas: "Canvas", drawn: _Drawn, places: Mapping[str, Place]) -> None:
    radii = {entity.key: drawn.radius(entity) for entity in drawn.entities}
    for edge in sorted(drawn.edges, key=lambda one: (one.predicate != OCCURS_WITH, one.subject, one.object)):
        ends = places[edge.subject], places[edge.object]
        width = 0.6 + 0.5 * math.log1p(edge.weight)
        if edge.predicate == OCCURS_WITH:
            canvas.line(ends, width=width, colour=_TOGETHER)
        else:
            gaps = radii[edge.subject], radii[edge.object]
            canvas.arrow(ends, gaps=gaps, width=width, colour=_STATED)


def _write_names(canvas: "Canvas", drawn: _Drawn, places: Mapping[str, Place]) -> None:
    """The centre's name, then the others' by how central they are, then what the strongest relations say."""
    from graph.picture_canvas import NameStyle

    middle = places[drawn.centre][0]
    for rank, entity in enumerate(drawn.entities):
        at, is_centre = places[entity.key], rank == 0
        size = 12.0 if is_centre else 10.0 if rank < _FOREMOST else 8.0
        style = NameStyle(
            size, bold=is_centre, left_first=at[0] < middle, over_dots=is_centre, always=is_centre
        )
        canvas.name(entity.name, at, gap=drawn.radius(entity), style=style)
    pairs: set[tuple[str, str]] = set()
    for edge in drawn.strongest_stated():
        pair = min(edge.subject, edge.object), max(edge.subject, edge.object)
        if pair not in pairs:
            pairs.add(pair)
            _write_predicate(canvas, edge, (places[edge.subject], places[edge.object]))


def _write_predicate(canvas: "Canvas", edge: Edge, ends: tuple[Place, Place]) -> None:
    """Somewhere along the line."""
    from graph.picture_canvas import NameStyle

    (x, y), (to_x, to_y) = ends
    for share in (0.5, 0.6, 0.4, 0.7):
        at = x + (to_x - x) * share, y + (to_y - y) * share
        if canvas.caption(edge.predicate.replace("_", " "), at, style=NameStyle(7.5, colour=_STATED)):
            return


def _clusters(communities: Sequence[Community], names: Mapping[str, str]) -> list[_Cluster]:
    """The largest communities. An entity of several of them is drawn in the largest."""
    drawn: set[str] = set()
    clusters: list[_Cluster] = []
    for one in sorted(communities, key=lambda one: (-len(one.members), one.community_id)):
        members = tuple(key for key in dict.fromkeys(one.members) if key in names and key not in drawn)
        if members and len(clusters) < MOST_COMMUNITIES:
            colour = _COLOURS[len(clusters) % len(_COLOURS)]
            clusters.append(_Cluster(one.community_id, members[:_MEMBERS_SHOWN], colour))
            drawn.update(members)
    return clusters


def _links_between(
    edges: Iterable[Edge], where: Mapping[str, str]
) -> tuple[dict[tuple[str, str], float], list[Edge]]:
    """How strongly communities are related, and the edges inside one."""
    links: dict[tuple[str, str], float] = defaultdict(float)
    inside: list[Edge] = []
    for edge in edges:
        home, other = where.get(edge.subject), where.get(edge.object)
        if home is None or other is None or edge.subject == edge.object:
            continue
        if home == other:
            inside.append(edge)
        else:
            first, second = sorted((home, other))
            links[first, second] += edge.weight
    return dict(links), inside


def _draw_map(
    canvas: "Canvas",
    clusters: Sequence[_Cluster],
    *,
    links: Mapping[tuple[str, str], float],
    inside: Sequence[Edge],
    names: Mapping[str, str],
) -> None:
    radii = {one.community_id: one.radius for one in clusters}
    centres, factor = circle_places(radii, links, area=_MAP_AREA)
    for (first, second), weight in sorted(links.items()):
        ends = centres[first], centres[second]
        width = min(0.8 + 0.8 * math.log1p(weight), 6)
        canvas.line(ends, width=width, colour=_TOGETHER, below_discs=True)
    places: dict[str, Place] = {}
    for one in clusters:
        at, radius = centres[one.community_id], one.radius * factor
        canvas.disc(at, radius, colour=one.colour)
        spread = sunflower(len(one.members), centre=at, radius=radius * 0.82)
        places.update(zip(one.members, spread, strict=True))
    for edge in inside:
        canvas.line((places[edge.subject], places[edge.object]), width=0.5, colour="#afb8c1", alpha=0.6)
    _draw_members(canvas, clusters, places, names)


def _draw_members(
    canvas: "Canvas", clusters: Sequence[_Cluster], places: Mapping[str, Place], names: Mapping[str, str]
) -> None:
    """Dots, and names: the first member of every community, then the second of every one, and so on."""
    from graph.picture_canvas import NameStyle

    for one in clusters:
        for rank, key in enumerate(one.members):
            canvas.dot(places[key], max(3.0, 6.5 - 0.5 * rank), colour=one.colour)
    for one in clusters:
        first = one.members[0]
        canvas.heading(names[first], places[first], gap=7, size=9.5)
    for rank in range(1, min(_named_count(clusters), max(len(one.members) for one in clusters))):
        style = NameStyle(8.0 if rank < _LEADING else 7.0, over_dots=rank < _LEADING)
        for one in clusters:
            if rank < len(one.members):
                key = one.members[rank]
                canvas.name(names[key], places[key], gap=5, style=style)


def _named_count(clusters: Sequence[_Cluster]) -> int:
    """How many members of each community are named: fewer where there are many communities."""
    return max(2, min(8, _MOST_NAMES // len(clusters)))

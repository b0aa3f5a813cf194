"""Rows added up: what an entity is called and is, how strong a relation is and where it stands. Pure but for reading the view.

Sums of weights are exact (`math.fsum`), so that they are the same in whatever order documents came.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

from core.graph import OCCURS_WITH, ChunkRef, Edge, Entity, EntityKind, Evidence, Spot
from graph.view import GraphView, Rows

_VAGUE = (EntityKind.TOPIC, EntityKind.VALUE)
_KINDS = tuple(EntityKind)

Place = tuple[str, str, str]
"""Subject, predicate, object."""
Follows = Callable[[str], bool]
"""Whether relations with a predicate count."""


@dataclass(slots=True)
class RawEdge:
    """A relation of two keys with its readable rows, each with document and version."""

    subject: str
    predicate: str
    object: str
    rows: list[tuple[str, int, Evidence]] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Its ends and what it says."""
        return self.subject, self.predicate, self.object

    @property
    def ends(self) -> tuple[str, str]:
        """Subject and object."""
        return self.subject, self.object

    @property
    def weight(self) -> float:
        """The sum of its evidence."""
        return fsum(row.weight for _, _, row in self.rows)

    def led(self, lead: Callable[[str], str]) -> "RawEdge":
        """The same between leading keys; entities that only occur together have no direction."""
        subject, to = lead(self.subject), lead(self.object)
        if self.predicate == OCCURS_WITH and to < subject:
            subject, to = to, subject
        return RawEdge(subject, self.predicate, to, self.rows)


def all_relations(_predicate: str) -> bool:
    """Relations with any predicate count."""
    return True


def among(predicates: Collection[str] | None) -> Follows:
    """Relations with one of these predicates count; None: all do."""
    return all_relations if predicates is None else frozenset(predicates).__contains__


def raw_edges(
    view: GraphView, keys: Collection[str], *, reads: Callable[[str], bool], follows: Follows = all_relations
) -> Iterator[RawEdge]:
    """Every relation from or to any of the keys that a readable document states, once."""
    own = set(keys)
    for key in keys:
        for to, predicate, rows in view.relations_from(key):
            if follows(predicate):
                yield from _raw_edge(view, (key, predicate, to), rows, reads)
        for subject, predicate, rows in view.relations_to(key):
            if subject not in own and follows(predicate):
                yield from _raw_edge(view, (subject, predicate, key), rows, reads)


def raw_edges_between(
    view: GraphView, keys: Collection[str], *, reads: Callable[[str], bool], follows: Follows
) -> Iterator[RawEdge]:
    """Every relation from one of the keys to another. Time: that of the keys' pairs at most, whatever else they have."""
    own = set(keys)
    for key in keys:
        for to, predicate, rows in view.relations_from(key, own):
            if follows(predicate):
                yield from _raw_edge(view, (key, predicate, to), rows, reads)


def merged(edges: Iterable[RawEdge]) -> list[RawEdge]:
    """One of each place, with all rows; without those that lead from a thing to itself."""
    found: dict[Place, RawEdge] = {}
    for edge in edges:
        if edge.subject != edge.object:
            found.setdefault(edge.place, RawEdge(*edge.place)).rows.extend(edge.rows)
    return list(found.values())


def strongest(edges: Iterable[RawEdge], limit: int | None = None) -> list[RawEdge]:
    """Those with most weight, in a fixed order."""
    ranked = sorted((-edge.weight, edge.place, number, edge) for number, edge in enumerate(edges))
    return [edge for _, _, _, edge in ranked[:limit]]


def edge_of(edge: RawEdge, *, spot_count: int) -> Edge:
    """The relation as it is shown, with its strongest places."""
    spots = [
        Spot(ChunkRef(doc_id, version, row.ordinal), row.start, row.end, row.weight)
        for doc_id, version, row in edge.rows
    ]
    spots.sort(key=_strongest_first)
    return Edge(*edge.place, edge.weight, len(spots), tuple(spots[:spot_count]))


def described(keys: Sequence[str], found: Mapping[str, Sequence[Rows]], *, degree: int) -> Entity:
    """The entity with these keys, from all its readable rows by document."""
    rows = [row for parts in found.values() for part in parts for row in part]
    names = names_by_frequency(rows)
    chunks = {(doc_id, row.ordinal) for doc_id, parts in found.items() for part in parts for row in part}
    return Entity(
        key=keys[0],
        name=names[0] if names else keys[0],
        kind=commonest_kind(rows),
        names=names,
        keys=tuple(keys),
        chunk_count=len(chunks),
        document_count=len(found),
        degree=degree,
    )


def names_by_frequency(rows: Iterable[Evidence]) -> tuple[str, ...]:
    """The ways a thing is written, commonest first."""
    counts = Counter(row.name for row in rows if row.name)
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def commonest_kind(rows: Iterable[Evidence]) -> EntityKind:
    """The kind that most rows say; of equally many one that says more than "some topic"."""
    counts = Counter(row.kind for row in rows)
    return max(counts, key=lambda kind: (counts[kind], kind not in _VAGUE, -_KINDS.index(kind)))


def _raw_edge(
    view: GraphView, place: Place, rows: Mapping[str, Rows], reads: Callable[[str], bool]
) -> Iterator[RawEdge]:
    readable = [
        (doc_id, view.documents[doc_id].version, row)
        for doc_id, members in rows.items()
        if reads(doc_id)
        for row in members
    ]
    if readable:
        yield RawEdge(*place, readable)


def _strongest_first(spot: Spot) -> tuple[float, ChunkRef, int, int]:
    return -spot.weight, spot.chunk, spot.start, spot.end

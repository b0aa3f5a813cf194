"""What one principal sees of the graph: made from the rows of readable documents alone, merges included."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import fsum

from core.access import Principal
from core.graph import TITLED, ChunkRef, Edge, Entity, EntityKind, Merge, Spot
from graph.listing import Page, Rank, rank_of, ranked, wanted_in
from graph.matrix import Reach
from graph.readable import ReadableRows
from graph.sums import (
    Follows,
    RawEdge,
    all_relations,
    among,
    described,
    edge_of,
    merged,
    strongest,
)
from graph.view import GraphView, Rows

__all__ = ["Near", "Page", "VisibleGraph"]

_CONSIDERED_PER_SHOWN = 4
_CONSIDERED_AT_LEAST = 200


@dataclass(frozen=True, slots=True)
class Near:
    """Entities next to one, with the weight of what joins them, strongest first; of `total` keys only some are among them."""

    weights: dict[str, float]
    total: int


class VisibleGraph:
    """The graph of a principal. A key that may not be seen behaves as one that does not exist.

    Any key of an entity stands for it; what is given back bears its leading key. Every method blocks, looks at the view as it
    is at that moment, and may be called from several threads.
    """

    def __init__(self, view: GraphView, principal: Principal, *, decisions: Iterable[Merge] = ()) -> None:
        """`decisions` are the merges that humans and the batch have put down (`MergeDecisions`)."""
        self.view = view
        self.principal = principal
        self._rows = ReadableRows(view, principal, decisions)

    def cluster(self, key: str) -> tuple[str, ...]:
        """All visible keys of the same thing, the leading one first; empty for one that may not be seen."""
        with self.view.lock:
            return self._rows.cluster(key)

    def lead(self, key: str) -> str:
        """The leading key of an entity that may be seen; else the key itself."""
        found = self.cluster(key)
        return found[0] if found else key

    def kind(self, key: str) -> EntityKind | None:
        """What a key is by its own rows; None if it may not be seen."""
        with self.view.lock:
            known = self._rows.known(key)
            return known.kind if known else None

    def entity(self, key: str) -> Entity | None:
        """The entity that has this key among its own; None if it may not be seen."""
        with self.view.lock:
            keys = self.cluster(key)
            found: dict[str, list[Rows]] = {}
            for own in keys:
                for doc_id, rows in self._rows.of_key(own):
                    found.setdefault(doc_id, []).append(rows)
            return described(keys, found, degree=self._rows.degree(keys)) if keys else None

    def entities(
        self, query: str = "", *, kind: EntityKind | None = None, limit: int = 50, after: str | None = None
    ) -> Page:
        """Entities whose key holds that of `query`: equal ones first, then those that begin so, then by how many chunks name them.

        Values are not listed. `after` is the one of the page before.

        Raises:
            InvalidInputError: `after` is no page's.
        """
        wanted = wanted_in(query)
        with self.view.lock:
            counted = self.view.matrix.named(self.reach())
        found: list[Entity] = []
        last = after
        for rank in ranked(counted, wanted, after):
            entity = self._if_first(rank, wanted)
            if entity is None or kind not in {None, entity.kind}:
                continue
            if len(found) == limit:
                return Page(tuple(found), last)
            found.append(entity)
            last = rank.cursor
        return Page(tuple(found))

    def edges(
        self,
        key: str,
        *,
        predicates: Collection[str] | None = None,
        limit: int | None = None,
        spot_count: int = 3,
    ) -> list[Edge]:
        """Relations from and to an entity, strongest first. `subject` and `object` are leading keys.

        With a `limit`, weights of names that are one thing are added up among the strongest relations only.
        """
        with self.view.lock:
            raw = self._rows.relations(self.cluster(key), among(predicates))
            if limit is not None:
                raw = strongest(raw, max(_CONSIDERED_AT_LEAST, _CONSIDERED_PER_SHOWN * limit))
            found = strongest(merged(map(self._led, raw)), limit)
            return [edge_of(each, spot_count=spot_count) for each in found]

    def edges_among(
        self, keys: Collection[str], *, predicates: Collection[str] | None = None, spot_count: int = 3
    ) -> list[Edge]:
        """Relations between any two of these entities, strongest first."""
        with self.view.lock:
            own = {each for key in keys for each in self.cluster(key)}
            raw = self._rows.relations_between(sorted(own), among(predicates))
            return [edge_of(each, spot_count=spot_count) for each in strongest(merged(map(self._led, raw)))]

    def near(self, key: str, *, limit: int, follows: Follows = all_relations) -> Near:
        """The entities that relations join most strongly with one; `limit` of their keys are looked at."""
        with self.view.lock:
            own = self.lead(key)
            raw = self._rows.neighbours(self.cluster(key), follows)
            found: dict[str, float] = {}
            for other in sorted(raw, key=lambda other: (-raw[other], other))[:limit]:
                lead = self.lead(other)
                if lead != own:
                    found[lead] = found.get(lead, 0.0) + raw[other]
            return Near(found, len(raw))

    def is_hub(self, key: str, degree: int) -> bool:
        """Whether relations join an entity with more than `degree` other keys."""
        with self.view.lock:
            keys = self.cluster(key)
            most = sum(self.view.degree(own) for own in keys)
            return most > degree and self._rows.degree(keys) > degree

    def relations(self) -> Iterator[Edge]:
        """Every relation, by the leading keys of its ends. A document that changes meanwhile may be seen before or after."""
        with self.view.lock:
            keys = sorted(self.view.graph.nodes)
        for key in keys:
            if self.cluster(key)[:1] == (key,):
                edges = [edge for edge in self.edges(key) if edge.subject == key]
                yield from sorted(edges, key=lambda edge: (edge.object, edge.predicate))

    def evidence(self, edge: Edge, *, limit: int = 100) -> list[Spot]:
        """The places that state a relation, strongest first."""
        with self.view.lock:
            wanted = self._led(RawEdge(edge.subject, edge.predicate, edge.object)).place
            raw = self._rows.relations(self.cluster(edge.subject), among({edge.predicate}))
            found = merged(each for each in map(self._led, raw) if each.place == wanted)
            return [spot for each in found for spot in edge_of(each, spot_count=limit).spots]

    def chunks_of(self, key: str) -> list[tuple[ChunkRef, float]]:
        """The chunks that name an entity, with how often, most first."""
        found: dict[ChunkRef, list[float]] = {}
        for spot in self._spots(key):
            found.setdefault(spot.chunk, []).append(spot.weight)
        counts = [(chunk, fsum(weights)) for chunk, weights in found.items()]
        return sorted(counts, key=lambda each: (-each[1], each[0]))

    def spots_of(self, key: str, *, limit: int = 100) -> list[Spot]:
        """The first place in each chunk that names an entity, most mentions first."""
        found = self._spots(key)
        return sorted(found, key=lambda spot: (-spot.weight, spot.chunk, spot.start))[:limit]

    def keys_in(self, chunk: ChunkRef) -> tuple[str, ...]:
        """Leading keys of what a chunk names, values aside, most named first; empty if it may not be read or is outdated."""
        with self.view.lock:
            if not self.reads(chunk):
                return ()
            weights: dict[str, list[float]] = {}
            for row in self.view.documents[chunk.doc_id].rows:
                if row.ordinal == chunk.ordinal and row.is_entity and row.kind is not EntityKind.VALUE:
                    weights.setdefault(self.lead(row.subject), []).append(row.weight)
            return tuple(sorted(weights, key=lambda key: (-fsum(weights[key]), key)))

    def titled(self, key: str) -> list[ChunkRef]:
        """Chunks of documents that bear the entity's name as their title."""
        return sorted({spot.chunk for spot in self._spots(key, predicate=TITLED)})

    def merges_of(self, key: str) -> list[Merge]:
        """Every merge of a key of the entity with a visible one, done, forbidden or not come about, by keys."""
        with self.view.lock:
            found = {merge for own in self.cluster(key) for merge in self._rows.partners(own)}
            return sorted(found, key=lambda merge: (merge.left, merge.right, merge.reason))

    def merges(self) -> list[Merge]:
        """As `merges_of`, of all entities."""
        with self.view.lock:
            seen = [key for key in self.view.graph if self._rows.sees(key)]
            found = {merge for key in seen for merge in self._rows.partners(key)}
            return sorted(found, key=lambda merge: (merge.left, merge.right, merge.reason))

    def reads(self, chunk: ChunkRef) -> bool:
        """Whether this version of the document is the one that is known, and may be read."""
        with self.view.lock:
            document = self.view.documents.get(chunk.doc_id)
            is_known = document is not None and document.version == chunk.version
            return is_known and self._rows.reads(chunk.doc_id)

    def reach(self) -> Reach:
        """What a walk may follow. Hold the view's lock while using it."""
        return self.view.matrix.reach(self.principal)

    def _led(self, edge: RawEdge) -> RawEdge:
        return edge.led(self.lead)

    def _if_first(self, rank: Rank, wanted: str) -> Entity | None:
        """The entity of a key, if of all its keys that match this one comes first."""
        with self.view.lock:
            counts = {own: self.view.matrix.count(own, self.reach()) for own in self.cluster(rank.key)}
            ranks = [found for own, count in counts.items() if (found := rank_of(own, count, wanted))]
            return self.entity(rank.key) if ranks and min(ranks).key == rank.key else None

    def _spots(self, key: str, predicate: str | None = None) -> list[Spot]:
        with self.view.lock:
            return [
                Spot(ChunkRef(doc_id, version, row.ordinal), row.start, row.end, row.weight)
                for own in self.cluster(key)
                for doc_id, rows in self._rows.of_key(own)
                for version in (self.view.documents[doc_id].version,)
                for row in rows
                if predicate in {None, row.predicate}
            ]

"""The rows that one principal may read, and which keys are one thing to it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from math import fsum

from core.access import AccessLabel, Principal
from core.graph import ALSO_KNOWN_AS, Merge
from graph.resolve.clusters import clusters, gathered
from graph.resolve.rules import Known, has_short_form, holds, stated
from graph.sums import (
    Follows,
    RawEdge,
    all_relations,
    among,
    commonest_kind,
    edge_of,
    names_by_frequency,
    raw_edges,
    raw_edges_between,
)
from graph.view import GraphView, Rows

_SPOTS_OF_MERGE = 3
_MAX_REMEMBERED = 100_000


class ReadableRows:
    """What a principal may read, by key. What was found out is remembered until the view changes. `view.lock` guards it."""

    def __init__(self, view: GraphView, principal: Principal, decisions: Iterable[Merge]) -> None:
        """`decisions` are the merges that humans and the batch have put down."""
        self._view, self._principal = view, principal
        self._decisions: dict[str, list[Merge]] = {}
        for merge in decisions:
            self._decisions.setdefault(merge.left, []).append(merge)
            self._decisions.setdefault(merge.right, []).append(merge)
        self._labels: dict[AccessLabel, bool] = {}
        self._revision = view.revision
        self._known: dict[str, Known | None] = {}
        self._clusters: dict[str, tuple[str, ...]] = {}
        self._degrees: dict[tuple[str, ...], int] = {}

    def reads(self, doc_id: str) -> bool:
        """Whether it may read a document of the view."""
        label = self._view.documents[doc_id].access
        found = self._labels.get(label)
        if found is None:
            found = self._labels[label] = label.readable_by(self._principal)
        return found

    def of_key(self, key: str) -> Iterator[tuple[str, Rows]]:
        """The readable rows that name a key, by document."""
        for doc_id, rows in self._view.rows_of(key).items():
            if self.reads(doc_id):
                yield doc_id, rows

    def sees(self, key: str) -> bool:
        """Whether a readable row names a key: `known` says more, and looks at them all."""
        return any(True for _ in self.of_key(key))

    def known(self, key: str) -> Known | None:
        """Kind, commonest name and documents (where a rule asks for them) of a key; None if it may not be seen."""
        self._follow()
        if key not in self._known:
            found = dict(self.of_key(key))
            rows = [row for rows in found.values() for row in rows]
            names = names_by_frequency(rows) or (key,)
            documents = frozenset(found if has_short_form(key) else ())
            self._known[key] = Known(commonest_kind(rows), names[0], documents) if rows else None
        return self._known[key]

    def cluster(self, key: str) -> tuple[str, ...]:
        """The visible keys of the same thing, the leading one first; empty for one that may not be seen."""
        self._follow()
        found = self._clusters.get(key)
        if found is None:
            found = self._clusters[key] = self._found_cluster(key)
        return found

    def partners(self, key: str) -> Sequence[Merge]:
        """Merges of a visible key with visible keys: by rule, as documents state, and as humans decided."""
        found = [*self._view.names.partners(key, self.known), *self._stated(key)]
        for merge in self._decisions.get(key, ()):
            left, right = self.known(merge.left), self.known(merge.right)
            if left and right and holds(merge, of_left=left, of_right=right):
                found.append(merge)
        return found

    def relations(self, keys: Collection[str], follows: Follows = all_relations) -> list[RawEdge]:
        """Every readable relation from or to one of the keys, once."""
        return list(raw_edges(self._view, keys, reads=self.reads, follows=follows))

    def relations_between(self, keys: Collection[str], follows: Follows) -> list[RawEdge]:
        """Every readable relation from one of the keys to another."""
        return list(raw_edges_between(self._view, keys, reads=self.reads, follows=follows))

    def neighbours(self, keys: Collection[str], follows: Follows = all_relations) -> dict[str, float]:
        """Other keys that relations join with these, by the sum of their weights."""
        own = set(keys)
        found: dict[str, list[float]] = {}
        for edge in self.relations(keys, follows):
            for other in {edge.subject, edge.object} - own:
                found.setdefault(other, []).append(edge.weight)
        return {other: fsum(weights) for other, weights in found.items()}

    def degree(self, keys: tuple[str, ...]) -> int:
        """With how many other keys relations join these."""
        self._follow()
        found = self._degrees.get(keys)
        if found is None:
            found = self._degrees[keys] = len(self.neighbours(keys))
        return found

    def _follow(self) -> None:
        """Forget what was true of an earlier state of the view; what is known of a key stays until its own rows change."""
        behind = self._view.revision - self._revision
        if not behind and len(self._known) <= _MAX_REMEMBERED:
            return
        self._revision = self._view.revision
        self._clusters.clear()
        self._degrees.clear()
        if behind > len(self._view.touched) or len(self._known) > _MAX_REMEMBERED:
            self._known.clear()
        for touched in islice(reversed(self._view.touched), behind):
            for key in touched:
                self._known.pop(key, None)

    def _found_cluster(self, key: str) -> tuple[str, ...]:
        if not self.sees(key):
            return ()
        keys, merges = gathered(key, self.partners)
        groups = clusters(keys, merges) if merges else []
        return next((group for group in groups if key in group), (key,))

    def _stated(self, key: str) -> Iterator[Merge]:
        if key not in self._view.aliases:
            return
        for each in self.relations((key,), among({ALSO_KNOWN_AS})):
            subject, to = self.known(each.subject), self.known(each.object)
            if subject is None or to is None:
                continue
            edge = edge_of(each, spot_count=_SPOTS_OF_MERGE)
            merge = stated(
                *each.ends, kinds=(subject.kind, to.kind), score=min(edge.weight, 1.0), spots=edge.spots
            )
            if merge is not None:
                yield merge

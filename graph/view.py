"""The graph of one tenant in memory: a NetworkX view of the rows in the catalog, patched document by document.

Nothing here knows of principals: what one of them sees of it is `graph.visible.VisibleGraph`.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import networkx as nx

from core.graph import ALSO_KNOWN_AS, DocumentEvidence, Evidence
from graph.matrix import WalkMatrix
from graph.resolve.index import MergeIndex

Rows = tuple[Evidence, ...]

_KEPT_PATCHES = 50


def everything(_evidence: DocumentEvidence) -> bool:
    """Accept every document."""
    return True


class GraphView:
    """Entities, relations and chunks of a tenant, with the evidence of each by document.

    `graph` has a node for each key and an edge `(subject, object, predicate)`; the attributes of both are their rows by
    document id. Patches and reads take `lock`; who reads more than one thing that must fit together holds it meanwhile.
    Nothing in it refers back to it, so that it is freed without the garbage collector (`graph.collecting`): the views of
    NetworkX that would (`graph.edges`, `graph.degree`) are not for use here.
    """

    def __init__(
        self,
        tenant: str,
        *,
        accepts: Callable[[DocumentEvidence], bool] = everything,
    ) -> None:
        """Empty. Documents that `accepts` denies, or of another tenant, are left out."""
        self.tenant = tenant
        self.graph = nx.MultiDiGraph()
        self.documents: dict[str, DocumentEvidence] = {}
        self.matrix = WalkMatrix()
        self.lock = threading.RLock()
        self.revision = 0
        """Counts up with every patch."""
        self.relation_count = 0
        self.touched: deque[set[str]] = deque(maxlen=_KEPT_PATCHES)
        """The keys whose rows the last patches changed, the latest last."""
        self.names = MergeIndex()
        """All keys that have a name, by their likeness."""
        self.aliases: dict[str, set[str]] = {}
        """Keys that some document calls another name of a key."""
        self._accepts = accepts

    def apply(self, evidence: Iterable[DocumentEvidence], removed: Iterable[str] = ()) -> None:
        """Put these documents in place of what they said before, and take `removed` away. Time: that of their own rows."""
        with self.lock:
            self.revision += 1
            self.touched.append(set())
            for doc_id in removed:
                self._take_away(doc_id)
            for document in evidence:
                self._take_away(document.doc_id)
                if document.access.tenant == self.tenant and self._accepts(document):
                    self._put(document)
            self.matrix.settle()

    def compact(self) -> None:
        """Put in one place what walks look up. Worth its time after a load, not after an edit."""
        with self.lock:
            self.matrix.compact()

    def rows_of(self, key: str) -> Mapping[str, Rows]:
        """The rows that name an entity, by document id; empty for a key that is not there."""
        found: Mapping[str, Rows] = self.graph.nodes.get(key, {})
        return found

    def relations_from(
        self, key: str, to: Collection[str] | None = None
    ) -> Iterator[tuple[str, str, Mapping[str, Rows]]]:
        """Of every relation with this subject, and one of these objects: object, predicate, and rows by document id."""
        adjacent = self.graph.succ.get(key, {})
        if to is not None:
            few, many = (to, adjacent) if len(to) < len(adjacent) else (adjacent, to)
            adjacent = {other: adjacent[other] for other in few if other in many}
        yield from _relations(adjacent)

    def relations_to(self, key: str) -> Iterator[tuple[str, str, Mapping[str, Rows]]]:
        """Of every relation with this object: subject, predicate, and rows by document id."""
        yield from _relations(self.graph.pred.get(key, {}))

    def degree(self, key: str) -> int:
        """How many keys relations lead to and come from, whoever may see them: a bound, nothing to be shown."""
        return len(self.graph.succ.get(key, ())) + len(self.graph.pred.get(key, ()))

    def same_as(self, other: "GraphView") -> bool:
        """Whether both show the same, whatever patches led there."""
        return (
            self.tenant == other.tenant
            and self.documents == other.documents
            and self.aliases == other.aliases
            and _plain(self.graph) == _plain(other.graph)
            and self.matrix.same_as(other.matrix)
        )

    def _put(self, document: DocumentEvidence) -> None:
        self.documents[document.doc_id] = document
        self.touched[-1].update(row.subject for row in document.rows)
        for (subject, predicate, to), rows in grouped(document.rows).items():
            if predicate:
                self._put_relation(document.doc_id, (subject, to, predicate), rows)
            else:
                self._put_entity(document.doc_id, subject, rows)
        self.matrix.put(document)

    def _put_entity(self, doc_id: str, key: str, rows: Rows) -> None:
        if key not in self.graph:
            self.graph.add_node(key)
        self.graph.nodes[key][doc_id] = rows
        self.names.add(key)

    def _put_relation(self, doc_id: str, edge: tuple[str, str, str], rows: Rows) -> None:
        subject, to, predicate = edge
        if not self.graph.has_edge(*edge):
            self.graph.add_edge(*edge)
            self.relation_count += 1
            if predicate == ALSO_KNOWN_AS:
                self.aliases.setdefault(subject, set()).add(to)
                self.aliases.setdefault(to, set()).add(subject)
        self.graph.succ[subject][to][predicate][doc_id] = rows

    def _take_away(self, doc_id: str) -> None:
        document = self.documents.pop(doc_id, None)
        if document is None:
            return
        self.touched[-1].update(row.subject for row in document.rows)
        self.matrix.take_away(document)
        parts = grouped(document.rows)
        for subject, predicate, to in parts:
            if predicate:
                self._take_relation(doc_id, (subject, to, predicate))
        for subject, _, _ in parts:
            self.graph.nodes[subject].pop(doc_id, None)
        for key in {key for subject, _, to in parts for key in (subject, to) if key}:
            self._drop_if_bare(key)

    def _take_relation(self, doc_id: str, edge: tuple[str, str, str]) -> None:
        subject, to, predicate = edge
        rows = self.graph.succ[subject][to][predicate]
        del rows[doc_id]
        if not rows:
            self.graph.remove_edge(*edge)
            self.relation_count -= 1
            if predicate == ALSO_KNOWN_AS:
                self._forget_alias(subject, to)

    def _forget_alias(self, one: str, other: str) -> None:
        if self.graph.has_edge(other, one, ALSO_KNOWN_AS):
            return
        for key, alias in ((one, other), (other, one)):
            aliases = self.aliases.get(key, set())
            aliases.discard(alias)
            if not aliases:
                self.aliases.pop(key, None)

    def _drop_if_bare(self, key: str) -> None:
        if not self.graph.nodes[key]:
            self.names.remove(key)
            if not self.degree(key):
                self.graph.remove_node(key)


def grouped(rows: Iterable[Evidence]) -> dict[tuple[str, str, str], Rows]:
    """Rows by entity `(key, "", "")` and by relation `(subject, predicate, object)`, in the order given."""
    found: dict[tuple[str, str, str], list[Evidence]] = {}
    for row in rows:
        part = (row.subject, "", "") if row.is_entity else (row.subject, row.predicate, row.object)
        found.setdefault(part, []).append(row)
    return {part: tuple(members) for part, members in found.items()}


def _relations(adjacent: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Rows]]]:
    for other, predicates in adjacent.items():
        for predicate, rows in predicates.items():
            yield other, predicate, rows


def _plain(graph: nx.MultiDiGraph) -> tuple[object, object]:
    nodes = {key: dict(rows) for key, rows in graph.nodes.items()}
    return nodes, {edge: dict(rows) for edge, rows in graph.edges.items()}

"""How much memory a view takes: sizes of some of its parts, times how many there are."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from sys import getsizeof

from core.graph import DocumentEvidence
from graph.view import GraphView, Rows

_SAMPLED = 500
_INDEX_BYTES_PER_KEY = 600
"""Of the index of names: some four signatures, each a number and its place in a dictionary."""


def memory_bytes(view: GraphView) -> int:
    """About how many bytes a view takes, to a third or so. Time: about none."""
    graph = view.graph
    with view.lock:
        nodes = [_node_bytes(view, key) for key in islice(graph, _SAMPLED)]
        edges = [
            _rows_bytes(rows) + getsizeof(graph[subject][to])
            for subject, to, rows in islice(_edges(view), _SAMPLED)
        ]
        documents = [_document_bytes(one) for one in islice(view.documents.values(), _SAMPLED)]
        parts = (
            (nodes, graph.number_of_nodes()),
            (edges, view.relation_count),
            (documents, len(view.documents)),
        )
        return view.matrix.nbytes + sum(round(_mean(sizes) * count) for sizes, count in parts)


def _node_bytes(view: GraphView, key: str) -> int:
    adjacent = getsizeof(view.graph.succ[key]) + getsizeof(view.graph.pred[key])
    name_and_number = 2 * getsizeof(key)
    return _rows_bytes(view.rows_of(key)) + adjacent + name_and_number + _INDEX_BYTES_PER_KEY


def _edges(view: GraphView) -> Iterator[tuple[str, str, Mapping[str, Rows]]]:
    for subject in view.graph:
        yield from ((subject, to, rows) for to, _, rows in view.relations_from(subject))


def _rows_bytes(rows: Mapping[str, Rows]) -> int:
    return getsizeof(rows) + sum(getsizeof(some) for some in rows.values())


def _document_bytes(document: DocumentEvidence) -> int:
    rows = sum(getsizeof(row) + getsizeof(row.start) + getsizeof(row.end) for row in document.rows)
    chunks = len({row.ordinal for row in document.rows})
    labels = chunks * 3 * getsizeof(("", 0))
    return getsizeof(document) + getsizeof(document.rows) + rows + labels + getsizeof(document.doc_id)


def _mean(sizes: Iterable[int]) -> float:
    found = list(sizes)
    return sum(found) / len(found) if found else 0.0

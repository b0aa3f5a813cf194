"""Reading points: retrieve, scroll, count, facet, query, query in batches, query in groups."""

from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.calls import Call, RouteRow
from store.vectors.embedded.collection import Collection
from store.vectors.embedded.edge_filters import to_edge_filter
from store.vectors.embedded.edge_points import edge_ids
from store.vectors.embedded.edge_queries import (
    checked_limit,
    edge_query,
    edge_scroll,
    with_payload,
    with_vector,
)
from store.vectors.embedded.errors import not_found
from store.vectors.embedded.groups import query_groups
from store.vectors.embedded.results import facet_rows, record_row, scored_row, scroll_page


def _retrieve(call: Call) -> list[dict[str, Any]]:
    collection = call.collection
    return _records(collection, call.parse(models.PointRequest))


def _retrieve_one(call: Call) -> dict[str, Any]:
    text = call.path["id"]
    point = int(text) if text.isdigit() else text
    rows = _records(call.collection, models.PointRequest(ids=[point], with_payload=True, with_vector=True))
    if not rows:
        raise not_found(f"Point with id {text} does not exists!")
    return rows[0]


def _records(collection: Collection, request: models.PointRequest) -> list[dict[str, Any]]:
    wanted = edge_ids(request.ids)
    payload = with_payload(request.with_payload, default=True)
    vector = with_vector(request.with_vector)
    rows = [record_row(r) for r in collection.read(lambda shard: shard.retrieve(wanted, payload, vector))]
    # Edge answers in its own order; the client's order is the one that can be relied on.
    place = {str(point): number for number, point in enumerate(wanted)}
    return sorted(rows, key=lambda row: place[str(row["id"])])


def _scroll(call: Call) -> dict[str, Any]:
    collection = call.collection
    request = edge_scroll(call.parse(models.ScrollRequest))
    return scroll_page(collection.read(lambda shard: shard.scroll(request)))


def _count(call: Call) -> dict[str, Any]:
    collection = call.collection
    request = call.parse(models.CountRequest)
    exact = True if request.exact is None else request.exact
    counted = edge.CountRequest(exact=exact, filter=to_edge_filter(request.filter))
    return {"count": collection.read(lambda shard: shard.count(counted))}


def _facet(call: Call) -> dict[str, Any]:
    collection = call.collection
    request = call.parse(models.FacetRequest)
    asked = edge.FacetRequest(
        request.key,
        limit=checked_limit(request.limit),
        exact=bool(request.exact),
        filter=to_edge_filter(request.filter),
    )
    return facet_rows(collection.read(lambda shard: shard.facet(asked)))


def _query(call: Call) -> dict[str, Any]:
    collection = call.collection
    return _hits(collection, call.parse(models.QueryRequest))


def _query_batch(call: Call) -> list[dict[str, Any]]:
    collection = call.collection
    return [_hits(collection, request) for request in call.parse(models.QueryRequestBatch).searches]


def _query_groups(call: Call) -> dict[str, Any]:
    collection = call.collection
    return query_groups(collection, call.parse(models.QueryGroupsRequest))


def _hits(collection: Collection, request: models.QueryRequest) -> dict[str, Any]:
    asked = edge_query(request, collection.schema)
    return {"points": [scored_row(point) for point in collection.read(lambda shard: shard.query(asked))]}


_POINTS = "/collections/{name}/points"
ROUTES: list[RouteRow] = [
    ("POST", _POINTS, _retrieve),
    ("POST", f"{_POINTS}/scroll", _scroll),
    ("POST", f"{_POINTS}/count", _count),
    ("POST", f"{_POINTS}/query", _query),
    ("POST", f"{_POINTS}/query/batch", _query_batch),
    ("POST", f"{_POINTS}/query/groups", _query_groups),
    ("GET", f"{_POINTS}/{{id}}", _retrieve_one),
    ("POST", "/collections/{name}/facet", _facet),
]

"""Hits grouped by a payload field. Edge has no such query: ask for more hits until the groups are full."""

from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.collection import Collection
from store.vectors.embedded.edge_queries import checked_limit, edge_query, with_payload, with_vector
from store.vectors.embedded.errors import unsupported
from store.vectors.embedded.results import record_row, scored_row

_DEFAULT_GROUP_SIZE = 3
_Groups = dict[str | int, list[edge.ScoredPoint]]


def query_groups(collection: Collection, request: models.QueryGroupsRequest) -> dict[str, Any]:
    """Qdrant's GroupsResult: the best groups by their best hit, each with its best hits."""
    if request.with_lookup is not None:
        raise unsupported("with_lookup")
    groups = _filled(collection, request)
    chosen = list(groups.items())[: checked_limit(request.limit)]
    stored = _stored(collection, request, [hit.id for _, hits in chosen for hit in hits])
    return {
        "groups": [
            {"id": value, "hits": [scored_row(hit) | stored[str(hit.id)] for hit in hits]}
            for value, hits in chosen
        ]
    }


def _filled(collection: Collection, request: models.QueryGroupsRequest) -> _Groups:
    group_count = checked_limit(request.limit)
    size = _group_size(request)
    limit = max(100, 4 * group_count * size)
    while True:
        hits = _ranked(collection, request, limit=limit)
        groups = _grouped(hits, request.group_by, size=size)
        best = list(groups.values())[:group_count]
        full = len(best) == group_count and all(len(members) == size for members in best)
        if full or len(hits) < limit:
            return groups
        limit *= 4


def _ranked(
    collection: Collection, request: models.QueryGroupsRequest, *, limit: int
) -> list[edge.ScoredPoint]:
    query = models.QueryRequest(
        prefetch=request.prefetch,
        query=request.query,
        using=request.using,
        filter=request.filter,
        params=request.params,
        score_threshold=request.score_threshold,
        lookup_from=request.lookup_from,
        limit=limit,
        with_payload=[request.group_by],
    )
    asked = edge_query(query, collection.schema)
    return collection.read(lambda shard: shard.query(asked))


def _grouped(hits: list[edge.ScoredPoint], key: str, *, size: int) -> _Groups:
    groups: _Groups = {}
    for hit in hits:
        for value in _values(hit.payload or {}, key):
            members = groups.setdefault(value, [])
            if len(members) < size:
                members.append(hit)
    return groups


def _values(payload: dict[str, Any], key: str) -> list[str | int]:
    """The group ids of a point: text or whole numbers under a dotted path, several if it is a list."""
    found: Any = payload
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    listed = found if isinstance(found, list) else [found]
    usable = [value for value in listed if isinstance(value, str | int) and not isinstance(value, bool)]
    return list(dict.fromkeys(usable))


def _stored(
    collection: Collection, request: models.QueryGroupsRequest, ids: list[Any]
) -> dict[str, dict[str, Any]]:
    payload = with_payload(request.with_payload, default=False)
    vector = with_vector(request.with_vector)
    rows = [record_row(r) for r in collection.read(lambda shard: shard.retrieve(ids, payload, vector))]
    return {str(row["id"]): {"payload": row["payload"], "vector": row["vector"]} for row in rows}


def _group_size(request: models.QueryGroupsRequest) -> int:
    return _DEFAULT_GROUP_SIZE if request.group_size is None else checked_limit(request.group_size)

"""Queries of `qdrant_client.models` as Qdrant Edge requests. Defaults are those of Qdrant's REST API."""

from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.edge_filters import to_edge_filter
from store.vectors.embedded.edge_points import edge_vector
from store.vectors.embedded.edge_quantization import edge_quantization_search
from store.vectors.embedded.edge_schema import DEFAULT_VECTOR, VectorSchema
from store.vectors.embedded.errors import unsupported, wrong_input

DEFAULT_LIMIT = 10
# Qdrant counts ranks from 0 and scores 1 / (k + rank); 2 is its k where none is given.
_DEFAULT_RRF_K = 2


def edge_query(request: models.QueryRequest, schema: VectorSchema) -> edge.QueryRequest:
    """A whole query with its prefetches.

    Raises:
        ApiError: A wrong vector, or a kind of query that the embedded store does not have.
    """
    _refuse_lookup(request)
    return edge.QueryRequest(
        limit=checked_limit(request.limit),
        offset=request.offset or 0,
        query=_scoring(request.query, request.using, schema=schema),
        prefetches=_prefetches(request.prefetch, schema),
        with_vector=with_vector(request.with_vector),
        with_payload=with_payload(request.with_payload, default=False),
        filter=to_edge_filter(request.filter),
        score_threshold=request.score_threshold,
        params=_params(request.params, request.using, schema=schema),
    )


def edge_scroll(request: models.ScrollRequest) -> edge.ScrollRequest:
    """One page. Without `order_by` pages follow the point ids."""
    return edge.ScrollRequest(
        offset=request.offset,
        limit=checked_limit(request.limit),
        filter=to_edge_filter(request.filter),
        with_payload=with_payload(request.with_payload, default=True),
        with_vector=with_vector(request.with_vector),
        order_by=None if request.order_by is None else _order_by(request.order_by),
    )


def with_payload(selector: Any, *, default: bool) -> Any:
    """Which payload fields an answer carries."""
    match selector:
        case None:
            return default
        case models.PayloadSelectorInclude():
            return edge.PayloadSelector.Include(selector.include)
        case models.PayloadSelectorExclude():
            return edge.PayloadSelector.Exclude(selector.exclude)
    return selector


def with_vector(selector: bool | list[str] | None) -> bool | list[str]:
    """Which vectors an answer carries."""
    return False if selector is None else selector


def checked_limit(limit: int | None) -> int:
    """The limit, or Qdrant's default."""
    if limit is None:
        return DEFAULT_LIMIT
    if limit < 1:
        raise wrong_input(f"limit: value {limit} invalid, must be 1 or larger")
    return limit


def _prefetches(prefetch: Any, schema: VectorSchema) -> list[edge.Prefetch] | None:
    if prefetch is None:
        return None
    listed = prefetch if isinstance(prefetch, list) else [prefetch]
    return [_prefetch(item, schema) for item in listed]


def _prefetch(prefetch: models.Prefetch, schema: VectorSchema) -> edge.Prefetch:
    _refuse_lookup(prefetch)
    return edge.Prefetch(
        limit=checked_limit(prefetch.limit),
        query=_scoring(prefetch.query, prefetch.using, schema=schema),
        prefetches=_prefetches(prefetch.prefetch, schema),
        params=_params(prefetch.params, prefetch.using, schema=schema),
        filter=to_edge_filter(prefetch.filter),
        score_threshold=prefetch.score_threshold,
    )


def _scoring(query: Any, using: str | None, *, schema: VectorSchema) -> Any:
    if isinstance(query, models.NearestQuery) and query.mmr is None:
        query = query.nearest
    if isinstance(query, list | models.SparseVector):
        name = DEFAULT_VECTOR if using is None else using
        return edge.Query.Nearest(edge_vector(query, name, schema=schema), using=using)
    return None if query is None else _ranking(query)


def _ranking(query: Any) -> Any:
    """What orders points without a vector."""
    match query:
        case models.FusionQuery(fusion=models.Fusion.RRF):
            return edge.Fusion.Rrf(k=_DEFAULT_RRF_K)
        case models.FusionQuery(fusion=models.Fusion.DBSF):
            return edge.Fusion.Dbsf()
        case models.RrfQuery(rrf=rrf):
            return edge.Fusion.Rrf(k=_DEFAULT_RRF_K if rrf.k is None else rrf.k, weights=rrf.weights)
        case models.OrderByQuery():
            return _order_by(query.order_by)
        case models.SampleQuery():
            return edge.Sample.Random
    raise unsupported(f"query {_kind(query)}")


def _kind(query: Any) -> str:
    if isinstance(query, models.NearestQuery):
        return "NearestQuery with mmr"
    if isinstance(query, str | int) or not hasattr(query, "model_dump"):
        return "by point id"
    return type(query).__name__


def _order_by(order: str | models.OrderBy) -> edge.OrderBy:
    if isinstance(order, str):
        return edge.OrderBy(order)
    descending = order.direction == models.Direction.DESC
    start: Any = order.start_from
    return edge.OrderBy(
        order.key,
        direction=edge.Direction.Desc if descending else edge.Direction.Asc,
        start_from=start.isoformat() if hasattr(start, "isoformat") else start,
    )


def _params(params: models.SearchParams | None, using: str | None, *, schema: VectorSchema) -> Any:
    """The IDF scope and the use of quantised codes: search is exact here, so settings of HNSW have nothing to act on.

    A sparse query is always given a scope, if need be the whole collection. Without one Edge weighs words by statistics that
    deletions do not reach until the shard is opened again; with one it counts the points that are there (0.2 ms more at
    20,000 points).
    """
    if using not in schema.sparse:
        codes = edge_quantization_search(None if params is None else params.quantization)
        return None if codes is None else edge.SearchParams(quantization=codes)
    asked = None if params is None else params.idf
    corpus = asked.corpus if isinstance(asked, models.IdfCorpusParams) else models.Filter()
    return edge.SearchParams(idf=edge.IdfParams(to_edge_filter(corpus)))


def _refuse_lookup(request: models.QueryRequest | models.Prefetch) -> None:
    if request.lookup_from is not None:
        raise unsupported("lookup_from")

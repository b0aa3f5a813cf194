"""Points and vectors of `qdrant_client.models` as Qdrant Edge objects, checked before anything is written.

The check is not a nicety. Edge writes an operation to its log first and refuses a bad point afterwards: of a batch with one
bad vector nothing is visible now, and part of it appears when the log is replayed after a crash.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.edge_schema import DEFAULT_VECTOR, VectorSchema
from store.vectors.embedded.errors import not_found, unsupported, wrong_input

_MAX_ID = 2**64 - 1


def edge_id(value: Any) -> int | str:
    """A point id: an unsigned 64-bit number or a UUID (returned in its canonical form)."""
    if isinstance(value, int):
        if 0 <= value <= _MAX_ID:
            return value
        raise _bad_id(value)
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise _bad_id(value) from None


def edge_ids(values: Sequence[Any]) -> list[Any]:
    """Point ids, in order, each once."""
    return list(dict.fromkeys(edge_id(value) for value in values))


def edge_points(request: models.PointsList | models.PointsBatch, schema: VectorSchema) -> list[edge.Point]:
    """The points of either form of an upsert."""
    points = request.points if isinstance(request, models.PointsList) else _unbatched(request.batch)
    return [
        edge.Point(edge_id(point.id), edge_vectors(point.vector, schema), point.payload or {})
        for point in points
    ]


def edge_vectors(vector: Any, schema: VectorSchema) -> dict[str, Any]:
    """All vectors of one point by name."""
    named = vector if isinstance(vector, dict) else {DEFAULT_VECTOR: vector}
    return {name: edge_vector(value, name, schema=schema) for name, value in named.items()}


def edge_vector(value: Any, name: str, *, schema: VectorSchema) -> Any:
    """One vector, for a point or for a query.

    Raises:
        ApiError: The name is unknown, the dimension differs, or it is not a plain vector.
    """
    if name in schema.sparse:
        return _sparse(value, name)
    if name not in schema.dense:
        raise wrong_input(f"Not existing vector name error: {name}")
    if not isinstance(value, list) or (value and isinstance(value[0], list)):
        raise _wrong_kind(value, name, expected="dense")
    if len(value) != schema.dense[name]:
        raise wrong_input(f"Vector dimension error: expected dim: {schema.dense[name]}, got {len(value)}")
    return value


def checked_names(names: Sequence[str], schema: VectorSchema) -> list[str]:
    """Vector names that all exist in the collection."""
    for name in names:
        if name not in schema.dense and name not in schema.sparse:
            raise wrong_input(f"Not existing vector name error: {name}")
    return list(names)


def require_points(ids: Sequence[Any], present: Callable[[list[Any]], Sequence[Any]]) -> list[Any]:
    """The ids, all of which must exist, because Edge applies half of an operation that names a missing point."""
    wanted = edge_ids(ids)
    known = {edge_id(record.id) for record in present(wanted)}
    missing = [point for point in wanted if point not in known]
    if missing:
        raise not_found(f"No point with id {missing[0]} found")
    return wanted


def _sparse(value: Any, name: str) -> edge.SparseVector:
    if not isinstance(value, models.SparseVector):
        raise _wrong_kind(value, name, expected="sparse")
    if len(value.indices) != len(value.values):
        raise wrong_input(f"sparse vector {name!r}: indices and values differ in length")
    if len(set(value.indices)) != len(value.indices):
        raise wrong_input(f"sparse vector {name!r}: indices must be unique")
    if value.indices and not 0 <= min(value.indices) <= max(value.indices) < 2**32:
        raise wrong_input(f"sparse vector {name!r}: indices must be unsigned 32-bit numbers")
    return edge.SparseVector(value.indices, value.values)


def _unbatched(batch: models.Batch) -> list[models.PointStruct]:
    payloads = batch.payloads if batch.payloads is not None else [None] * len(batch.ids)
    columns = batch.vectors if isinstance(batch.vectors, dict) else {DEFAULT_VECTOR: batch.vectors}
    if any(len(column) != len(batch.ids) for column in [payloads, *columns.values()]):
        raise wrong_input("number of ids, vectors and payloads in the batch must be equal")
    rows = [{name: column[row] for name, column in columns.items()} for row in range(len(batch.ids))]
    return [
        models.PointStruct.model_construct(id=point, vector=vectors, payload=payload)
        for point, vectors, payload in zip(batch.ids, rows, payloads, strict=True)
    ]


def _wrong_kind(value: Any, name: str, *, expected: str) -> Exception:
    if isinstance(value, models.Document | models.Image | models.InferenceObject):
        return unsupported(f"inference ({type(value).__name__} as a vector)")
    return wrong_input(f"vector {name!r} of this collection is {expected}; the request has another kind")


def _bad_id(value: object) -> Exception:
    return wrong_input(
        f"value {value} is not a valid point ID, valid values are either an unsigned integer or a UUID"
    )

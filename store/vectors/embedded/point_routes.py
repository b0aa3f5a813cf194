"""Writing points: upsert, delete, payload, vectors, and several of these in one request."""

from collections.abc import Callable
from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.calls import Call, RouteRow
from store.vectors.embedded.collection import Collection
from store.vectors.embedded.edge_filters import require_filter, to_edge_filter
from store.vectors.embedded.edge_points import (
    checked_names,
    edge_id,
    edge_ids,
    edge_points,
    edge_vectors,
    require_points,
)
from store.vectors.embedded.errors import unsupported

_Op = edge.UpdateOperation
_DONE = {"operation_id": 0, "status": "completed"}
_MODES = {
    models.UpdateMode.UPSERT: edge.UpdateMode.Upsert,
    models.UpdateMode.INSERT_ONLY: edge.UpdateMode.InsertOnly,
    models.UpdateMode.UPDATE_ONLY: edge.UpdateMode.UpdateOnly,
}


def _upsert(collection: Collection, request: models.PointsList | models.PointsBatch) -> None:
    points = edge_points(request, collection.schema)
    mode = None if request.update_mode is None else _MODES[request.update_mode]
    operation = _Op.upsert_points(points, to_edge_filter(request.update_filter), mode)
    collection.write(operation, point_count=len(points))


def _delete(collection: Collection, request: models.PointIdsList | models.FilterSelector) -> None:
    if isinstance(request, models.PointIdsList):
        ids = edge_ids(request.points)
        collection.remove(_Op.delete_points(ids), point_count=len(ids))
    else:
        collection.remove(_Op.delete_points_by_filter(require_filter(request.filter)))


def _set_payload(collection: Collection, request: models.SetPayload) -> None:
    if request.points is not None:
        ids = _present(collection, request.points)
        collection.write(_Op.set_payload(ids, request.payload, request.key), point_count=len(ids))
    else:
        chosen = require_filter(request.filter)
        collection.write(_Op.set_payload_by_filter(chosen, request.payload, request.key))


def _overwrite_payload(collection: Collection, request: models.SetPayload) -> None:
    if request.points is not None:
        ids = _present(collection, request.points)
        collection.write(_Op.overwrite_payload(ids, request.payload, request.key), point_count=len(ids))
    else:
        chosen = require_filter(request.filter)
        collection.write(_Op.overwrite_payload_by_filter(chosen, request.payload, request.key))


def _delete_payload(collection: Collection, request: models.DeletePayload) -> None:
    if request.points is not None:
        collection.remove(_Op.delete_payload(_present(collection, request.points), request.keys))
    else:
        collection.remove(_Op.delete_payload_by_filter(require_filter(request.filter), request.keys))


def _clear_payload(collection: Collection, request: models.PointIdsList | models.FilterSelector) -> None:
    if isinstance(request, models.PointIdsList):
        collection.remove(_Op.clear_payload(_present(collection, request.points)))
    else:
        collection.remove(_Op.clear_payload_by_filter(require_filter(request.filter)))


def _update_vectors(collection: Collection, request: models.UpdateVectors) -> None:
    _present(collection, [point.id for point in request.points])
    vectors = [
        edge.PointVectors(edge_id(point.id), edge_vectors(point.vector, collection.schema))
        for point in request.points
    ]
    operation = _Op.update_vectors(vectors, to_edge_filter(request.update_filter))
    collection.write(operation, point_count=len(vectors))


def _delete_vectors(collection: Collection, request: models.DeleteVectors) -> None:
    names = checked_names(request.vector, collection.schema)
    if request.points is not None:
        collection.remove(_Op.delete_vectors(_present(collection, request.points), names))
    else:
        collection.remove(_Op.delete_vectors_by_filter(require_filter(request.filter), names))


def _present(collection: Collection, ids: list[Any]) -> list[Any]:
    return require_points(
        ids, lambda wanted: collection.read(lambda shard: shard.retrieve(wanted, False, False))
    )


def _apply(collection: Collection, operation: models.UpdateOperation) -> None:
    match operation:
        case models.UpsertOperation():
            _upsert(collection, operation.upsert)
        case models.DeleteOperation():
            _delete(collection, operation.delete)
        case models.SetPayloadOperation():
            _set_payload(collection, operation.set_payload)
        case models.OverwritePayloadOperation():
            _overwrite_payload(collection, operation.overwrite_payload)
        case models.DeletePayloadOperation():
            _delete_payload(collection, operation.delete_payload)
        case models.ClearPayloadOperation():
            _clear_payload(collection, operation.clear_payload)
        case models.UpdateVectorsOperation():
            _update_vectors(collection, operation.update_vectors)
        case models.DeleteVectorsOperation():
            _delete_vectors(collection, operation.delete_vectors)
        case _:
            raise unsupported(f"batch operation {type(operation).__name__}")


def _batch(call: Call) -> list[dict[str, Any]]:
    operations = call.parse(models.UpdateOperations).operations
    for operation in operations:
        _apply(call.collection, operation)
    return [_DONE for _ in operations]


def _single(change: Callable[[Collection, Any], None], model: Any) -> Callable[[Call], dict[str, Any]]:
    def handler(call: Call) -> dict[str, Any]:
        collection = call.collection
        change(collection, call.parse(model))
        return _DONE

    return handler


_POINTS = "/collections/{name}/points"
ROUTES: list[RouteRow] = [
    ("PUT", _POINTS, _single(_upsert, models.PointInsertOperations)),
    ("POST", f"{_POINTS}/delete", _single(_delete, models.PointsSelector)),
    ("POST", f"{_POINTS}/payload", _single(_set_payload, models.SetPayload)),
    ("PUT", f"{_POINTS}/payload", _single(_overwrite_payload, models.SetPayload)),
    ("POST", f"{_POINTS}/payload/delete", _single(_delete_payload, models.DeletePayload)),
    ("POST", f"{_POINTS}/payload/clear", _single(_clear_payload, models.PointsSelector)),
    ("PUT", f"{_POINTS}/vectors", _single(_update_vectors, models.UpdateVectors)),
    ("POST", f"{_POINTS}/vectors/delete", _single(_delete_vectors, models.DeleteVectors)),
    ("POST", f"{_POINTS}/batch", _batch),
]

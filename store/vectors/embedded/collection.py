"""One collection: a folder with an Edge shard and `collection.json` (how it was created, its payload indexes).

Every call is made directly by the thread of the event loop. Edge holds the GIL while it works, so a worker thread would win
nothing, and one thread makes the writes of a shard serial by construction. For the same reason `optimize()` is never called:
it builds HNSW and holds the GIL for all of it (seconds at 20,000 points, a minute at 100,000), during which no request
would be answered. Search is exact instead, a few milliseconds at 100,000 points; a much larger corpus belongs on a server.

A write is in Edge's log (WAL) before it is answered. The log is only cut back by `flush()`, so a long run of writes calls
it from time to time: about 10 ms after 256 points, 100 ms after 25,000, which is why it is not left to pile up.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.edge_schema import VectorSchema, edge_config, edge_index, index_type_name
from store.vectors.embedded.errors import ApiError, disk_full, from_edge
from store.vectors.embedded.meta import CONFIG_FILE, read_json, sync_folder, write_json

_SHARD = "shard"
_FLUSH_EVERY_COUNT = 10_000
# Edge maps its files into memory and grows them by 32 MiB a piece; on a full disk such a write does not fail, it
# kills the process (SIGBUS). So writing stops before that.
_RESERVE_BYTES = 160 * 1024 * 1024
# Opening a shard prepares its next pieces, closing it writes others: measured, 80 MiB were not enough for both.
_OPENING_BYTES = 128 * 1024 * 1024

T = TypeVar("T")
FreeBytes = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """Space left on the disk of this folder."""
    return shutil.disk_usage(folder).free


class Collection:
    """The points of one collection. Not thread-safe."""

    def __init__(self, folder: Path, *, free: FreeBytes = free_bytes) -> None:
        """Open an existing collection.

        Raises:
            ApiError: 507 if there is not even the space to open it; its files cannot be read. The other collections are
                not affected.
        """
        if free(folder) < _OPENING_BYTES:
            raise disk_full(str(folder.parent))
        config = read_json(folder / CONFIG_FILE)
        if config is None:
            raise ApiError(500, f"Service internal error: {folder / CONFIG_FILE} is missing or damaged")
        self.request = models.CreateCollection.model_validate(config["create"])
        self.schema = VectorSchema.of(self.request)
        self._config = config
        self._folder = folder
        self._free = free
        self._unflushed_count = 0
        self._shard = _call(lambda: edge.EdgeShard.load(str(folder / _SHARD)))

    def read(self, question: Callable[[edge.EdgeShard], T]) -> T:
        """Ask the shard something."""
        return _call(lambda: question(self._shard))

    def write(self, operation: edge.UpdateOperation, *, point_count: int = 1) -> None:
        """Apply an operation that needs space; durable when this returns.

        Raises:
            ApiError: 507 if the disk is nearly full (nothing was written), else what Edge says.
        """
        if self._free(self._folder) < _RESERVE_BYTES:
            raise disk_full(str(self._folder.parent))
        self.remove(operation, point_count=point_count)

    def remove(self, operation: edge.UpdateOperation, *, point_count: int = 1) -> None:
        """Apply an operation that takes something away: allowed on a nearly full disk."""
        _call(lambda: self._shard.update(operation))
        self._unflushed_count += point_count
        if self._unflushed_count >= _FLUSH_EVERY_COUNT:
            self.flush()

    def flush(self) -> None:
        """Write the segments to disk and cut the log back."""
        _call(self._shard.flush)
        self._unflushed_count = 0

    def close(self) -> None:
        """Flush and let the files go."""
        try:
            _call(self._shard.flush)
        finally:
            _call(self._shard.close)

    def create_index(self, field: str, schema: models.PayloadFieldSchema | None) -> None:
        """Index a payload field. Repeating it is harmless."""
        self.write(edge.UpdateOperation.create_field_index(field, edge_index(schema)))
        if schema is not None and not isinstance(schema, models.PayloadSchemaType):
            params = schema.model_dump(mode="json", exclude_none=True)
            self._save_indexes({**self._config["indexes"], field: params})

    def delete_index(self, field: str) -> None:
        """Drop the index of a payload field."""
        self.remove(edge.UpdateOperation.delete_field_index(field))
        self._save_indexes(
            {name: params for name, params in self._config["indexes"].items() if name != field}
        )

    def describe(self, metadata: dict[str, Any]) -> None:
        """Keep these notes on the collection beside those it has; null takes one away."""
        kept = {**(self.request.metadata or {}), **metadata}
        kept = {name: value for name, value in kept.items() if value is not None}
        self.request = self.request.model_copy(update={"metadata": kept})
        self._config = {
            **self._config,
            "create": self.request.model_dump(mode="json", exclude_none=True),
        }
        write_json(self._folder / CONFIG_FILE, self._config)

    def info(self) -> dict[str, Any]:
        """Qdrant's CollectionInfo. The tuning sections are what was asked for or Qdrant's defaults."""
        state = self.read(lambda shard: shard.info())
        return {
            "status": "green",
            "optimizer_status": "ok",
            "points_count": state.points_count,
            "indexed_vectors_count": state.indexed_vectors_count,
            "segments_count": state.segments_count,
            "config": _config_row(self.request),
            "payload_schema": {
                field: self._index_row(field, index) for field, index in state.payload_schema.items()
            },
        }

    def _index_row(self, field: str, index: "edge.PayloadIndexInfo") -> dict[str, Any]:
        row = {"data_type": index_type_name(index.data_type), "points": index.points}
        params = self._config["indexes"].get(field)
        return {**row, "params": params} if params else row

    def _save_indexes(self, indexes: dict[str, Any]) -> None:
        self._config = {**self._config, "indexes": indexes}
        write_json(self._folder / CONFIG_FILE, self._config)


def create_collection(folder: Path, *, name: str, request: models.CreateCollection) -> None:
    """Write an empty collection into a new folder, completely on disk when this returns."""
    config = edge_config(request)
    shard_folder = folder / _SHARD
    shard_folder.mkdir(parents=True)
    _call(lambda: _create_shard(shard_folder, config))
    create = request.model_dump(mode="json", exclude_none=True)
    write_json(folder / CONFIG_FILE, {"name": name, "create": create, "indexes": {}})
    sync_folder(folder)


def _create_shard(folder: Path, config: edge.EdgeConfig) -> None:
    shard = edge.EdgeShard.create(str(folder), config)
    shard.flush()
    shard.close()


def _call(action: Callable[[], T]) -> T:
    try:
        return action()
    except ApiError:
        raise
    except Exception as error:
        raise from_edge(error) from error


def _config_row(request: models.CreateCollection) -> dict[str, Any]:
    asked = request.model_dump(mode="json", exclude_none=True)
    hnsw = {"m": 16, "ef_construct": 100, "full_scan_threshold": 10_000, "max_indexing_threads": 0}
    optimizer = {
        "deleted_threshold": 0.2,
        "vacuum_min_vector_number": 1000,
        "default_segment_number": 1,
        "flush_interval_sec": 5,
    }
    names = ("vectors", "sparse_vectors", "shard_number", "replication_factor", "on_disk_payload")
    return {
        "params": {"shard_number": 1, "replication_factor": 1} | {k: asked[k] for k in names if k in asked},
        "hnsw_config": hnsw | asked.get("hnsw_config", {}),
        "optimizer_config": optimizer | asked.get("optimizers_config", {}),
        "wal_config": {"wal_capacity_mb": 32, "wal_segments_ahead": 0},
        "quantization_config": asked.get("quantization_config"),
        "metadata": asked.get("metadata"),
    }

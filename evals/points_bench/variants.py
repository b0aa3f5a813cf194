"""One way to keep points: a store process is filled, asked, and asked again after a restart."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.config import Settings, load_settings
from core.search import Candidates, HybridQuery
from evals.points_bench.points import DIMENSION, overlap, point_batches, queries
from evals.retrieval_bench.timing import Latency, resident_mb, summarised
from evals.store_process import store_process
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from store.vectors.embedded.collection import Collection
from store.vectors.index import QdrantIndex
from store.vectors.storage import VectorStorage

_BATCH_COUNT = 256
# Written at once: while the store works on one batch, this process makes the next.
_AT_ONCE_COUNT = 2
_WARM_UP_COUNT = 5


@dataclass(frozen=True, slots=True)
class Variant:
    """How points are kept: settings of `vectors`, and whether an HNSW graph is built after loading."""

    name: str
    count: int
    settings: dict[str, Any] = field(default_factory=dict)
    hnsw: bool = False
    query_count: int = 100


@dataclass(frozen=True, slots=True)
class Measured:
    """What a variant costs. Times of a query include both arms, the access filter and reading ten hits.

    `dense_recall` is the share of the exact best ten by cosine that the dense arm brings among its first ten; None: it is exact.
    """

    variant: Variant
    points_per_s: float
    loaded_mb: float
    restarted_mb: float
    disk_mb: float
    build_s: float
    latency: Latency
    dense_recall: float | None = None


async def measure(variant: Variant) -> Measured:
    """Fill a store, restart it, ask it. The first queries after the restart read files and are not counted."""
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), vectors={"url": None, **variant.settings})
        asked = queries(variant.query_count + _WARM_UP_COUNT)
        started_s = time.perf_counter()
        async with _open(settings) as (index, process_id):
            await index.prepare()
            await _load(index, variant.count)
            points_per_s = variant.count / (time.perf_counter() - started_s)
            loaded_mb = resident_mb(process_id)
            exact = [await index.candidates(query) for query in asked[:20]] if variant.hnsw else []
        build_s = await asyncio.to_thread(_build, settings) if variant.hnsw else 0.0
        async with _open(settings) as (index, process_id):
            times = [await _timed_ms(index, query) for query in asked]
            now = [await index.candidates(query) for query in asked[:20]] if variant.hnsw else []
            return Measured(
                variant,
                points_per_s,
                loaded_mb,
                resident_mb(process_id),
                _disk_mb(settings),
                build_s,
                summarised(times[_WARM_UP_COUNT:]),
                _recall(now, exact) if variant.hnsw else None,
            )


async def _load(index: QdrantIndex, count: int) -> None:
    pending: set[asyncio.Task[None]] = set()
    for batch in point_batches(count, batch_count=_BATCH_COUNT):
        if len(pending) == _AT_ONCE_COUNT:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        pending.add(asyncio.create_task(index.write(batch)))
        await asyncio.sleep(0)
    await asyncio.gather(*pending)


async def _timed_ms(index: QdrantIndex, query: HybridQuery) -> float:
    started_s = time.perf_counter()
    found = await index.candidates(query)
    best = dict([*found.dense[:5], *found.lexical[:5]])
    await index.hits(best, visible=query.visible)
    return 1000 * (time.perf_counter() - started_s)


def _recall(now: list[Candidates], exact: list[Candidates]) -> float:
    shares = [
        overlap([key for key, _ in found.dense[:10]], [key for key, _ in wanted.dense[:10]])
        for found, wanted in zip(now, exact, strict=True)
    ]
    return sum(shares) / len(shares)


def _build(settings: Settings) -> float:
    """Let the engine build its graph, which a serving store never does: it answers nothing meanwhile."""
    started_s = time.perf_counter()
    for file in sorted((settings.home / "vectors").glob("*/collection.json")):
        collection = Collection(file.parent)
        collection.read(lambda shard: shard.optimize())
        collection.close()
    return time.perf_counter() - started_s


def _disk_mb(settings: Settings) -> float:
    files = (settings.home / "vectors").rglob("*")
    # Blocks, not lengths: files are mapped, and longer than what is written.
    return sum(path.stat().st_blocks * 512 for path in files if path.is_file()) / 1024**2


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[tuple[QdrantIndex, int]]:
    vectors = settings.vectors
    async with store_process(settings) as process_id, connect(settings) as client:
        collections = QdrantCollections(
            client,
            alias=vectors.collection,
            batch_count=_BATCH_COUNT,
            storage=VectorStorage.of(vectors),
        )
        yield collections.index(dimension=DIMENSION, embedding="made up"), process_id

"""The embedded store over HTTP against qdrant-client's local mode, same data and queries, in one run.

python -m evals.bench_store [--points 1000 20000 100000] [--json]

Points have a 384-dimensional dense vector, 60 BM25 terms and the payload of a chunk with 800 characters. A query is what
Folio asks: both arms filtered by tenant, tier and file type, the best 100 of each fused, 10 hits with their payload.
"""

import argparse
import asyncio
import math
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import orjson

from core import ids
from core.access import AccessLabel, Principal, Tier
from core.config import Settings, load_settings
from core.filters import Equals
from core.search import ChunkPoint, HybridQuery, SparseVector
from retrieval.filters import visible_to
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.local_mode import local_mode

DIMENSION = 384
TERM_COUNT = 60
VOCABULARY = 30_000
BATCH_COUNT = 256
CHUNKS_PER_DOCUMENT = 16
MOST_QUERIES = 200
FEWEST_QUERIES = 5
# Local mode takes about 20 ms per thousand points and query: as many queries as about 8 s allow.
_LOCAL_BUDGET = 400_000
_PRINCIPAL = Principal("default", "bench", Tier.INTERNAL, frozenset())


@dataclass(frozen=True, slots=True)
class Measured:
    """One store at one size. `p95_ms` is the slowest query where there are fewer than 20."""

    store: str
    point_count: int
    upserts_per_s: float
    query_count: int
    p50_ms: float
    p95_ms: float


def random_chunks(count: int, *, seed: int) -> Iterator[list[ChunkPoint]]:
    """Batches of points; the words follow Zipf's law as those of a text do."""
    rng = np.random.default_rng(seed)
    for start in range(0, count, BATCH_COUNT):
        yield [_chunk(number, rng) for number in range(start, min(start + BATCH_COUNT, count))]


def random_queries(count: int, *, seed: int) -> list[HybridQuery]:
    """Questions of six words that a principal asks about Markdown files."""
    rng = np.random.default_rng(seed)
    return [
        HybridQuery(
            dense=_unit_vector(rng),
            sparse=_words(rng, 6),
            visible=visible_to(_PRINCIPAL),
            narrowed=Equals("mime_type", "text/markdown"),
        )
        for _ in range(count)
    ]


async def measure(store: str, index: QdrantIndex, *, point_count: int, query_count: int) -> Measured:
    """Fill a store and query it. Making the data is not timed."""
    await index.prepare()
    write_s = 0.0
    for batch in random_chunks(point_count, seed=1):
        started_s = time.perf_counter()
        await index.write(batch)
        write_s += time.perf_counter() - started_s
    times_ms = [await _timed_ms(index, query) for query in random_queries(query_count, seed=2)]
    return Measured(
        store,
        point_count,
        point_count / write_s,
        query_count,
        statistics.median(times_ms),
        sorted(times_ms)[math.ceil(0.95 * query_count) - 1],
    )


async def compare(point_count: int) -> list[Measured]:
    """Both stores at one size."""
    stores: list[tuple[str, AbstractAsyncContextManager[QdrantIndex], int]] = [
        ("embedded over HTTP", _embedded(), MOST_QUERIES),
        ("local mode", _local(), local_query_count(point_count)),
    ]
    rows = []
    for name, opened, query_count in stores:
        async with opened as index:
            rows.append(await measure(name, index, point_count=point_count, query_count=query_count))
    return rows


def local_query_count(point_count: int) -> int:
    """How many queries local mode is asked, so that a run ends."""
    return max(FEWEST_QUERIES, min(MOST_QUERIES, _LOCAL_BUDGET // point_count))


def as_text(rows: Sequence[Measured]) -> str:
    """A table; the last column says how many times the embedded store is faster."""
    lines = [
        f"{'points':>8}  {'store':<19} {'upserts/s':>10} {'queries':>8} {'p50 ms':>9} {'p95 ms':>9}  times faster"
    ]
    embedded = {row.point_count: row for row in rows if row.store != "local mode"}
    for row in rows:
        ours = embedded[row.point_count]
        faster = "" if row is ours else f"{row.p50_ms / ours.p50_ms:.0f} (query p50)"
        lines.append(
            f"{row.point_count:>8}  {row.store:<19} {row.upserts_per_s:>10.0f} {row.query_count:>8} "
            f"{row.p50_ms:>9.2f} {row.p95_ms:>9.2f}  {faster}"
        )
    note = "Both stores hold all points; local mode is asked fewer queries because each takes so long."
    return "\n".join([*lines, note, ""])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", nargs="+", type=int, default=[1_000, 20_000, 100_000])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = [row for point_count in options.points for row in asyncio.run(compare(point_count))]
    if options.json:
        sys.stdout.write(
            orjson.dumps([asdict(row) for row in rows], option=orjson.OPT_APPEND_NEWLINE).decode()
        )
    else:
        sys.stdout.write(as_text(rows))


@asynccontextmanager
async def _embedded() -> AsyncIterator[QdrantIndex]:
    with tempfile.TemporaryDirectory() as home:
        settings = load_settings(home=Path(home), vectors={"url": None})
        async with _process(settings), connect(settings) as client:
            yield QdrantIndex(client, collection="bench", dimension=DIMENSION, batch_count=BATCH_COUNT)


@asynccontextmanager
async def _process(settings: Settings) -> AsyncIterator[None]:
    command = [sys.executable, "-m", "store.vectors.embedded", "--folder", str(settings.home / "vectors")]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        if process.stdout is not None:
            await process.stdout.readline()
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@asynccontextmanager
async def _local() -> AsyncIterator[QdrantIndex]:
    async with local_mode() as client:
        yield QdrantIndex(client, collection="bench", dimension=DIMENSION, batch_count=BATCH_COUNT)


async def _timed_ms(index: QdrantIndex, query: HybridQuery) -> float:
    started_s = time.perf_counter()
    await index.search(query)
    return 1000 * (time.perf_counter() - started_s)


def _chunk(number: int, rng: np.random.Generator) -> ChunkPoint:
    document, ordinal = divmod(number, CHUNKS_PER_DOCUMENT)
    doc_id = f"{document:032x}"
    return ChunkPoint(
        point_id=ids.point_id(doc_id, version=1, ordinal=ordinal),
        dense=_unit_vector(rng),
        sparse=_words(rng, TERM_COUNT),
        doc_id=doc_id,
        version=1,
        ordinal=ordinal,
        source_id="bench",
        external_id=None,
        path=f"{document}.md",
        title=f"Document {document}",
        mime_type="text/markdown" if document % 2 else "text/plain",
        heading="Heading",
        page=None,
        start=800 * ordinal,
        end=800 * ordinal + 800,
        parent_start=0,
        parent_end=800 * CHUNKS_PER_DOCUMENT,
        text="words " * 133 + "at",
        access=AccessLabel("default", Tier.INTERNAL),
        active=True,
    )


def _unit_vector(rng: np.random.Generator) -> tuple[float, ...]:
    vector = rng.standard_normal(DIMENSION)
    return tuple((vector / np.linalg.norm(vector)).tolist())


def _words(rng: np.random.Generator, count: int) -> SparseVector:
    drawn = np.unique(rng.zipf(1.2, 20 * count) % VOCABULARY)
    indices = np.sort(rng.permutation(drawn)[:count])
    return SparseVector(tuple(indices.tolist()), tuple(rng.uniform(0.5, 2.0, len(indices)).tolist()))


if __name__ == "__main__":
    main()

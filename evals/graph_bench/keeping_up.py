"""How long a graph takes to load from the catalog, and to follow an edit of one document."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.graph import DocumentEvidence
from core.graph_settings import GraphSettings
from evals.graph_bench.evidence import document, made_up
from evals.graph_bench.walks import LIMIT, READER, random_seeds
from evals.ingest_bench.throughput import Watch, peak_mb
from graph.memory import memory_bytes
from graph.service import KnowledgeGraph
from store.catalog.address import catalog_url
from store.catalog.catalog import SqlCatalog, open_catalog
from store.catalog.engine import Database
from store.catalog.graph_rows import document_to_row, evidence_to_rows
from store.catalog.graph_tables import graph_documents, graph_evidence, graph_positions

_TENANT = "default"
_BATCH_COUNT = 1000
_WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC)
_TICK_S = 0.01


@dataclass(frozen=True, slots=True)
class RefreshCost:
    """After an edit of one document among `document_count`: medians of milliseconds.

    `write_ms`: the catalog has the edit; `refresh_ms`: the view has it; `walk_ms`: the first walk over it; `cpu_ms`: the
    processor time of the last two, in all threads.
    """

    document_count: int
    row_count: int
    write_ms: float
    refresh_ms: float
    walk_ms: float
    cpu_ms: float

    @property
    def both_ms(self) -> float:
        """From an edit in the catalog to the end of the first walk that sees it."""
        return self.refresh_ms + self.walk_ms


@dataclass(frozen=True, slots=True)
class LoadCost:
    """A cold load of `row_count` rows; `cpu_s` of all threads. `longest_stall_s`: how long the event loop did nothing else, at worst."""

    row_count: int
    seconds: float
    cpu_s: float
    longest_stall_s: float
    view_mb: float
    peak_mb: float

    @property
    def rows_per_s(self) -> float:
        """Rows a second."""
        return self.row_count / self.seconds


def measure_refresh(document_count: int, *, edit_count: int) -> RefreshCost:
    """Edits through a real SQLite catalog and its change log."""
    return asyncio.run(_refresh(document_count, edit_count))


def measure_load(document_count: int) -> LoadCost:
    """A load through a real SQLite catalog."""
    return asyncio.run(_load(document_count))


async def _refresh(document_count: int, edit_count: int) -> RefreshCost:
    async with _filled(document_count) as (catalog, row_count):
        graph = _graph_over(catalog)
        view = await graph.refreshed()
        keys, doc_ids = sorted(view.graph.nodes), sorted(view.documents)
        rng = random.Random(11)  # noqa: S311 - no secret
        await graph.walk(READER, random_seeds(rng, keys, doc_ids), limit=LIMIT)
        costs: list[tuple[float, ...]] = []
        for turn in range(edit_count):
            edited = document(rng.randrange(document_count), document_count=document_count, version=turn + 2)
            seeds = random_seeds(rng, keys, doc_ids)
            moments = [time.perf_counter()]
            await catalog.graph.replace(edited)
            moments.append(time.perf_counter())
            cpu_s = time.process_time()
            await graph.refreshed()
            moments.append(time.perf_counter())
            await graph.walk(READER, seeds, limit=LIMIT)
            moments.append(time.perf_counter())
            cpu_ms = (time.process_time() - cpu_s) * 1000
            costs.append((*((after - before) * 1000 for before, after in pairwise(moments)), cpu_ms))
    return RefreshCost(document_count, row_count, *(median(each) for each in zip(*costs, strict=True)))


async def _load(document_count: int) -> LoadCost:
    async with _filled(document_count) as (catalog, row_count):
        graph = _graph_over(catalog)
        stalls = asyncio.create_task(_stalls())
        watch = Watch()
        view = await graph.refreshed()
        seconds, cpu_s = watch.stop()
        stalls.cancel()
        longest = (await asyncio.gather(stalls, return_exceptions=True))[0]
        return LoadCost(row_count, seconds, cpu_s, _as_s(longest), memory_bytes(view) / 1e6, peak_mb())


async def _stalls() -> float:
    """The longest time, in seconds, that passed between two moments in which the event loop was free; until cancelled."""
    longest_s = 0.0
    try:
        while True:
            began_s = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            longest_s = max(longest_s, time.perf_counter() - began_s - _TICK_S)
    except asyncio.CancelledError:
        return longest_s


def _as_s(found: float | BaseException) -> float:
    return found if isinstance(found, float) else 0.0


def _graph_over(catalog: SqlCatalog) -> KnowledgeGraph:
    return KnowledgeGraph(
        catalog.graph,
        catalog.graph_merges,
        settings=GraphSettings(refresh_s=0.0),
        clock=SystemClock(),
        tenant=_TENANT,
    )


@asynccontextmanager
async def _filled(document_count: int) -> AsyncIterator[tuple[SqlCatalog, int]]:
    """A new catalog with made-up evidence, and how many rows it has."""
    with TemporaryDirectory() as place:
        settings = load_settings(home=Path(place))
        async with open_catalog(settings, SystemClock()) as catalog:
            yield catalog, await _fill(settings, document_count)


async def _fill(settings: Settings, document_count: int) -> int:
    """Write in bulk what `replace` would write one by one."""
    database, documents, row_count = Database(catalog_url(settings)), made_up(document_count), 0
    async with database.writing() as connection:
        await connection.execute(sa.insert(graph_positions), {"tenant": _TENANT, "evidence": 1})
        while some := list(islice(documents, _BATCH_COUNT)):
            rows = [row for each in some for row in evidence_to_rows(each)]
            await connection.execute(sa.insert(graph_documents), [_entry(each) for each in some])
            await connection.execute(sa.insert(graph_evidence), rows)
            row_count += len(rows)
    await database.close()
    return row_count


def _entry(evidence: DocumentEvidence) -> dict[str, object]:
    return document_to_row(evidence, _WRITTEN_AT)

"""What the graph adds to the time in which a folder becomes searchable."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core.config import load_settings
from evals.ingest_bench.throughput import WARM_UP, Watch
from folio.knowledge_base import KnowledgeBase

_GRAPH_STAGE = "graph"


@dataclass(frozen=True, slots=True)
class IngestCost:
    """One ingestion of a folder: seconds on the wall, of all threads, and of work in the graph's stage."""

    with_graph: bool
    chunk_count: int
    seconds: float
    cpu_s: float
    graph_s: float


def measure_ingest(folder: Path, *, with_graph: bool) -> IngestCost:
    """Ingest a folder into a new home, models loaded before. Files that cannot be read are left out either way."""
    return asyncio.run(_ingest(folder, with_graph=with_graph))


async def _ingest(folder: Path, *, with_graph: bool) -> IngestCost:
    with TemporaryDirectory() as place:
        warm_up = Path(place) / "warm-up"
        warm_up.mkdir()
        (warm_up / "note.md").write_text(WARM_UP, encoding="utf-8")
        settings = load_settings(home=Path(place) / "home", graph={"enabled": with_graph})
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([warm_up])
            watch = Watch()
            report = await kb.ingest([folder])
            seconds, cpu_s = watch.stop()
    stage = report.stages.get(_GRAPH_STAGE)
    return IngestCost(with_graph, report.chunk_count, seconds, cpu_s, stage.seconds if stage else 0.0)

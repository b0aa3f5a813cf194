"""A process that ingests a folder into real stores: `python -m tests.e2e.ingest_writer FOLDER`, settings from the environment.

Prints the path of every file after it is finished.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.runs import IngestReport, RunRecord
from inference.lexical.bm25 import Bm25Encoder
from ingest.engine import EngineParts, IngestEngine
from ingest.pii.off import NoRedaction
from ingest.pipeline import Pipelines
from ingest.plan import Progress
from ingest.sources.targets import resolve_targets
from store.artifacts.fsspec_store import FsspecArtifacts
from store.catalog.catalog import SqlCatalog, open_catalog
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from tests.fakes.chunker import FakeChunker
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.fakes.parser import FakeParser

DIMENSION = 32


@dataclass
class RealWorld:
    """An engine over SQLite and the embedded store; parser, chunker, embedder and extractor are fakes, for speed."""

    catalog: SqlCatalog
    index: QdrantIndex
    artifacts: FsspecArtifacts
    engine: IngestEngine

    async def sync(self, folder: Path, on_progress: Callable[[Progress], None] | None = None) -> IngestReport:
        known = await self.catalog.sources("default")
        plan = await self.engine.plan(
            resolve_targets([folder], known=known, tenant="default", as_jsonl=False)
        )
        run = RunRecord(uuid4().hex, (), SystemClock().now())
        return await self.engine.execute(plan, run=run, on_progress=on_progress)


@asynccontextmanager
async def real_world(settings: Settings) -> AsyncIterator[RealWorld]:
    clock = SystemClock()
    async with open_catalog(settings, clock) as catalog, connect(settings) as client:
        index = QdrantIndex(client, collection="folio", dimension=DIMENSION, batch_count=16)
        await index.prepare()
        artifacts = FsspecArtifacts(str(settings.home / "artifacts"))
        parts = EngineParts(
            pipelines=Pipelines(
                FakeParser(),
                redactor=lambda *_: NoRedaction(),
                chunker=lambda *_: FakeChunker(),
                extractor=FakeGraphExtractor(),
            ),
            embedder=FakeEmbedder(DIMENSION),
            sparse=Bm25Encoder(settings.sparse),
            index=index,
            points=index,
            documents=catalog,
            leases=catalog,
            sources=catalog,
            artifacts=artifacts,
            clock=clock,
            graph=catalog.graph,
        )
        yield RealWorld(catalog, index, artifacts, IngestEngine(parts, settings))


def tell(progress: Progress) -> None:
    sys.stdout.write(progress.current_path + "\n")
    sys.stdout.flush()


async def main(folder: Path) -> None:
    async with real_world(load_settings()) as world:
        await world.sync(folder, tell)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))

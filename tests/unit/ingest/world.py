"""A small knowledge base in memory, with a folder of real files, for tests of the ingest engine."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.config import Settings
from core.documents import DocumentRecord, Source
from core.runs import IngestReport, RunRecord
from ingest.engine import EngineParts, IngestEngine
from ingest.pii.off import NoRedaction
from ingest.pipeline import Pipelines
from ingest.plan import SyncPlan
from ingest.screen.document_screen import DocumentScreen
from ingest.sources.targets import resolve_targets
from ingest.veils import Veils, no_veils
from tests.fakes.artifacts import FakeArtifacts
from tests.fakes.catalog import FakeCatalog
from tests.fakes.chunker import FakeChunker
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.fakes.parser import FakeParser
from tests.fakes.sparse import FakeSparseEncoder
from tests.fakes.vault import FakeVault
from tests.fakes.vector_index import FakeVectorIndex


def settings(home: Path, **sections: Any) -> Settings:
    """Nothing is tried twice in a run, unless the test says so; then without a pause."""
    ingest = {"retry_count": 0, "retry_delay_s": 0, **sections.pop("ingest", {})}
    return Settings(_env_file=None, home=home, ingest={"settle_s": 0.0, **ingest}, **sections)


@dataclass
class World:
    """`folder` holds the files; `sync()` ingests it. Replace a part before the first sync to make it misbehave."""

    folder: Path
    settings: Settings
    clock: FakeClock = field(default_factory=FakeClock)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    index: FakeVectorIndex = field(default_factory=FakeVectorIndex)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    parser: Any = field(default_factory=FakeParser)
    redactor: Any = field(default_factory=NoRedaction)
    chunker: Any = field(default_factory=FakeChunker)
    embedder: Any = field(default_factory=FakeEmbedder)
    vault: FakeVault = field(default_factory=FakeVault)
    veils: Veils = field(default_factory=no_veils)
    extractor: FakeGraphExtractor | None = None
    graph: FakeGraphEvidence = field(default_factory=FakeGraphEvidence)
    screen: DocumentScreen | None = None

    @property
    def engine(self) -> IngestEngine:
        parts = EngineParts(
            pipelines=Pipelines(
                self.parser,
                redactor=lambda policy, _: NoRedaction() if policy == "off" else self.redactor,
                chunker=lambda strategy, _: FakeChunker(strategy) if strategy else self.chunker,
                extractor=self.extractor,
                screen=self.screen,
            ),
            embedder=self.embedder,
            sparse=FakeSparseEncoder(),
            index=self.index,
            points=self.index,
            documents=self.catalog,
            leases=self.catalog,
            sources=self.catalog,
            artifacts=self.artifacts,
            clock=self.clock,
            hider=self.index if self.settings.retention.deleted_s else None,
            veils=self.veils,
            vault=self.vault,
            graph=self.graph,
        )
        return IngestEngine(parts, self.settings)

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    async def plan(self, *paths: Path, as_jsonl: bool = False) -> SyncPlan:
        known = await self.catalog.sources("default")
        targets = resolve_targets(paths or [self.folder], known=known, tenant="default", as_jsonl=as_jsonl)
        return await self.engine.plan(targets)

    async def sync(self, *paths: Path, as_jsonl: bool = False, **options: Any) -> IngestReport:
        return await self.execute(await self.plan(*paths, as_jsonl=as_jsonl), **options)

    async def execute(self, plan: SyncPlan, **options: Any) -> IngestReport:
        return await self.engine.execute(plan, run=run_record(), **options)

    async def records(self) -> dict[str, DocumentRecord]:
        return {row.path: row for row in await self.catalog.page("default", limit=1000)}

    async def amend(self, path: str, **changes: Any) -> None:
        """Change a document's record, as a crash or another process may have left it."""
        await self.catalog.save([replace((await self.records())[path], **changes)])

    def texts(self, path: str) -> list[str]:
        """The searchable chunks of a document in reading order."""
        points = [point for point in self.index.points.values() if point.path == path and point.active]
        return [point.text for point in sorted(points, key=lambda point: point.ordinal)]


def run_record() -> RunRecord:
    return RunRecord(run_id="run-1", source_ids=(), started_at=datetime(2026, 1, 1, tzinfo=UTC))


def source_of(world: World) -> Source:
    return resolve_targets([world.folder], known=[], tenant="default", as_jsonl=False)[0].source

"""A knowledge base over SQLite and the embedded store whose pipeline can be changed and whose stores can break.

Parser, redactor, chunker, embedder and graph extractor are fakes; catalog, vectors and BM25 are real.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from qdrant_client import AsyncQdrantClient

from core import ids
from core.access import Principal, Tier
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind, SourceOptions
from core.filters import All
from core.generations import Generation, GenerationState
from core.graph import DocumentEvidence
from core.ports import Redactor
from core.runs import IngestReport, RunRecord
from core.search import HybridQuery
from inference.lexical.bm25 import Bm25Encoder
from ingest.engine import EngineParts, IngestEngine
from ingest.pii.off import NoRedaction
from ingest.pipeline import Pipelines
from ingest.rebuild.copying import Collections
from ingest.rebuild.switch import Switch, SwitchParts
from ingest.renewing import EvidenceRenewer
from ingest.sources.targets import SyncTarget
from retrieval.filters import visible_to
from store.catalog.catalog import open_catalog
from store.vectors.arms import arms
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from tests.fakes.artifacts import FakeArtifacts
from tests.fakes.catalog import FakeCatalog
from tests.fakes.chunker import FakeChunker
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.fuse import Fuse
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.fakes.parser import FakeParser
from tests.fakes.redactor import FakeRedactor

PRINCIPALS = (
    Principal(clearance=Tier.INTERNAL),
    Principal(clearance=Tier.RESTRICTED, groups=frozenset({"hr"})),
)


@dataclass(frozen=True)
class Pipeline:
    """What shapes the index: another value of any field is another fingerprint."""

    hidden: str = "secret"
    chunker: str = "fake-chunker:1"
    dimension: int = 32


@dataclass
class LifeWorld:
    """`sync()` brings the index up to date with `folder`; `fresh()` is what an empty one would have become."""

    folder: Path
    settings: Settings
    catalog: Any
    client: AsyncQdrantClient
    fresh_client: AsyncQdrantClient
    index: Any = None
    pipeline: Pipeline = Pipeline()
    options: SourceOptions = field(default_factory=SourceOptions)
    clock: FakeClock = field(default_factory=FakeClock)
    artifacts: FakeArtifacts = field(default_factory=FakeArtifacts)
    fuse: Fuse = field(default_factory=Fuse)
    extractor: FakeGraphExtractor | None = field(default_factory=FakeGraphExtractor)

    @property
    def source(self) -> Source:
        root = str(self.folder)
        return Source(ids.source_id("folder", root), SourceKind.FOLDER, root, options=self.options)

    async def use(self, pipeline: Pipeline) -> None:
        """Go on with another pipeline, as after a restart with other settings; another model, as after a rebuild."""
        if self.index is not None and pipeline.dimension != self.pipeline.dimension:
            await self._rebuild(pipeline)
        self.pipeline = pipeline
        self.index = await self._index(self.client, "folio")

    async def sync(self, bucket: tuple[int, int] | None = None) -> IngestReport:
        """Scan, compare, index; through the fuse."""
        protect = self.fuse.protect
        parts = self._parts(protect(self.catalog), protect(self.index), protect(self.artifacts))
        return await self._synced(replace(parts, graph=protect(self.catalog.graph)), bucket)

    async def fresh(self) -> tuple[QdrantIndex, FakeGraphEvidence]:
        """A new index and graph of the folder as it is, with the same pipeline."""
        index = await self._index(self.fresh_client, "fresh" + uuid4().hex[:8])
        graph = FakeGraphEvidence()
        parts = self._parts(FakeCatalog(), index, FakeArtifacts())
        report = await self._synced(replace(parts, graph=graph))
        assert report.failed == ()
        return index, graph

    async def evidence(self) -> dict[str, DocumentEvidence]:
        """What the graph has of each document."""
        return {row.doc_id: row async for row in self.catalog.graph.load("default")}

    async def read_graph(self) -> None:
        """Read what the graph lacks from what is stored, as `folio graph build` does."""
        if self.extractor is None:
            return
        renewer = EvidenceRenewer(self.extractor, self.catalog.graph, self.index, self.artifacts)
        kept = await self.catalog.graph.kept("default")
        for doc_id, record in (await self.records()).items():
            if record.state is DocumentState.INDEXED and kept.get(doc_id) != record.version:
                assert await renewer.renew(record) is not None

    async def drop(self, index: QdrantIndex) -> None:
        """Forget an index that `fresh` made."""
        await self.fresh_client.delete_collection(index.collection)

    async def records(self) -> dict[str, DocumentRecord]:
        return {row.doc_id: row for row in await self.catalog.page("default", limit=1000)}

    async def points(self, index: QdrantIndex) -> list[dict[str, Any]]:
        """The payloads of all points, inactive ones too."""
        client = self.client if index is self.index else self.fresh_client
        rows, offset = await client.scroll(index.collection, limit=10_000)
        assert offset is None
        return [row.payload or {} for row in rows]

    async def found(self, index: QdrantIndex, question: str) -> dict[str, Any]:
        """What each principal finds: the hits, and the raw scores of the dense and the BM25 arm."""
        client = self.client if index is self.index else self.fresh_client
        found: dict[str, Any] = {}
        for number, principal in enumerate(PRINCIPALS):
            query = await self._query(question, principal)
            hits = await index.search(query)
            found[f"{number}:hits"] = sorted((hit.doc_id, hit.ordinal, hit.text) for hit in hits)
            for arm in arms(query):
                response = await client.query_points(
                    index.collection,
                    query=arm["query"],
                    using=arm["using"],
                    query_filter=arm["filter"],
                    search_params=arm["params"],
                    limit=arm["limit"],
                )
                found[f"{number}:{arm['using']}"] = {
                    (point.payload["doc_id"], point.payload["ordinal"]): round(point.score, 4)
                    for point in response.points
                    if point.payload
                }
        return found

    async def shown(self, path: str) -> tuple[str, ...]:
        """What a reader with every right sees of a document now."""
        doc_id = ids.doc_id(self.source.source_id, path)
        hits = await self.index.passages(doc_id, visible=visible_to(PRINCIPALS[1]))
        return tuple(hit.text for hit in hits)

    def expected(self, path: str) -> tuple[str, ...]:
        """What a reader would see of a file if it were indexed now; nothing if it is not there."""
        file = self.folder / path
        if not file.exists():
            return ()
        parsed = FakeParser().parse(file.read_bytes(), path=path)
        redacted = self._redactor(self.options.redaction, "default").redact(parsed)
        return tuple(chunk.text for chunk in FakeChunker().chunk(redacted.document))

    async def _query(self, question: str, principal: Principal) -> HybridQuery:
        return HybridQuery(
            dense=await self._embedder().embed_query(question),
            sparse=Bm25Encoder(self.settings.sparse).encode_query(question),
            visible=visible_to(principal),
            narrowed=All(()),
            limit=100,
            candidate_count=1000,
        )

    async def _synced(self, parts: EngineParts, bucket: tuple[int, int] | None = None) -> IngestReport:
        engine = IngestEngine(parts, self.settings)
        plan = await engine.plan([SyncTarget(self.source, bucket=bucket)])
        return await engine.execute(plan, run=RunRecord(uuid4().hex, (), self.clock.now()))

    def _parts(self, catalog: Any, index: Any, artifacts: Any) -> EngineParts:
        return EngineParts(
            pipelines=Pipelines(
                FakeParser(),
                redactor=self._redactor,
                chunker=lambda strategy, _: FakeChunker(strategy or self.pipeline.chunker),
                extractor=self.extractor,
            ),
            embedder=self._embedder(),
            sparse=Bm25Encoder(self.settings.sparse),
            index=index,
            points=index,
            documents=catalog,
            leases=catalog,
            sources=catalog,
            artifacts=artifacts,
            clock=self.clock,
        )

    async def _index(self, client: AsyncQdrantClient, alias: str) -> QdrantIndex:
        embedder = self._embedder()
        index = QdrantIndex(
            client,
            collection=alias,
            dimension=embedder.dimension,
            embedding=embedder.fingerprint,
            batch_count=4,
        )
        await index.prepare()
        return index

    async def _rebuild(self, pipeline: Pipeline) -> None:
        engine = IngestEngine(self._parts(self.catalog, self.index, self.artifacts), self.settings)
        embedder = FakeEmbedder(pipeline.dimension)
        collections = QdrantCollections(self.client, alias="folio", batch_count=4)
        index = collections.index(dimension=embedder.dimension, embedding=embedder.fingerprint, beside=True)
        parts = SwitchParts(
            collections=collections,
            generations=self.catalog.generations,
            leases=self.catalog,
            clock=self.clock,
            lease_s=60.0,
            keep_s=0.0,
            noticed_s=0.0,
        )
        wanted = Generation(
            collection=index.collection,
            fingerprint=embedder.fingerprint,
            embedding=self.settings.embedding,
            state=GenerationState.BUILDING,
            created_at=self.clock.now(),
        )
        moves = (
            (
                engine.fingerprint_of(self.source),
                engine.fingerprint_of(self.source, embedder=embedder.fingerprint),
            ),
        )
        await Switch(parts).run(wanted, Collections(self.index, index, embedder), moves=moves)

    def _redactor(self, policy: str | None, tenant: str) -> Redactor:
        del tenant
        return NoRedaction() if policy == "off" else FakeRedactor(self.pipeline.hidden)

    def _embedder(self) -> FakeEmbedder:
        return FakeEmbedder(self.pipeline.dimension)


@asynccontextmanager
async def life_world(place: Path) -> AsyncIterator[LifeWorld]:
    """An empty knowledge base over an empty folder, both below `place`."""
    folder = place / "docs"
    folder.mkdir()
    ingest = {"retry_count": 1, "retry_delay_s": 0, "settle_s": 0}
    settings = Settings(_env_file=None, home=place / "home", ingest=ingest)
    clock = FakeClock()
    elsewhere = settings.model_copy(update={"home": place / "fresh"})
    async with (
        open_catalog(settings, clock) as catalog,
        connect(settings) as client,
        connect(elsewhere) as fresh_client,
    ):
        world = LifeWorld(folder, settings, catalog, client, fresh_client, clock=clock)
        await world.use(Pipeline())
        yield world


def without_version(payload: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """A payload as a value that can be compared and sorted; versions of two histories differ."""
    return tuple(sorted((key, repr(value)) for key, value in payload.items() if key != "version"))


def changed(pipeline: Pipeline, **parts: Any) -> Pipeline:
    """The pipeline with other parts."""
    return replace(pipeline, **parts)

"""All wiring, in one place: which adapter stands behind which port is decided here and by settings only."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clock import SystemClock
from core.config import Settings
from core.ports import ArtifactStore, Clock, Embedder, Redactor, SparseEncoder
from generation.extractive import ExtractiveAnswerer
from inference.embed.factory import create_embedder, create_token_counter
from retrieval.service import SearchService
from store.vectors.bm25 import Bm25Encoder
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.inspector import QdrantInspector

if TYPE_CHECKING:
    from ingest.engine import IngestEngine
    from store.catalog.catalog import SqlCatalog


@dataclass(frozen=True, slots=True)
class Parts:
    """What search and answers need. The catalog is opened apart, by those who need it: a question does not."""

    index: QdrantIndex
    inspector: QdrantInspector
    embedder: Embedder
    sparse: SparseEncoder
    search: SearchService
    answerer: ExtractiveAnswerer
    clock: Clock


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open the stores and put the services on top of them; closes everything in reverse order."""
    clock = SystemClock()
    embedder = create_embedder(settings.embedding)
    sparse = Bm25Encoder(settings.sparse)
    async with connect(settings) as client:
        index = QdrantIndex(
            client,
            collection=settings.vectors.collection,
            dimension=embedder.dimension,
            embedding=embedder.fingerprint,
            batch_count=settings.vectors.batch_count,
        )
        await index.prepare()
        yield Parts(
            index=index,
            inspector=QdrantInspector(client, alias=settings.vectors.collection, current=index.collection),
            embedder=embedder,
            sparse=sparse,
            search=SearchService(
                index, embedder=embedder, sparse=sparse, settings=settings.retrieval, clock=clock
            ),
            answerer=ExtractiveAnswerer(embedder, sparse=sparse, settings=settings.answers),
            clock=clock,
        )


def open_catalog(settings: Settings, clock: Clock) -> "AbstractAsyncContextManager[SqlCatalog]":
    """The catalog, migrated where needed. Its libraries take a third of the time that a one-shot question may take."""
    from store.catalog.catalog import open_catalog as open_sql_catalog

    return open_sql_catalog(settings, clock)


def open_artifacts(settings: Settings) -> ArtifactStore:
    """Where redacted text is kept: the file system that the settings name, else a folder in the home."""
    from store.artifacts.fsspec_store import FsspecArtifacts

    return FsspecArtifacts(settings.artifacts.url or str(settings.home / "artifacts"))


def create_engine(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> "IngestEngine":
    """The ingest engine over open stores. Parser, redactor and chunker load their libraries on first use."""
    from ingest.chunk.structure import StructureChunker
    from ingest.engine import EngineParts, IngestEngine
    from ingest.parse.kreuzberg_parser import KreuzbergParser

    engine_parts = EngineParts(
        parser=KreuzbergParser(settings.ingest),
        redactor=create_redactor(settings),
        chunker=StructureChunker(settings.chunks, create_token_counter(settings.embedding)),
        embedder=parts.embedder,
        sparse=parts.sparse,
        index=parts.index,
        points=parts.index,
        documents=catalog,
        leases=catalog,
        sources=catalog,
        artifacts=open_artifacts(settings),
        clock=parts.clock,
    )
    return IngestEngine(engine_parts, settings)


def create_redactor(settings: Settings) -> Redactor:
    """The redactor of the policy in the settings."""
    if settings.redaction.policy == "off":
        from ingest.pii.off import NoRedaction

        return NoRedaction()
    from ingest.pii.presidio_redactor import PresidioRedactor

    return PresidioRedactor(settings.redaction)

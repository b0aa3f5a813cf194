"""All wiring, in one place: which adapter stands behind which port is decided here and by settings only."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.clock import SystemClock
from core.config import Settings
from core.ports import ArtifactStore, Chunker, Clock, Embedder, Redactor, SparseEncoder
from generation.extractive import ExtractiveAnswerer
from inference.embed.factory import create_embedder, create_token_counter
from retrieval.service import SearchService
from store.vectors.bm25 import Bm25Encoder
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.inspector import QdrantInspector

if TYPE_CHECKING:
    from ingest.engine import IngestEngine
    from ingest.pipeline import Pipelines
    from store.catalog.catalog import SqlCatalog

_CHUNKING = "structure"


@dataclass(frozen=True, slots=True)
class Parts:
    """What search and answers need. The catalog is opened apart, by those who need it: a question does not.

    `settings` are those in effect: their embedding model is the live generation's.
    """

    settings: Settings
    index: QdrantIndex
    inspector: QdrantInspector
    collections: QdrantCollections
    embedder: Embedder
    sparse: SparseEncoder
    search: SearchService
    answerer: ExtractiveAnswerer
    clock: Clock


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open the stores of a knowledge base that is new or was built with the model that the settings name.

    Others are opened by `folio.live`, which looks what was.
    """
    async with open_collections(settings) as collections:
        parts = create_parts(
            settings, collections, embedder=create_embedder(settings.embedding), clock=SystemClock()
        )
        await parts.index.prepare()
        yield parts


@asynccontextmanager
async def open_collections(settings: Settings) -> AsyncIterator[QdrantCollections]:
    """The vector store's collections; closed at the end."""
    async with connect(settings) as client:
        vectors = settings.vectors
        yield QdrantCollections(client, alias=vectors.collection, batch_count=vectors.batch_count)


def create_parts(
    settings: Settings,
    collections: QdrantCollections,
    *,
    embedder: Embedder,
    clock: Clock,
    beside: bool = False,
) -> Parts:
    """The services over the collection of an embedder, which is the one of `settings.embedding`.

    `beside`: another collection may be live; this one is being built.
    """
    sparse = Bm25Encoder(settings.sparse)
    index = collections.index(dimension=embedder.dimension, embedding=embedder.fingerprint, beside=beside)
    return Parts(
        settings=settings,
        index=index,
        inspector=collections.inspector(index.collection),
        collections=collections,
        embedder=embedder,
        sparse=sparse,
        search=SearchService(
            index, embedder=embedder, sparse=sparse, settings=settings.retrieval, clock=clock
        ),
        answerer=ExtractiveAnswerer(embedder, sparse=sparse, settings=settings.answers),
        clock=clock,
    )


@asynccontextmanager
async def open_catalog(settings: Settings, clock: Clock) -> "AsyncIterator[SqlCatalog]":
    """The catalog, migrated where needed, with the declared sources as they are declared now.

    Its libraries take a third of the time that a one-shot question may take.
    """
    from folio.source_changes import record_declared
    from store.catalog.catalog import open_catalog as open_sql_catalog

    async with open_sql_catalog(settings, clock) as catalog:
        await record_declared(settings, catalog)
        yield catalog


def open_artifacts(settings: Settings) -> ArtifactStore:
    """Where redacted text is kept: the file system that the settings name, else a folder in the home."""
    from store.artifacts.fsspec_store import FsspecArtifacts

    return FsspecArtifacts(settings.artifacts.url or str(settings.home / "artifacts"))


def create_engine(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> "IngestEngine":
    """The ingest engine over open stores. Parser, redactors and chunkers load their libraries on first use."""
    from ingest.engine import EngineParts, IngestEngine

    engine_parts = EngineParts(
        pipelines=create_pipelines(settings, parts.embedder),
        embedder=parts.embedder,
        sparse=parts.sparse,
        index=parts.index,
        points=parts.index,
        documents=catalog,
        leases=catalog,
        sources=catalog,
        artifacts=open_artifacts(settings),
        clock=parts.clock,
        hider=parts.index if settings.retention.deleted_s else None,
    )
    return IngestEngine(engine_parts, settings)


def create_pipelines(settings: Settings, embedder: Embedder) -> "Pipelines":
    """Parser, redactor and chunker of every source, by its options. Nothing is loaded yet."""
    from ingest.chunk.factory import create_chunker
    from ingest.parse.kreuzberg_parser import KreuzbergParser
    from ingest.pipeline import Pipelines

    counter = create_token_counter(settings.embedding)

    def embed(texts: Sequence[str]) -> list[tuple[float, ...]]:
        # In a loop of its own, with threads of its own: the caller is one of the threads that prepare documents, and
        # if all of them waited for one of their like, none would ever come.
        return asyncio.run(_embedded(embedder, texts))

    def chunker(strategy: str | None, language: str | None) -> Chunker:
        chosen = strategy or _CHUNKING
        return create_chunker(
            chosen, settings=settings.chunks, counter=counter, language=language, embed=embed
        )

    return Pipelines(
        KreuzbergParser(settings.ingest),
        redactor=lambda policy: create_redactor(settings, policy=policy),
        chunker=chunker,
    )


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> list[tuple[float, ...]]:
    return await embedder.embed_passages(texts)


def create_redactor(settings: Settings, *, policy: str | None = None) -> Redactor:
    """The redactor of a policy; of the one in the settings if none is given."""
    if (policy or settings.redaction.policy) == "off":
        from ingest.pii.off import NoRedaction

        return NoRedaction()
    from ingest.pii.presidio_redactor import PresidioRedactor

    return PresidioRedactor(
        settings.redaction if policy is None else settings.redaction.model_copy(update={"policy": policy})
    )

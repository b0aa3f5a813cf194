"""All wiring, in one place: which adapter stands behind which port is decided here and by settings only."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from core.clock import SystemClock
from core.config import Settings
from core.lexical import PassageTerms, ShownChunks
from core.ports import ArtifactStore, Chunker, Clock, Embedder, Redactor
from core.privacy_ports import Erasures, HitPrivacy, QueryPrivacy, TokenClaims
from core.retrieval_ports import CandidateIndex, ChunkReader
from folio.evidence import evidence_stages, expand_step, graph_step, search_stages
from folio.openers import NOTHING, Openers
from folio.privacy import create_answer_guard, create_hit_privacy, create_query_privacy
from generation.guardrails.answers import AnswerGuard
from inference.embed.factory import create_embedder, create_token_counter
from inference.lexical.bm25 import Bm25Encoder
from retrieval.service import SearchService
from retrieval.stages import SearchSteps, Stage
from store.vectors.collections import QdrantCollections
from store.vectors.connection import connect
from store.vectors.index import QdrantIndex
from store.vectors.inspector import QdrantInspector
from store.vectors.storage import VectorStorage

if TYPE_CHECKING:
    from core.graph_ports import GraphExtractor
    from generation.service import AnswerService
    from ingest.engine import IngestEngine
    from ingest.pipeline import Pipelines
    from store.catalog.catalog import SqlCatalog
    from store.catalog.vault import SqlVault

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
    sparse: Bm25Encoder
    search: SearchService
    evidence: SearchService
    open_answers: "Callable[[], AnswerService]"
    clock: Clock
    reader: ChunkReader
    answer_guard: AnswerGuard | None = None
    query_privacy: QueryPrivacy | None = None
    hit_privacy: HitPrivacy | None = None

    @property
    def answers(self) -> "AnswerService":
        """The service that answers. What it is made of is loaded when it is asked for first."""
        return self.open_answers()


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
        yield QdrantCollections(
            client,
            alias=vectors.collection,
            batch_count=vectors.batch_count,
            storage=VectorStorage.of(vectors),
        )


def create_parts(
    settings: Settings,
    collections: QdrantCollections,
    *,
    embedder: Embedder,
    clock: Clock,
    beside: bool = False,
    openers: Openers = NOTHING,
) -> Parts:
    """The services over the collection of an embedder, which is the one of `settings.embedding`.

    `beside`: another collection may be live; this one is being built. `openers` open what a search may need beside the
    vector store; without them none does.
    """
    sparse = Bm25Encoder(settings.sparse)
    index = collections.index(dimension=embedder.dimension, embedding=embedder.fingerprint, beside=beside)
    redactor = partial(_redactor_of, settings)
    known = collections.pseudonyms(index.collection)
    query_privacy = create_query_privacy(settings, known, redactor=redactor)
    hit_privacy = create_hit_privacy(settings, redactor=redactor)
    reader = collections.chunk_reader(index.collection)
    ranked = _ranked(settings, index, chunks=collections.lexical(index.collection), terms=sparse)

    graph = graph_step(settings, ranked, openers.recall)
    expand = expand_step(
        settings, ranked, embedder=embedder, sparse=sparse, model=openers.model, prompts=openers.prompts
    )

    def service(stages: tuple[Stage, ...]) -> SearchService:
        steps = SearchSteps(query_privacy, stages, hit_privacy, graph, expand)
        return SearchService(
            ranked, embedder=embedder, sparse=sparse, settings=settings.retrieval, clock=clock, steps=steps
        )

    answer_guard = create_answer_guard(settings)

    @cache
    def answers() -> "AnswerService":
        from folio.answer_service import AnswerWiring, create_answers

        return create_answers(settings, AnswerWiring(embedder, sparse, clock, answer_guard, openers))

    return Parts(
        settings=settings,
        index=index,
        inspector=collections.inspector(index.collection),
        collections=collections,
        embedder=embedder,
        sparse=sparse,
        search=service(search_stages(settings, clock=clock)),
        evidence=service(evidence_stages(settings, clock=clock, reader=reader, sparse=sparse)),
        open_answers=answers,
        clock=clock,
        reader=reader,
        answer_guard=answer_guard,
        query_privacy=query_privacy,
        hit_privacy=hit_privacy,
    )


def _ranked(
    settings: Settings, index: QdrantIndex, *, chunks: ShownChunks, terms: PassageTerms
) -> CandidateIndex:
    """The index, with BM25 by the backend that the settings name."""
    if settings.sparse.backend == "engine":
        return index
    from inference.lexical.okapi import OkapiRanking
    from retrieval.in_memory import InMemoryLexical

    k1, b = settings.sparse.k1, settings.sparse.b
    return InMemoryLexical(index, chunks=chunks, terms=terms, ranking=partial(OkapiRanking, k1=k1, b=b))


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


def create_vault(settings: Settings, catalog: "SqlCatalog") -> "SqlVault":
    """The vault in an open catalog. Its keys are looked for when something is sealed or opened."""
    from folio.vault_sealing import VaultSealer

    return catalog.vault(VaultSealer(settings))


def open_artifacts(settings: Settings) -> ArtifactStore:
    """Where redacted text is kept: the file system that the settings name, else a folder in the home."""
    from store.artifacts.fsspec_store import FsspecArtifacts

    return FsspecArtifacts(settings.artifacts.url or str(settings.home / "artifacts"))


def create_engine(
    settings: Settings, parts: Parts, catalog: "SqlCatalog", *, pipelines: "Pipelines | None" = None
) -> "IngestEngine":
    """The ingest engine over open stores. Parser, redactors and chunkers load their libraries on first use.

    `pipelines` in place of those of the settings.
    """
    from folio.veils import create_veils
    from ingest.engine import EngineParts, IngestEngine

    engine_parts = EngineParts(
        pipelines=pipelines
        or create_pipelines(
            settings,
            parts.embedder,
            claims=catalog.claims,
            erasures=catalog.claims,
            extractor=create_graph_extractor(settings),
        ),
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
        vault=create_vault(settings, catalog),
        veils=create_veils(settings),
        graph=catalog.graph,
    )
    return IngestEngine(engine_parts, settings)


def create_pipelines(
    settings: Settings,
    embedder: Embedder,
    *,
    claims: TokenClaims | None = None,
    erasures: Erasures | None = None,
    extractor: "GraphExtractor | None" = None,
) -> "Pipelines":
    """Parser, redactor and chunker of every source, by its options. Nothing is loaded yet.

    `claims` knows which pseudonyms are taken, `erasures` which values were erased on request. Without an `extractor` nothing is
    read for the graph.
    """
    from ingest.chunk.factory import create_chunker
    from ingest.erasing import ErasingRedactor
    from ingest.parse.kreuzberg_parser import KreuzbergParser
    from ingest.pipeline import Pipelines
    from ingest.screen.factory import create_document_screen

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

    def redactor(policy: str | None, tenant: str) -> Redactor:
        made = create_redactor(settings, policy=policy, tenant=tenant, claims=claims)
        return ErasingRedactor(made, erasures, tenant=tenant) if erasures else made

    screen = create_document_screen(settings.screen)
    parser = KreuzbergParser(settings.ingest, seen=screen.seen if screen else None)
    return Pipelines(parser, redactor=redactor, chunker=chunker, extractor=extractor, screen=screen)


def create_graph_extractor(settings: Settings) -> "GraphExtractor | None":
    """What reads entities and relations; None where the graph is not enabled. Language models are loaded on first use."""
    if not settings.graph.enabled:
        return None
    from graph.extract.extractor import RuleExtractor
    from inference.nlp.factory import create_names, create_syntax

    return RuleExtractor(
        settings.graph,
        syntax=create_syntax(settings.redaction),
        names=create_names(settings.redaction),
        languages=settings.redaction.languages,
    )


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> list[tuple[float, ...]]:
    return await embedder.embed_passages(texts)


def _redactor_of(settings: Settings, policy: str, tenant: str) -> Redactor:
    return create_redactor(settings, policy=policy, tenant=tenant)


def create_redactor(
    settings: Settings,
    *,
    policy: str | None = None,
    tenant: str | None = None,
    claims: TokenClaims | None = None,
) -> Redactor:
    """The redactor of a policy for a tenant; of those in the settings if none are given."""
    if (policy or settings.redaction.policy) == "off":
        from ingest.pii.off import NoRedaction

        return NoRedaction()
    from folio.keys import pseudonym_key
    from ingest.pii.presidio_redactor import PresidioRedactor

    tenant = tenant or settings.access.tenant
    return PresidioRedactor(
        settings.redaction if policy is None else settings.redaction.model_copy(update={"policy": policy}),
        pseudonym_key(settings, tenant=tenant),
        taken=partial(claims.taken, tenant) if claims else None,
    )

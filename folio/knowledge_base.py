"""The public Python API: one object, opened as an async context manager."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from core.access import Principal
from core.answers import Answer
from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source
from core.errors import FolioError, NotFoundError
from core.filters import All, Condition, Equals
from core.health import HealthCheck
from core.receipts import SignedReceipt
from core.runs import IngestReport, RunRecord
from core.search import SearchResult
from core.status import KnowledgeBaseStatus
from folio.assembly import Parts, create_engine, open_artifacts, open_catalog, open_parts
from ingest.plan import Progress, SyncPlan
from ingest.sources.targets import SyncTarget, resolve_targets
from store.vectors.health import check_vectors

if TYPE_CHECKING:
    from ingest.audit import IndexAudit
    from ingest.engine import IngestEngine
    from ingest.estimate import Estimate
    from ingest.reconcile.reconciler import ReconcileReport
    from store.catalog.catalog import SqlCatalog


class KnowledgeBase:
    """A knowledge base in a home folder, or on the servers that the settings name.

    Example:
        async with KnowledgeBase() as kb:
            await kb.ingest(["handbook/"])
            answer = await kb.answer("How many days of leave do we have?")
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or load_settings()
        self._stack = AsyncExitStack()
        self._opened: Parts | None = None
        self._opened_catalog: SqlCatalog | None = None
        self._engine: IngestEngine | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Open the vector store; the catalog is opened when it is first needed.

        Raises:
            DependencyDownError: The store does not answer.
            StoreBusyError: Another process holds the embedded store without serving it.
        """
        self._opened = await self._stack.enter_async_context(open_parts(self.settings))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stores; what was acknowledged is kept."""
        self._opened = self._opened_catalog = self._engine = None
        await self._stack.aclose()

    async def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        as_jsonl: bool = False,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Bring the index up to date with files, folders or a JSONL corpus.

        Raises:
            InvalidInputError: A path does not exist.
        """
        plan = await self.plan(paths, as_jsonl=as_jsonl)
        return await self.execute(plan, on_progress=on_progress)

    async def plan(self, paths: Sequence[Path | str] = (), *, as_jsonl: bool = False) -> SyncPlan:
        """What an ingest of these paths would do; with no path, of every registered source. Changes nothing."""
        known = await self.sources()
        if paths:
            targets = resolve_targets(
                [Path(path) for path in paths], known=known, tenant=self._tenant, as_jsonl=as_jsonl
            )
        else:
            targets = [SyncTarget(source, None) for source in known]
        return await (await self._engine_()).plan(targets)

    async def execute(
        self,
        plan: SyncPlan,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        orchestrator_run_id: str | None = None,
    ) -> IngestReport:
        """Do what the plan says. One bad file stops nothing; a store that is down stops the run."""
        run = RunRecord(
            run_id=uuid4().hex,
            source_ids=tuple(target.source.source_id for target in plan.targets),
            started_at=self._parts.clock.now(),
            orchestrator_run_id=orchestrator_run_id,
        )
        return await (await self._engine_()).execute(plan, run=run, on_progress=on_progress)

    async def estimate(self, plan: SyncPlan) -> "Estimate":
        """What executing the plan is likely to give and to take, judged by the documents and runs so far."""
        from folio.unindexed import all_documents
        from ingest.estimate import estimate

        catalog = await self._catalog()
        indexed = all_documents(catalog, self._tenant, states=(DocumentState.INDEXED,))
        return estimate(plan, history=[row async for row in indexed], runs=await catalog.runs(limit=50))

    async def quarantine(self) -> list[DocumentRecord]:
        """The documents that cannot be indexed as they are; `reason` says why."""
        from folio.unindexed import all_documents

        states = (DocumentState.QUARANTINED,)
        return [row async for row in all_documents(await self._catalog(), self._tenant, states=states)]

    async def retry(
        self, paths: Sequence[Path | str] = (), *, on_progress: Callable[[Progress], None] | None = None
    ) -> IngestReport:
        """Try documents again that failed or are in quarantine: those at or below the paths, or all of them.

        Raises:
            NotFoundError: There are none at one of the paths.
        """
        from folio.unindexed import failed_targets

        files = [Path(path) for path in paths]
        targets = await failed_targets(
            await self._catalog(), await self.sources(), tenant=self._tenant, paths=files
        )
        plan = await (await self._engine_()).plan(targets, again=True)
        return await self.execute(plan, on_progress=on_progress)

    async def add_source(self, path: Path | str) -> Source:
        """Register a folder (or a file's folder) so that the next sync and the sensors watch it."""
        known = await self.sources()
        target = resolve_targets([Path(path)], known=known, tenant=self._tenant, as_jsonl=False)[0]
        await (await self._catalog()).register(target.source)
        return target.source

    async def sources(self) -> list[Source]:
        """The registered sources."""
        return await (await self._catalog()).sources(self._tenant)

    async def search(
        self,
        query: str,
        *,
        limit: int = 10,
        principal: Principal | None = None,
        narrowed: Condition | None = None,
    ) -> SearchResult:
        """The best chunks that the principal (by default, the operator) may read."""
        who = principal or self.settings.principal()
        return await self._parts.search.search(query, principal=who, limit=limit, narrowed=narrowed)

    async def search_documents(
        self, query: str, *, limit: int = 10, principal: Principal | None = None
    ) -> SearchResult:
        """Like `search`, but the best chunk of each document only."""
        who = principal or self.settings.principal()
        return await self._parts.search.search_documents(query, principal=who, limit=limit)

    async def answer(self, question: str, *, principal: Principal | None = None) -> Answer:
        """A cited answer in the documents' own words, or a refusal with its reason."""
        found = await self.search(question, limit=self.settings.answers.passage_count, principal=principal)
        return await self._parts.answerer.answer(question, hits=found.hits)

    async def documents(
        self, *, limit: int = 50, after: str | None = None, states: Collection[DocumentState] = ()
    ) -> list[DocumentRecord]:
        """Documents of the tenant by id, a page at a time."""
        return await (await self._catalog()).page(self._tenant, limit=limit, after=after, states=states)

    async def document(self, doc_id: str) -> DocumentRecord:
        """One document.

        Raises:
            NotFoundError: No document of this tenant has the id.
        """
        record = await (await self._catalog()).get(doc_id)
        if record is None or record.tenant != self._tenant:
            raise NotFoundError(f"there is no document '{doc_id}'")
        return record

    async def text(self, doc_id: str) -> str:
        """The stored redacted text of a document's current version."""
        record = await self.document(doc_id)
        if record.artifact_key is None:
            raise NotFoundError(f"document '{doc_id}' is {record.state}: it has no stored text")
        return await open_artifacts(self.settings).get(record.artifact_key)

    async def upload(self, name: str, data: bytes) -> DocumentRecord:
        """Keep an uploaded file and index it. The same name again is a new version.

        The record says what became of it: `indexed`, or `quarantined` or `failed` with the reason.

        Raises:
            InvalidInputError: The name is not a plain relative path.
        """
        from folio import uploads

        catalog = await self._catalog()
        area = uploads.source(self.settings.home, tenant=self._tenant)
        await catalog.register(area)
        doc_id = uploads.document_id(area, name=name)
        path = await uploads.keep(self.settings.home, name=name, data=data)
        await self._forget_removal(catalog, doc_id)
        await self.ingest([path])
        return await self.document(doc_id)

    async def delete(self, doc_id: str) -> DocumentRecord:
        """Remove a document from the index, and its file if it was uploaded.

        A watched file stays where it is, and out of the index until it changes.
        """
        from folio import uploads

        record = await self.document(doc_id)
        await uploads.discard(self.settings.home, record)
        return await (await self._engine_()).delete(record)

    async def receipt(self, doc_id: str) -> SignedReceipt:
        """What is left of a document, read back from every place now, and signed. Its status says if it is deleted.

        Raises:
            NotFoundError: No document of this tenant had the id.
        """
        from folio.proof import issue

        record = await self.document(doc_id)
        return await issue(record, settings=self.settings, parts=self._parts, documents=await self._catalog())

    async def reconcile(
        self, *, repair: bool = False, on_progress: Callable[[Progress], None] | None = None
    ) -> "ReconcileReport":
        """Compare files, catalog, vectors and stored texts, and with `repair` make them agree.

        What another run is working on is left alone.
        """
        from folio.reconciling import create_reconciler, reconcile

        reconciler = create_reconciler(self.settings, self._parts, await self._catalog())
        return await reconcile(reconciler, self, repair=repair, on_progress=on_progress)

    async def audit(self) -> "IndexAudit":
        """Read every stored chunk: personal data, duplicates, and vectors that are not of unit length."""
        from ingest.audit import audit

        redaction = self.settings.redaction
        return await audit(
            self._parts.inspector,
            entities=() if redaction.policy == "off" else redaction.entities,
            measured_count=self.settings.reconcile.measured_count,
        )

    async def status(self) -> KnowledgeBaseStatus:
        """Sources, documents by state, chunks and the latest runs."""
        catalog = await self._catalog()
        active = All((Equals("tenant", self._tenant), Equals("active", value=True)))
        return KnowledgeBaseStatus(
            home=str(self.settings.home),
            embedding_model=self.settings.embedding.model,
            sources=tuple(await catalog.sources(self._tenant)),
            state_counts=await catalog.state_counts(self._tenant),
            chunk_count=await self._parts.index.count(active),
            runs=tuple(await catalog.runs(limit=10)),
        )

    async def health(self) -> list[HealthCheck]:
        """The state of the catalog and the vector store. Never raises for one that is down."""
        try:
            catalog = await (await self._catalog()).health()
        except FolioError as error:
            catalog = HealthCheck("catalog", healthy=False, detail=error.detail)
        return [catalog, await check_vectors(self._parts.index)]

    async def _forget_removal(self, catalog: "SqlCatalog", doc_id: str) -> None:
        """Whoever uploads a file again wants it back, even if its bytes are those that were removed on request."""
        record = await catalog.get(doc_id)
        if record is not None and record.state is DocumentState.DELETED:
            await catalog.save([replace(record, reason=None, content_hash=None)])

    @property
    def _parts(self) -> Parts:
        if self._opened is None:
            raise RuntimeError("open the knowledge base first: `async with KnowledgeBase() as kb:`")
        return self._opened

    @property
    def _tenant(self) -> str:
        return self.settings.access.tenant

    async def _catalog(self) -> "SqlCatalog":
        parts = self._parts
        async with self._opening:
            if self._opened_catalog is None:
                opening = open_catalog(self.settings, parts.clock)
                self._opened_catalog = await self._stack.enter_async_context(opening)
            return self._opened_catalog

    async def _engine_(self) -> "IngestEngine":
        catalog = await self._catalog()
        if self._engine is None:
            self._engine = create_engine(self.settings, self._parts, catalog)
        return self._engine

"""The public Python API: one object, opened as an async context manager."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from core.documents import DocumentRecord, DocumentState, Source, SourceOptions
from core.errors import NotFoundError, StaleGenerationError
from core.filters import All, Equals
from core.health import HealthCheck
from core.receipts import SignedReceipt
from core.runs import IngestReport, RunRecord
from core.status import IndexModel, KnowledgeBaseStatus, runs_of
from folio.assembly import open_artifacts
from folio.investigating import InvestigatingKnowledgeBase
from folio.sources import narrowed, plan_targets
from ingest.plan import Progress, SyncPlan

if TYPE_CHECKING:
    from core.listing import DocumentListing
    from folio.source_changes import SourceKeeper
    from folio.stores import ServiceStores
    from folio.subjects.requests import SubjectRequests
    from ingest.audit import IndexAudit
    from ingest.estimate import Estimate
    from ingest.reconcile.reconciler import ReconcileReport

_RUN_COUNT = 10
_RUNS_LOOKED_AT = 200


class KnowledgeBase(InvestigatingKnowledgeBase):
    """A knowledge base in a home folder, or on the servers that the settings name.

    Example:
        async with KnowledgeBase() as kb:
            await kb.ingest(["handbook/"])
            answer = await kb.answer("How many days of leave do we have?")
    """

    async def ingest(
        self,
        paths: Sequence[Path | str],
        *,
        as_jsonl: bool = False,
        sources: Sequence[str] = (),
        allow_empty: bool = False,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Bring the index up to date with files, folders, a JSONL corpus or sources (by name or id); see `plan`.

        Raises:
            InvalidInputError: A path does not exist.
        """
        plan = await self.plan(paths, as_jsonl=as_jsonl, sources=sources, allow_empty=allow_empty)
        return await self.execute(plan, on_progress=on_progress)

    async def plan(
        self,
        paths: Sequence[Path | str] = (),
        *,
        as_jsonl: bool = False,
        sources: Sequence[str] = (),
        bucket: tuple[int, int] | None = None,
        allow_empty: bool = False,
    ) -> SyncPlan:
        """What an ingest of these paths would do; with no path, of every source. Indexes and deletes nothing.

        `sources` (names or ids) narrow it to these sources, `bucket` to a share of their documents (see `SyncTarget`).
        `allow_empty` confirms that a source which is gone or suddenly empty is to lose its documents.

        Raises:
            InvalidInputError: A path does not exist, or the bucket is none.
            NotFoundError: There is no source of this name or id.
        """
        known = await self.sources()
        targets = plan_targets(
            [Path(path) for path in paths], known=known, tenant=self._tenant, as_jsonl=as_jsonl
        )
        chosen = narrowed(targets, known, sources=sources, bucket=bucket)
        engine = await self._engine_()
        return await self._as_released(await engine.plan(chosen, allow_empty=allow_empty), engine)

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
        engine = await self._engine_()
        try:
            if engine.fits(plan):
                return await engine.execute(plan, run=run, on_progress=on_progress)
        except StaleGenerationError:
            run = replace(run, run_id=uuid4().hex)
        # Another embedding model went live since the plan was made: what is left is to be done with that one.
        engine = await self._engine_()
        plan = await self._as_released(await engine.plan(plan.targets, again=plan.again), engine)
        return await engine.execute(plan, run=run, on_progress=on_progress)

    async def estimate(self, plan: SyncPlan) -> "Estimate":
        """What executing the plan is likely to give and to take, judged by the documents and runs so far."""
        from folio.unindexed import all_documents
        from ingest.estimate import estimate

        catalog = await self._catalog()
        indexed = all_documents(catalog, self._tenant, states=(DocumentState.INDEXED,))
        return estimate(
            plan,
            history=[row async for row in indexed],
            runs=await catalog.runs(limit=50),
            price_per_million_tokens=self.settings.embedding.price_per_million_tokens,
        )

    async def quarantine(self) -> list[DocumentRecord]:
        """The documents of all tenants that cannot be indexed as they are; `reason` says why. For whoever runs Folio."""
        from folio.unindexed import documents_of

        catalog, states = await self._catalog(), (DocumentState.QUARANTINED,)
        return [row async for row in documents_of(catalog, await self._tenants(), states=states)]

    async def retry(
        self, paths: Sequence[Path | str] = (), *, on_progress: Callable[[Progress], None] | None = None
    ) -> IngestReport:
        """Try documents again that failed or are in quarantine: those at or below the paths, or all that nobody has rejected.

        Of all tenants: for whoever runs Folio.

        Raises:
            NotFoundError: There are none at one of the paths.
        """
        from folio.unindexed import failed_targets, rejected_documents
        from folio.veils import create_veils

        files, catalog, tenants = [Path(path) for path in paths], await self._catalog(), await self._tenants()
        targets = await failed_targets(
            catalog,
            await self.sources(),
            tenants=tenants,
            paths=files,
            veils=create_veils(self.settings),
            rejected=() if files else await rejected_documents(catalog.reviews, tenants),
        )
        plan = await (await self._engine_()).plan(targets, again=True)
        return await self.execute(plan, on_progress=on_progress)

    async def _tenants(self) -> list[str]:
        """Those that have a source; upload areas are sources, too."""
        return sorted({self._tenant, *(source.tenant for source in await self.sources())})

    async def sources(self, *, tenant: str | None = None) -> list[Source]:
        """The sources, declared and registered ones, of a tenant; without one, of all tenants."""
        from folio.source_changes import known_sources

        known = await known_sources(self.settings, await self._catalog())
        return [source for source in known if tenant in {None, source.tenant}]

    async def add_source(
        self,
        place: Path | str,
        *,
        name: str | None = None,
        options: SourceOptions | None = None,
        tenant: str | None = None,
    ) -> Source:
        """Register a folder, a `.jsonl` corpus or an fsspec URL; the next sync indexes it, and the sensors watch it.

        It is the tenant's; without one, that of the settings. So are its documents.

        Raises:
            InvalidInputError: The place, the name or an option cannot be, or it shares files with another source.
        """
        keeper = await self._source_keeper()
        return await keeper.add(str(place), name=name, options=options or SourceOptions(), tenant=tenant)

    async def change_source(
        self,
        reference: str,
        *,
        name: str | None = None,
        options: SourceOptions,
        tenant: str | None = None,
    ) -> Source:
        """Give a source (by name or id) these options, and another name if one is given; the next sync heeds them.

        Raises:
            NotFoundError: There is no such source; with a tenant, it has none.
            InvalidInputError: It is declared in `folio.toml`, or the name or an option cannot be.
        """
        keeper = await self._source_keeper()
        return await keeper.change(reference, name=name, options=options, tenant=tenant)

    async def remove_source(self, reference: str, *, tenant: str | None = None) -> IngestReport:
        """Take a source's documents (by its name or id) out of the index and forget it. Its files stay.

        Raises:
            NotFoundError: There is no such source; with a tenant, it has none.
            InvalidInputError: It is declared in `folio.toml`, or is the upload area.
            TransientError: Not everything could be removed; the same call goes on with it.
        """
        engine = await self._engine_()

        async def remove_documents(source: Source) -> IngestReport:
            return await self.execute(await engine.removal(source))

        keeper = await self._source_keeper()
        return await keeper.remove(reference, remove_documents=remove_documents, tenant=tenant)

    async def documents(
        self,
        *,
        limit: int = 50,
        after: str | None = None,
        states: Collection[DocumentState] = (),
        tenant: str | None = None,
    ) -> list[DocumentRecord]:
        """Documents of a tenant (by default, that of the settings) by id, a page at a time, whoever may read them."""
        catalog = await self._catalog()
        return await catalog.page(tenant or self._tenant, limit=limit, after=after, states=states)

    async def listing(self) -> "DocumentListing":
        """Documents as a principal may see them: filtered, ordered, counted."""
        return (await self._catalog()).listing

    async def document(self, doc_id: str, *, tenant: str | None = None) -> DocumentRecord:
        """One document of a tenant (by default, that of the settings), whoever may read it.

        Raises:
            NotFoundError: No document of this tenant has the id.
        """
        record = await (await self._catalog()).get(doc_id)
        if record is None or record.tenant != (tenant or self._tenant):
            raise NotFoundError(f"there is no document '{doc_id}'")
        return record

    async def text(self, doc_id: str, *, tenant: str | None = None) -> str:
        """The stored redacted text of a document's current version."""
        record = await self.document(doc_id, tenant=tenant)
        if record.artifact_key is None:
            raise NotFoundError(f"document '{doc_id}' is {record.state}: it has no stored text")
        return await open_artifacts(self.settings).get(record.artifact_key)

    async def upload(self, name: str, data: bytes, *, tenant: str | None = None) -> DocumentRecord:
        """Keep an uploaded file and index it. The same name again is a new version. Each tenant has an area of its own.

        The record says what became of it: `indexed`, or `quarantined` or `failed` with the reason.

        Raises:
            InvalidInputError: The name is not a plain relative path.
        """
        from folio import uploads

        doc_id = self.upload_id(name, tenant=tenant)
        home, veil = uploads.home_of(self.settings, tenant), self._upload_veil(tenant)
        kept = await uploads.keep(home, name=name, data=data, veil=veil)
        await self.index_uploads([kept], tenant=tenant)
        return await self.document(doc_id, tenant=tenant)

    def upload_id(self, name: str, *, tenant: str | None = None) -> str:
        """The id that the document of a tenant's upload has or will have.

        Raises:
            InvalidInputError: The name is not a plain relative path.
        """
        from folio import uploads

        area = uploads.source(uploads.home_of(self.settings, tenant), tenant=tenant or self._tenant)
        return uploads.document_id(area, name=name, veil=self._upload_veil(tenant))

    async def index_uploads(
        self,
        paths: Sequence[Path],
        *,
        tenant: str | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        """Index files that are in the upload area of a tenant, together."""
        from folio import uploads

        catalog = await self._catalog()
        home = uploads.home_of(self.settings, tenant)
        await catalog.register(uploads.source(home, tenant=tenant or self._tenant))
        area = uploads.folder(home)
        doc_ids = [self.upload_id(path.relative_to(area).as_posix(), tenant=tenant) for path in paths]
        await uploads.forget_removals(catalog, doc_ids)
        await self.ingest(paths, on_progress=on_progress)

    async def service_stores(self) -> "ServiceStores":
        """The stores of jobs, idempotency keys, webhooks and blocked questions."""
        from folio.stores import ServiceStores

        catalog = await self._catalog()
        deliveries, appeals = catalog.deliveries, catalog.appeals
        return ServiceStores(catalog.jobs, catalog.jobs, catalog.keys, catalog.webhooks, deliveries, appeals)

    async def delete(self, doc_id: str, *, tenant: str | None = None) -> DocumentRecord:
        """Remove a document of a tenant from the index, and its file if it was uploaded.

        A watched file stays where it is, and out of the index until it changes.
        """
        from folio import uploads

        record = await self.document(doc_id, tenant=tenant)
        home, veil = uploads.home_of(self.settings, record.tenant), self._upload_veil(record.tenant)
        await uploads.discard(home, record, veil=veil)
        return await (await self._engine_()).delete(record)

    async def receipt(self, doc_id: str, *, tenant: str | None = None) -> SignedReceipt:
        """What is left of a document, read back from every place now, and signed. Its status says if it is deleted.

        Raises:
            NotFoundError: No document of this tenant had the id.
        """
        from folio.proof import Keepers, issue
        from folio.vault import vault_of
        from folio.vault_sealing import VaultSealer

        record, catalog = await self.document(doc_id, tenant=tenant), await self._catalog()
        vault = await vault_of(record, settings=self.settings, catalog=catalog)
        # Rows that were deleted a moment ago still stand in the log of a SQLite file.
        await catalog.empty_log()
        words = catalog.answer_words(VaultSealer(self.settings))
        keepers = Keepers(catalog, catalog.graph, catalog.sessions, catalog.kept_answers, words, vault)
        return await issue(record, settings=self.settings, parts=self._parts, keepers=keepers)

    async def subjects(self) -> "SubjectRequests":
        """Requests of the people whose data is kept: find, export, erase."""
        from folio.subjects.requests import SubjectRequests

        return SubjectRequests(self, self._parts, await self._catalog(), await self._engine_())

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
        from folio.auditing import audit_index

        catalog, sources = await self._catalog(), await self.sources()
        return await audit_index(self.settings, self._parts.inspector, documents=catalog, sources=sources)

    async def status(self, *, tenant: str | None = None) -> KnowledgeBaseStatus:
        """Sources, documents by state, chunks and the latest runs of a tenant.

        Without one, of the settings' tenant, and with the runs over all tenants.
        """
        catalog, whose = await self._catalog(), tenant or self._tenant
        await self._live.refresh()
        active = All((Equals("tenant", whose), Equals("active", value=True)))
        sources = await catalog.sources(whose)
        runs = await catalog.runs(limit=_RUN_COUNT if tenant is None else _RUNS_LOOKED_AT)
        if tenant is not None:
            runs = runs_of(runs, sources)[:_RUN_COUNT]
        return KnowledgeBaseStatus(
            home=str(self.settings.home),
            embedding_model=self._parts.settings.embedding.model,
            sources=tuple(sources),
            state_counts=await catalog.state_counts(whose),
            chunk_count=await self._parts.index.count(active),
            runs=tuple(runs),
            rebuild_pending=self.rebuild_pending,
        )

    async def index_model(self) -> IndexModel:
        """The embedding model that the index is made with now."""
        parts = await self._live.refresh()
        return IndexModel(parts.settings.embedding.model, parts.embedder.dimension)

    async def health(self) -> list[HealthCheck]:
        """The state of everything that this stands on, the catalog first. Never raises for what is down."""
        from folio.checking import checked

        parts = self._parts
        return await checked(
            self.settings, catalog=self._catalog, index=parts.index, model=self._gateway, clock=parts.clock
        )

    async def _source_keeper(self) -> "SourceKeeper":
        from folio.source_changes import SourceKeeper

        return SourceKeeper(self.settings, await self._catalog())

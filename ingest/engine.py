"""Bringing the index up to date with its sources. The command line, the API and Dagster all come through here."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source
from core.generation_ports import DocumentHider
from core.graph_ports import EvidenceKeeper
from core.ports import (
    ArtifactStore,
    Clock,
    DocumentCatalog,
    DocumentLeases,
    Embedder,
    PointReader,
    SourceCatalog,
    SparseEncoder,
    VectorIndex,
)
from core.privacy_ports import Vault
from core.runs import IngestReport, RunRecord
from core.tracing import staged
from ingest.documents import DocumentWriter, Stores
from ingest.execution import Execution, Workshop
from ingest.journal import Journal
from ingest.leases import RunLeases
from ingest.pii.file_names import Veil
from ingest.pipeline import Pipelines, pipeline_fingerprint
from ingest.plan import Progress, SyncPlan
from ingest.planning import Planner
from ingest.preparing import Preparer
from ingest.sources.opening import open_source
from ingest.sources.targets import SyncTarget
from ingest.veils import Veils, no_veils

_ON_REQUEST = "removed on request"


@dataclass(frozen=True, slots=True)
class EngineParts:
    """What the engine works with. With a `hider`, what is deleted is hidden first, and removed by compaction."""

    pipelines: Pipelines
    embedder: Embedder
    sparse: SparseEncoder
    index: VectorIndex
    points: PointReader
    documents: DocumentCatalog
    leases: DocumentLeases
    sources: SourceCatalog
    artifacts: ArtifactStore
    clock: Clock
    hider: DocumentHider | None = None
    vault: Vault | None = None
    veils: Veils = field(default_factory=no_veils)
    graph: EvidenceKeeper | None = None


class IngestEngine:
    """Plans and executes syncs of sources, and removes single documents."""

    def __init__(self, parts: EngineParts, settings: Settings) -> None:
        self._parts = parts
        self._settings = settings

    def fingerprint_of(self, source: Source, *, embedder: str | None = None) -> str:
        """Names everything that shapes a source's part of the index; `embedder` stands in for the model's fingerprint."""
        parts = self._parts
        veil = parts.veils.of(source)
        return pipeline_fingerprint(
            parts.pipelines.of(source),
            embedder=embedder or parts.embedder.fingerprint,
            sparse=parts.sparse.fingerprint,
            names=veil.fingerprint if veil else None,
        )

    def redactor_of(self, source: Source) -> str:
        """The fingerprint of what a source's documents are redacted by."""
        return self._parts.pipelines.of(source).redactor.fingerprint

    @staged("ingest_plan")
    async def plan(
        self, targets: Sequence[SyncTarget], *, again: bool = False, allow_empty: bool = False
    ) -> SyncPlan:
        """What a sync of the targets would do. Reads files and the catalog, and changes nothing.

        With `again`, files that failed before in the same way are tried all the same. With `allow_empty`, sources that are
        gone or suddenly empty lose their documents; without it these are `unreachable`, and stay as they were.
        """
        parts = self._parts
        planner = Planner(
            self._settings,
            documents=parts.documents,
            sources=parts.sources,
            clock=parts.clock,
            veils=parts.veils,
        )
        fingerprints = {target.source.source_id: self.fingerprint_of(target.source) for target in targets}
        return await planner.plan(targets, fingerprints=fingerprints, again=again, allow_empty=allow_empty)

    def fits(self, plan: SyncPlan) -> bool:
        """Whether the plan was made for the embedding model that this engine writes with."""
        sources = {target.source.source_id: target.source for target in plan.targets}
        return all(
            self.fingerprint_of(sources[source_id]) == fingerprint
            for source_id, fingerprint in plan.fingerprints.items()
            if source_id in sources
        )

    @staged("ingest")
    async def execute(
        self,
        plan: SyncPlan,
        *,
        run: RunRecord,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Do what the plan says: removals first, then changed files, then new ones.

        A document that fails stops nothing. A document is searchable in its old or its new version at any time.

        Raises:
            FolioError: A store or model is down, or a setting is wrong. What was done stays done and is recorded.
        """
        for target in plan.targets:
            await self._parts.sources.register(target.source)
        journal = Journal(plan, run=run, sources=self._parts.sources, clock=self._parts.clock)
        execution = Execution(
            plan,
            workshop=await self._workshop(plan, run_id=journal.run_id),
            journal=journal,
            settings=self._settings.ingest,
            on_progress=on_progress,
        )
        async with journal.kept():
            await execution.run()
        return journal.tally.report(seconds=plan.seconds + journal.elapsed_s)

    async def removal(self, source: Source) -> SyncPlan:
        """The plan that takes all documents of a source out of the index, as if its files were gone."""
        records = await self._parts.documents.of_source(source.source_id)
        living = [row for row in records.values() if row.state is not DocumentState.DELETED]
        return SyncPlan((), {}, deleted=tuple(living))

    async def delete(self, record: DocumentRecord) -> DocumentRecord:
        """Remove a document on request. Its file, if a source still has it, stays out of the index until it changes.

        Raises:
            TransientError: The store did not remove everything; the next sync goes on with it.
            StoreBusyError: A run has been working on the document for too long.
        """
        async with self.alone_with(record.doc_id):
            fresh = await self._parts.documents.get(record.doc_id) or record
            if fresh.state is DocumentState.DELETED:
                return fresh
            veils = await self._veils_of({fresh.tenant})
            writer = _writer(self._parts, run_id=None, fingerprints={}, veils=veils)
            return await writer.remove(fresh, reason=_ON_REQUEST)

    @asynccontextmanager
    async def alone_with(self, doc_id: str) -> AsyncIterator[None]:
        """No run works on the document meanwhile: its record may be read and written back.

        Raises:
            StoreBusyError: A run has been working on the document for too long.
        """
        leases = self._leases()
        async with leases.kept():
            await leases.wait_for(doc_id)
            yield

    def _leases(self) -> RunLeases:
        return RunLeases(self._parts.leases, clock=self._parts.clock, lease_s=self._settings.ingest.lease_s)

    async def _veils_of(self, tenants: Collection[str]) -> dict[str, Veil]:
        """The veils of redacted sources, by id."""
        sources = [row for tenant in sorted(tenants) for row in await self._parts.sources.sources(tenant)]
        found = {source.source_id: self._parts.veils.of(source) for source in sources}
        return {source_id: veil for source_id, veil in found.items() if veil is not None}

    async def _workshop(self, plan: SyncPlan, *, run_id: str) -> Workshop:
        parts = self._parts
        sources = [target.source for target in plan.targets]
        tenants = {source.tenant for source in sources} | {record.tenant for record in plan.deleted}
        files = {
            source.source_id: open_source(source, settings=self._settings, veil=parts.veils.of(source))
            for source in sources
        }
        return Workshop(
            documents=parts.documents,
            pipelines=parts.pipelines,
            preparer=Preparer(files, pipelines=parts.pipelines, clock=parts.clock, veils=parts.veils),
            writer=_writer(
                parts,
                run_id=run_id,
                fingerprints=plan.fingerprints,
                veils=await self._veils_of(tenants),
            ),
            leases=self._leases(),
        )


def _writer(
    parts: EngineParts,
    *,
    run_id: str | None,
    fingerprints: Mapping[str, str],
    veils: Mapping[str, Veil],
) -> DocumentWriter:
    stores = Stores(
        documents=parts.documents,
        artifacts=parts.artifacts,
        index=parts.index,
        points=parts.points,
        embedder=parts.embedder,
        sparse=parts.sparse,
        clock=parts.clock,
        hider=parts.hider,
        vault=parts.vault,
        graph=parts.graph,
    )
    return DocumentWriter(stores, run_id=run_id, fingerprints=fingerprints, veils=veils)

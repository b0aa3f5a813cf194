"""`KnowledgeBase.build_graph`: the graph of documents that were indexed without it, or read by another extractor."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.config import Settings
from core.documents import DocumentRecord, DocumentState
from core.errors import SettingsError
from core.graph_ports import ExtractorTotals
from core.ports import Clock, DocumentCatalog, DocumentLeases
from folio.assembly import Parts, create_graph_extractor, open_artifacts
from folio.unindexed import all_documents
from graph.extract.model.refining import rules_of
from ingest.leases import RunLeases
from ingest.reconcile.findings import SETTLED
from ingest.renewing import EvidenceRenewer

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

_PAGE_COUNT = 500


@dataclass(frozen=True, slots=True)
class GraphProgress:
    """How far it is: documents, chunks of them, and seconds since it began."""

    done_count: int
    total_count: int
    chunk_count: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class GraphBuildReport:
    """What was read. `failed_count` documents could not be; `busy_count` somebody else was working on.

    `left_count` documents are still to be read: those, and what the limit left out.
    """

    document_count: int
    row_count: int
    failed_count: int
    busy_count: int
    left_count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class GraphStatus:
    """How the graph stands beside the documents.

    Of `document_count` documents with chunks, `current_count` were read in the version that is shown by the extractor of the
    settings, `outdated_count` by another one or in another version, the rest not at all. `position` is the end of the change log.
    """

    enabled: bool
    extractor: str | None
    document_count: int
    current_count: int
    outdated_count: int
    missing_count: int
    row_count: int
    left_out_count: int
    position: int
    extractors: tuple[ExtractorTotals, ...]


def create_renewer(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> EvidenceRenewer | None:
    """What reads stored documents for the graph; None where it is not enabled."""
    extractor = create_graph_extractor(settings)
    if extractor is None:
        return None
    return EvidenceRenewer(extractor, catalog.graph, parts.index, open_artifacts(settings))


def create_builder(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> "GraphBuilder":
    """The builder over open stores, for the tenant of the settings."""
    return GraphBuilder(
        BuildParts(
            documents=catalog,
            leases=catalog,
            graph=catalog.graph,
            renewer=create_renewer(settings, parts, catalog),
            clock=parts.clock,
            tenant=settings.access.tenant,
            lease_s=settings.ingest.lease_s,
        )
    )


class EvidenceCensus(Protocol):
    """What is known of evidence without reading it."""

    async def extractors(self, doc_ids: Collection[str]) -> dict[str, tuple[int, str]]:
        """As for `EvidenceKeeper`."""

    async def totals(self, tenant: str) -> list[ExtractorTotals]:
        """How much each extractor has read, by its fingerprint."""

    async def position(self, tenant: str) -> int:
        """The end of the change log."""


@dataclass(frozen=True, slots=True)
class BuildParts:
    """What building works with. Without a `renewer` the graph is not enabled."""

    documents: DocumentCatalog
    leases: DocumentLeases
    graph: EvidenceCensus
    renewer: EvidenceRenewer | None
    clock: Clock
    tenant: str
    lease_s: float


class GraphBuilder:
    """Reads documents for the graph, each under its lease. What was read is kept at once: broken off, it goes on."""

    def __init__(self, parts: BuildParts) -> None:
        self._parts = parts

    async def build(
        self,
        *,
        limit: int | None = None,
        again: bool = False,
        on_progress: Callable[[GraphProgress], None] | None = None,
    ) -> GraphBuildReport:
        """Read what has no evidence of its version by this extractor; with `again` everything. At most `limit` documents.

        Raises:
            SettingsError: The graph is not enabled.
        """
        parts, renewer = self._parts, self._parts.renewer
        if renewer is None:
            raise SettingsError("the graph is not enabled: set FOLIO_GRAPH__ENABLED=true to build it")
        started_s = parts.clock.monotonic_s()
        waiting = await self._waiting(renewer.extractor.fingerprint, again=again)
        chosen = waiting if limit is None else waiting[:limit]
        done: list[_Done] = []
        chunk_count = 0
        leases = RunLeases(parts.leases, clock=parts.clock, lease_s=parts.lease_s)
        async with leases.kept():
            for doc_id in chosen:
                done.append(await self._renewed(renewer, doc_id, leases=leases))
                chunk_count += done[-1].chunk_count
                if on_progress:
                    elapsed_s = parts.clock.monotonic_s() - started_s
                    on_progress(GraphProgress(len(done), len(chosen), chunk_count, elapsed_s))
        return _report(done, waiting_count=len(waiting), seconds=parts.clock.monotonic_s() - started_s)

    async def status(self) -> GraphStatus:
        """Counts only: nothing is read."""
        parts = self._parts
        extractor = parts.renewer.extractor.fingerprint if parts.renewer else None
        document_count = current_count = outdated_count = 0
        async for record, read in self._read():
            document_count += 1
            is_current = _is_current(record, read, extractor=extractor)
            current_count += is_current
            outdated_count += read is not None and not is_current
        totals = await parts.graph.totals(parts.tenant)
        return GraphStatus(
            enabled=parts.renewer is not None,
            extractor=extractor,
            document_count=document_count,
            current_count=current_count,
            outdated_count=outdated_count,
            missing_count=document_count - current_count - outdated_count,
            row_count=sum(row.row_count for row in totals),
            left_out_count=sum(row.left_out_count for row in totals),
            position=await parts.graph.position(parts.tenant),
            extractors=tuple(totals),
        )

    async def _renewed(self, renewer: EvidenceRenewer, doc_id: str, *, leases: RunLeases) -> "_Done":
        if not await leases.take(doc_id):
            return _Done(is_busy=True)
        record = await self._parts.documents.get(doc_id)
        rows: int | None = 0
        # Gone since it was looked for: whoever took it away has taken its evidence along.
        if record is not None and record.state in SETTLED:
            rows = await renewer.renew(record)
        await leases.done_with(doc_id)
        return _Done(rows or 0, record.chunk_count if record else 0, has_failed=rows is None)

    async def _waiting(self, extractor: str, *, again: bool) -> list[str]:
        """Ids of the documents that are to be read."""
        return [
            record.doc_id
            async for record, read in self._read()
            if again or not _is_current(record, read, extractor=extractor)
        ]

    async def _read(self) -> AsyncIterator[tuple[DocumentRecord, tuple[int, str] | None]]:
        """Every document that has chunks, with the version and the extractor of its evidence."""
        page: list[DocumentRecord] = []
        shown = all_documents(self._parts.documents, self._parts.tenant, states=SETTLED)
        async for record in shown:
            page.append(record)
            if len(page) == _PAGE_COUNT:
                for row in await self._with_evidence(page):
                    yield row
                page = []
        for row in await self._with_evidence(page):
            yield row

    async def _with_evidence(
        self, records: Sequence[DocumentRecord]
    ) -> list[tuple[DocumentRecord, tuple[int, str] | None]]:
        known = await self._parts.graph.extractors([record.doc_id for record in records])
        return [(record, known.get(record.doc_id)) for record in records if record.chunk_count]


@dataclass(frozen=True, slots=True)
class _Done:
    row_count: int = 0
    chunk_count: int = 0
    has_failed: bool = False
    is_busy: bool = False


def _report(done: Sequence[_Done], *, waiting_count: int, seconds: float) -> GraphBuildReport:
    failed_count, busy_count = sum(row.has_failed for row in done), sum(row.is_busy for row in done)
    read_count = len(done) - failed_count - busy_count
    return GraphBuildReport(
        document_count=read_count,
        row_count=sum(row.row_count for row in done),
        failed_count=failed_count,
        busy_count=busy_count,
        left_count=waiting_count - read_count,
        seconds=seconds,
    )


def _is_current(record: DocumentRecord, read: tuple[int, str] | None, *, extractor: str | None) -> bool:
    """Whether the evidence is of the version that is shown, by this extractor (None: by any), refined by a model or not.

    One that failed since shows the version before, which the record does not name.
    """
    if read is None or (extractor is not None and rules_of(read[1]) != extractor):
        return False
    return record.state is not DocumentState.INDEXED or read[0] == record.version

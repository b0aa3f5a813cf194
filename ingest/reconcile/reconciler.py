"""Looks at all places, tells what does not agree, and repairs it. What a run is working on is left alone."""

from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from core.documents import DocumentRecord
from core.errors import TransientError
from core.graph_ports import EvidenceKeeper
from core.ports import (
    ArtifactStore,
    Clock,
    DocumentCatalog,
    DocumentLeases,
    IndexInspector,
    VectorIndex,
)
from core.privacy_ports import KeptMentions, VaultKeeper
from ingest.leases import RunLeases
from ingest.plan import SyncPlan
from ingest.reconcile.findings import Finding, Problem, Repair, Survey, compare, given_up_before
from ingest.renewing import EvidenceRenewer

_PAGE_COUNT = 500
_IN_PLACE = {
    Repair.DELETE_POINTS,
    Repair.RETIRE_MENTIONS,
    Repair.DELETE_EVIDENCE,
    Repair.READ_EVIDENCE,
}


@dataclass(frozen=True, slots=True)
class ReconcileParts:
    """The places that are compared. `stuck_after_s` is when unfinished work counts as given up.

    `keep_deleted_s` is how long the points of deleted documents stay, invisible. Without a `renewer` documents are not read for
    the `graph`: what it has is only looked after.
    """

    inspector: IndexInspector
    index: VectorIndex
    documents: DocumentCatalog
    leases: DocumentLeases
    artifacts: ArtifactStore
    clock: Clock
    tenant: str
    stuck_after_s: float
    lease_s: float
    keep_deleted_s: float = 0.0
    vault: VaultKeeper | None = None
    graph: EvidenceKeeper | None = None
    renewer: EvidenceRenewer | None = None


@dataclass(frozen=True, slots=True)
class ReconcileReport:
    """What did not agree, and what still does not after the repair; equal if nothing was repaired."""

    findings: tuple[Finding, ...]
    remaining: tuple[Finding, ...]
    document_count: int
    point_count: int
    seconds: float = 0.0


class Reconciler:
    """Compares and repairs the documents of one tenant, and points and texts that are nobody's."""

    def __init__(self, parts: ReconcileParts) -> None:
        self._parts = parts

    @property
    def clock(self) -> Clock:
        """The time that decides what was given up."""
        return self._parts.clock

    async def survey(self) -> Survey:
        """What is in each place. The catalog is read first: what is written meanwhile is told by `confirmed`."""
        parts = self._parts
        now = parts.clock.now()
        since = given_up_before(now, stuck_after_s=parts.stuck_after_s)
        # Texts before documents, and all other texts after them: none can be taken for missing or for unused.
        old_texts = await parts.artifacts.keys(before=since)
        records = {record.doc_id: record async for record in _all_records(parts)}
        return Survey(
            records=records,
            groups=await parts.inspector.census(),
            texts=frozenset(await parts.artifacts.keys(before=now + timedelta(days=36_500))),
            old_texts=frozenset(old_texts),
            given_up_before=since,
            kept_since=now - timedelta(seconds=parts.keep_deleted_s) if parts.keep_deleted_s else None,
            mentions=await self._kept_mentions(),
            evidence=await parts.graph.kept(parts.tenant) if parts.graph else {},
            is_read=parts.graph is not None and parts.renewer is not None,
        )

    async def confirmed(self, survey: Survey) -> list[Finding]:
        """What does not agree, without what changed while it was looked at."""
        return [finding for finding in compare(survey) if await self._holds(finding, survey)]

    async def repair(self, findings: Iterable[Finding], survey: Survey) -> bool:
        """Repair what can be repaired in place; whether a sync is needed for the rest."""
        needs_sync = False
        leases = RunLeases(self._parts.leases, clock=self._parts.clock, lease_s=self._parts.lease_s)
        async with leases.kept():
            for finding in findings:
                if finding.repair is Repair.SYNC:
                    needs_sync = True
                elif finding.repair is Repair.DELETE_TEXT:
                    await self._parts.artifacts.delete(finding.subject)
                elif await leases.take(finding.subject):
                    if await self._holds(finding, survey):
                        needs_sync |= await self._put_right(finding)
                    await leases.give_back(finding.subject)
        return needs_sync

    async def _kept_mentions(self) -> list[KeptMentions]:
        """Of this tenant's documents: the others' are not in `records`."""
        if self._parts.vault is None:
            return []
        return [row for row in await self._parts.vault.kept() if row.tenant == self._parts.tenant]

    async def _put_right(self, finding: Finding) -> bool:
        index, doc_id = self._parts.index, finding.subject
        record = await self._parts.documents.get(doc_id)
        if finding.repair in _IN_PLACE or record is None:
            await self._put_right_in_place(finding, record)
            return False
        if finding.repair is Repair.SHOW_VERSION:
            with suppress(TransientError):  # it may be the right number of points, and not the right ones
                await index.activate(doc_id, version=finding.version, chunk_count=record.chunk_count)
                return False
        if finding.repair is Repair.HIDE:
            await index.delete_document(doc_id)
            await self._retire(doc_id)
            retired = (
                (*record.retired_keys, record.artifact_key) if record.artifact_key else record.retired_keys
            )
            record = replace(record, chunk_count=0, token_count=0, artifact_key=None, retired_keys=retired)
        # Without a fingerprint it is no longer known to be up to date: the sync indexes it again.
        await self._parts.documents.save([replace(record, fingerprint=None)])
        return True

    async def _put_right_in_place(self, finding: Finding, record: DocumentRecord | None) -> None:
        parts, doc_id = self._parts, finding.subject
        if finding.repair is Repair.DELETE_POINTS:
            await parts.index.delete_document(doc_id)
        elif finding.repair is Repair.RETIRE_MENTIONS and parts.vault is not None:
            await parts.vault.retire(doc_id, keep_version=finding.version or None)
        elif finding.repair is Repair.DELETE_EVIDENCE and parts.graph is not None:
            await parts.graph.remove(doc_id)
        elif finding.repair is Repair.READ_EVIDENCE and parts.renewer is not None and record is not None:
            await parts.renewer.renew(record)

    async def _retire(self, doc_id: str) -> None:
        """What is kept of a document beside its points and its text goes with them."""
        if self._parts.vault is not None:
            await self._parts.vault.retire(doc_id, keep_version=None)
        if self._parts.graph is not None:
            await self._parts.graph.remove(doc_id)

    async def _holds(self, finding: Finding, survey: Survey) -> bool:
        """Whether the catalog still says what it said when the finding was made."""
        if finding.repair is Repair.DELETE_TEXT:
            return await self._parts.documents.artifact_users(finding.subject) == 0
        known = survey.records.get(finding.subject)
        fresh = await self._parts.documents.get(finding.subject)
        # One that another finding of this repair has marked is not the same any more, and is in good hands.
        return fresh == known


def not_synced(plan: SyncPlan) -> list[Finding]:
    """One finding if the sources are not as the catalog has them."""
    if not plan.work_count:
        return []
    detail = (
        f"{len(plan.added)} files to add, {len(plan.modified)} to modify, {len(plan.moved)} to move, "
        f"{len(plan.deleted)} to delete, {len(plan.refused)} to refuse"
    )
    return [Finding(Problem.NOT_SYNCED, Repair.SYNC, "", detail)]


async def _all_records(parts: ReconcileParts) -> AsyncIterator[DocumentRecord]:
    after: str | None = None
    while True:
        page = await parts.documents.page(parts.tenant, limit=_PAGE_COUNT, after=after)
        for record in page:
            yield record
        if len(page) < _PAGE_COUNT:
            return
        after = page[-1].doc_id

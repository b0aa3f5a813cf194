"""`KnowledgeBase.reconcile`: what is compared, repaired in place, and left to a sync."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from core.config import Settings
from core.runs import IngestReport
from folio.assembly import Parts, create_vault, open_artifacts
from folio.graph_building import create_renewer
from ingest.plan import Progress, SyncPlan
from ingest.reconcile.findings import Finding, Survey
from ingest.reconcile.reconciler import ReconcileParts, Reconciler, ReconcileReport, not_synced

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog


class Syncing(Protocol):
    """What can bring all registered sources up to date: the knowledge base."""

    async def plan(self) -> SyncPlan:
        """What a sync would do. Changes nothing."""

    async def execute(
        self, plan: SyncPlan, *, on_progress: Callable[[Progress], None] | None = None
    ) -> IngestReport:
        """Do what the plan says."""


def create_reconciler(
    settings: Settings, parts: Parts, catalog: "SqlCatalog", *, tenant: str | None = None
) -> Reconciler:
    """The reconciler over open stores, for a tenant (by default, that of the settings)."""
    return Reconciler(
        ReconcileParts(
            inspector=parts.inspector,
            index=parts.index,
            documents=catalog,
            leases=catalog,
            artifacts=open_artifacts(settings),
            clock=parts.clock,
            tenant=tenant or settings.access.tenant,
            stuck_after_s=settings.reconcile.stuck_after_s,
            lease_s=settings.ingest.lease_s,
            keep_deleted_s=settings.retention.deleted_s,
            vault=create_vault(settings, catalog),
            graph=catalog.graph,
            renewer=create_renewer(settings, parts, catalog),
        )
    )


async def reconcile(
    reconciler: Reconciler,
    sources: Syncing,
    *,
    repair: bool,
    on_progress: Callable[[Progress], None] | None = None,
) -> ReconcileReport:
    """Compare; with `repair`, put right what can be in place, sync all sources if the rest needs it, and compare again."""
    clock = reconciler.clock
    started_s = clock.monotonic_s()
    survey, findings = await _compared(reconciler, sources)
    remaining = findings
    if repair and findings:
        if await reconciler.repair(findings, survey):
            await sources.execute(await sources.plan(), on_progress=on_progress)
        survey, remaining = await _compared(reconciler, sources)
    return ReconcileReport(
        findings=tuple(findings),
        remaining=tuple(remaining),
        document_count=len(survey.records),
        point_count=sum(group.point_count for group in survey.groups),
        seconds=clock.monotonic_s() - started_s,
    )


async def _compared(reconciler: Reconciler, sources: Syncing) -> tuple[Survey, list[Finding]]:
    survey = await reconciler.survey()
    findings = await reconciler.confirmed(survey)
    return survey, findings + not_synced(await sources.plan())

"""`KnowledgeBase.compact`: what compaction is made of here, and the upload area's drafts."""

import asyncio
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.config import Settings
from core.eval_runs import QUERY_DRIFT
from core.ports import Clock
from folio import drafts, uploads
from folio.assembly import Parts
from folio.reconciling import create_reconciler
from ingest.compaction import CompactionParts, CompactionReport, Compactor

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog


# Longer than any gate looks back, unless it is told to: what an older one said is in its baseline or nowhere.
_EVALUATIONS_S = 400 * 86_400.0


async def compact(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> CompactionReport:
    """Remove everything whose time is over, of every tenant."""
    report = await create_compactor(settings, parts, catalog).compact()
    for tenant in sorted(await catalog.listing.tenants() - {settings.access.tenant}):
        report = _sum(report, await create_compactor(settings, parts, catalog, tenant=tenant).compact())
    await end_records(settings, parts.clock, catalog)
    await catalog.empty_log()
    return replace(report, draft_count=await asyncio.to_thread(_swept, settings))


def _swept(settings: Settings) -> int:
    return sum(drafts.sweep(area) for area in uploads.folders(settings))


async def end_records(settings: Settings, clock: Clock, catalog: "SqlCatalog") -> None:
    """Remove what has been kept long enough: records of answers, words for review, samples, evaluations, entries of the audit log.

    The log stays whole.
    """
    now, records = clock.now(), settings.records
    await _end_evaluations(settings, now, catalog)
    await catalog.retention.remove_words(now=now)
    await catalog.retention.remove_records(before=now - timedelta(seconds=records.retention_s))
    if records.audit_retention_s:
        await catalog.retention.remove_entries(before=now - timedelta(seconds=records.audit_retention_s))


async def _end_evaluations(settings: Settings, now: datetime, catalog: "SqlCatalog") -> None:
    """Samples of questions, what was found in them, and evaluations."""
    drift_ends = now - timedelta(seconds=settings.evals.drift.retention_s)
    await catalog.query_samples.purge(drift_ends)
    await catalog.eval_runs.purge(drift_ends, dataset=QUERY_DRIFT)
    kept_s = max(settings.evals.gate.max_age_s, _EVALUATIONS_S)
    await catalog.eval_runs.purge(now - timedelta(seconds=kept_s))


def _sum(one: CompactionReport, other: CompactionReport) -> CompactionReport:
    # Each value is a count, seconds or a tuple: `+` is right for all.
    added = {field.name: getattr(one, field.name) + getattr(other, field.name) for field in fields(one)}
    return CompactionReport(**added)


def create_compactor(
    settings: Settings, parts: Parts, catalog: "SqlCatalog", *, tenant: str | None = None
) -> Compactor:
    """The compactor over open stores: of the documents of a tenant (by default, that of the settings), and of what is nobody's."""
    return Compactor(
        CompactionParts(
            reconciler=create_reconciler(settings, parts, catalog, tenant=tenant),
            index=parts.index,
            collections=parts.collections,
            documents=catalog,
            leases=catalog,
            generations=catalog.generations,
            housekeeping=catalog.generations,
            clock=parts.clock,
            runs_s=settings.retention.runs_s,
            lease_s=settings.ingest.lease_s,
            changes=catalog.graph,
            lexical=(parts.collections.lexical(parts.index.collection), parts.sparse),
        )
    )

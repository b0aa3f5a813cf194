"""`KnowledgeBase.compact`: what compaction is made of here, and the upload area's drafts."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from core.config import Settings
from folio import drafts, uploads
from folio.assembly import Parts
from folio.reconciling import create_reconciler
from ingest.compaction import CompactionParts, CompactionReport, Compactor

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog


async def compact(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> CompactionReport:
    """Remove everything whose time is over."""
    report = await create_compactor(settings, parts, catalog).compact()
    await catalog.empty_log()
    draft_count = await asyncio.to_thread(drafts.sweep, uploads.folder(settings.home))
    return replace(report, draft_count=draft_count)


def create_compactor(settings: Settings, parts: Parts, catalog: "SqlCatalog") -> Compactor:
    """The compactor over open stores."""
    return Compactor(
        CompactionParts(
            reconciler=create_reconciler(settings, parts, catalog),
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

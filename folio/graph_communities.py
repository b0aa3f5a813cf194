"""The communities of a knowledge base brought up to date: what a refresh is made of here. Reading them is `folio.graph_desk`'s."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.config import Settings
from core.documents import DocumentState
from core.errors import NotFoundError
from core.graph import DocumentEvidence
from core.ports import ArtifactStore, Clock, DocumentCatalog
from folio.assembly import open_artifacts
from graph.refreshing import CommunityReport, RefreshParts, refreshed
from graph.summaries import ExtractiveSummariser
from graph.view import everything
from ingest.leases import RunLeases

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

_LEASE = "*communities"
"""Of whoever refreshes communities: one at a time."""


@dataclass(frozen=True, slots=True)
class LivingTexts:
    """Implements StoredTexts: the text of what the catalog says is indexed."""

    documents: DocumentCatalog
    artifacts: ArtifactStore

    async def text(self, doc_id: str, *, version: int) -> str | None:
        """The stored text of a version; None if it is not the one that is indexed."""
        record = await self.documents.get(doc_id)
        if record is None or (record.state, record.version) != (DocumentState.INDEXED, version):
            return None
        try:
            return await self.artifacts.get(record.artifact_key) if record.artifact_key else None
        except NotFoundError:
            return None


async def refresh_communities(
    settings: Settings,
    catalog: "SqlCatalog",
    *,
    clock: Clock,
    accepts: Callable[[DocumentEvidence], bool] = everything,
    anew: bool = False,
) -> CommunityReport:
    """Bring the communities of the tenant up to date; see `graph.refreshing`. One refresh at a time: another one is told.

    Documents that `accepts` denies count as if they said nothing.
    """
    options = settings.graph.communities
    parts = RefreshParts(
        evidence=catalog.graph,
        store=catalog.graph_communities,
        texts=LivingTexts(catalog, open_artifacts(settings)),
        summariser=ExtractiveSummariser(sentence_count=options.sentence_count),
        settings=options,
        accepts=accepts,
    )
    tenant = settings.access.tenant
    leases = RunLeases(catalog, clock=clock, lease_s=settings.ingest.lease_s)
    async with leases.kept():
        if await leases.take(f"{_LEASE} {tenant}"):
            return await refreshed(parts, tenant, anew=anew)
    return replace(CommunityReport(tenant, await catalog.graph.position(tenant)), is_busy=True)

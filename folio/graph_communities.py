"""The communities of a knowledge base brought up to date: what a refresh is made of here. Reading them is `folio.graph_desk`'s."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.config import Settings
from core.documents import DocumentState
from core.errors import NotFoundError
from core.graph import DocumentEvidence
from core.graph_ports import Summariser
from core.ports import ArtifactStore, Clock, DocumentCatalog
from folio.assembly import open_artifacts
from folio.language_model import create_language_model
from folio.prompting import create_prompts
from graph.model_summaries import PROMPT, ModelSummariser
from graph.refreshing import CommunityReport, RefreshParts, refreshed
from graph.summaries import ExtractiveSummariser
from graph.view import everything
from ingest.leases import RunLeases

if TYPE_CHECKING:
    from inference.llm.gateway import Gateway
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
    model = _model(settings, catalog, clock)
    try:
        return await _refreshed(settings, catalog, clock=clock, accepts=accepts, anew=anew, model=model)
    finally:
        if model is not None:
            await model.aclose()


async def _refreshed(
    settings: Settings,
    catalog: "SqlCatalog",
    *,
    clock: Clock,
    accepts: Callable[[DocumentEvidence], bool],
    anew: bool,
    model: "Gateway | None",
) -> CommunityReport:
    options = settings.graph.communities
    parts = RefreshParts(
        evidence=catalog.graph,
        store=catalog.graph_communities,
        texts=LivingTexts(catalog, open_artifacts(settings)),
        summariser=await _summariser(settings, catalog, clock=clock, model=model),
        settings=options,
        accepts=accepts,
    )
    tenant = settings.access.tenant
    leases = RunLeases(catalog, clock=clock, lease_s=settings.ingest.lease_s)
    async with leases.kept():
        if await leases.take(f"{_LEASE} {tenant}"):
            return await refreshed(parts, tenant, anew=anew)
    return replace(CommunityReport(tenant, await catalog.graph.position(tenant)), is_busy=True)


def _model(settings: Settings, catalog: "SqlCatalog", clock: Clock) -> "Gateway | None":
    """The language model, where it is to write summaries and one is configured."""
    if settings.graph.communities.summaries != "model":
        return None
    return create_language_model(settings, catalog, clock)


async def _summariser(
    settings: Settings, catalog: "SqlCatalog", *, clock: Clock, model: "Gateway | None"
) -> Summariser:
    count = settings.graph.communities.sentence_count
    if model is None or settings.llm.model is None:
        return ExtractiveSummariser(sentence_count=count)
    prompt = await create_prompts(settings, catalog, clock).pin(PROMPT, unit=settings.access.tenant)
    return ModelSummariser(model, prompt=prompt, model_name=settings.llm.model, sentence_count=count)

"""`graph_evidence`, `graph_merges` and `graph_communities`: each looks at what has changed since the last time, and no more."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from core.clock import SystemClock
from core.graph import Community
from pipelines.defs.graph.metadata import Metadata, community_metadata, evidence_metadata, merge_metadata
from pipelines.defs.graph.plots import community_plot
from pipelines.defs.graph.specs import COMMUNITIES, EVIDENCE, MERGES, graph_spec
from pipelines.partitions import POOL
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from graph.refreshing import CommunityReport

NOT_ENABLED = "the graph is not enabled: set FOLIO_GRAPH__ENABLED=true"


class EvidenceConfig(dg.Config):
    """What is read."""

    again: bool = Field(default=False, description="read every document again, not only those that were not")
    limit: int = Field(default=0, ge=0, description="most documents of one run; 0: all that are waiting")


class CommunityConfig(dg.Config):
    """How groups are made."""

    anew: bool = Field(
        default=False, description="group everything from nothing and write every summary again"
    )


# The pool of the syncs: an embedded store that nobody serves has one owner at a time.
@dg.multi_asset(name="read_graph", specs=[graph_spec(EVIDENCE)], pool=POOL)
def graph_evidence(
    context: dg.AssetExecutionContext, config: EvidenceConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Read what was indexed without the graph, or by other rules."""
    if not knowledge_base.settings().graph.enabled:
        context.log.info(NOT_ENABLED)
        return
    with told_to_dagster():
        metadata = asyncio.run(_read(config, knowledge_base))
    yield dg.MaterializeResult(asset_key=EVIDENCE, metadata=metadata)


@dg.multi_asset(name="resolve_graph", specs=[graph_spec(MERGES)], pool=POOL)
def graph_merges(
    context: dg.AssetExecutionContext, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Find names of one thing that are written with other words."""
    if not knowledge_base.settings().graph.enabled:
        context.log.info(NOT_ENABLED)
        return
    with told_to_dagster():
        metadata = asyncio.run(_resolve(knowledge_base))
    yield dg.MaterializeResult(asset_key=MERGES, metadata=metadata)


@dg.multi_asset(name="refresh_communities", specs=[graph_spec(COMMUNITIES)])
def graph_communities(
    context: dg.AssetExecutionContext, config: CommunityConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Group the entities of every access label whose documents have changed."""
    if not knowledge_base.settings().graph.enabled:
        context.log.info(NOT_ENABLED)
        return
    with told_to_dagster():
        report, communities, seconds = asyncio.run(_refresh(config, knowledge_base))
    if report.is_busy:
        context.log.info("another refresh of the communities goes on")
        return
    has_plots = knowledge_base.settings().dagster.plot_run_count > 0
    picture = community_plot(communities) if has_plots else None
    shown = community_metadata(report, communities, seconds=seconds, picture=picture)
    yield dg.MaterializeResult(asset_key=COMMUNITIES, metadata=shown)


async def _read(config: EvidenceConfig, resource: KnowledgeBaseResource) -> Metadata:
    clock = SystemClock()
    started_s = clock.monotonic_s()
    async with resource.create() as kb:
        report = await kb.build_graph(limit=config.limit or None, again=config.again)
    async with resource.catalog() as catalog:
        census = await catalog.graph_census.census(resource.settings().access.tenant)
    return evidence_metadata(census, report, seconds=clock.monotonic_s() - started_s)


async def _resolve(resource: KnowledgeBaseResource) -> Metadata:
    clock = SystemClock()
    started_s = clock.monotonic_s()
    async with resource.create() as kb:
        report = await kb.resolve_graph()
    return merge_metadata(report, seconds=clock.monotonic_s() - started_s)


async def _refresh(
    config: CommunityConfig, resource: KnowledgeBaseResource
) -> "tuple[CommunityReport, Sequence[Community], float]":
    """Opens the catalog only: the vector store may be busy with a sync."""
    from folio.graph_communities import refresh_communities
    from folio.graph_view import current_evidence

    clock, settings = SystemClock(), resource.settings()
    started_s = clock.monotonic_s()
    async with resource.catalog() as catalog:
        accepts = current_evidence(settings)
        report = await refresh_communities(settings, catalog, clock=clock, accepts=accepts, anew=config.anew)
        communities = await catalog.graph_communities.communities(report.tenant)
    return report, communities, clock.monotonic_s() - started_s

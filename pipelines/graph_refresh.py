"""The schedule of the graph: a run where documents have changed since the last one, and none where not."""

import asyncio

import dagster as dg

from core.config import Settings
from pipelines.jobs import graph_job
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

NAME = "graph_refresh"


def graph_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Ticks as often as the settings say. Running from the start: themes that nobody refreshes are yesterday's."""

    @dg.schedule(
        name=NAME,
        job=graph_job,
        cron_schedule=settings.graph.communities.schedule,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Refreshes merges, communities and summaries of the graph if documents have changed since the last time.",
    )
    def graph_refresh(knowledge_base: KnowledgeBaseResource) -> dg.RunRequest | dg.SkipReason:
        with told_to_dagster():
            reason = asyncio.run(_why_not(knowledge_base))
        return dg.SkipReason(reason) if reason else dg.RunRequest()

    return graph_refresh


async def _why_not(resource: KnowledgeBaseResource) -> str | None:
    """Why there is nothing to do; None if there is. Asks for two numbers only, most of the time."""
    settings = resource.settings()
    if not settings.graph.enabled:
        return "the graph is not enabled"
    tenant = settings.access.tenant
    async with resource.catalog() as catalog:
        made_at, position = (
            await catalog.graph_communities.made_at(tenant),
            await catalog.graph.position(tenant),
        )
        if made_at != position:
            return None
        # Nothing was ever read: perhaps documents were indexed before there was a graph.
        if made_at == 0 and (await catalog.graph_census.census(tenant)).without_evidence_count:
            return None
    return "no document has changed since the last refresh"

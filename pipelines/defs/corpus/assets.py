"""`sync_corpus`: the six assets as one streaming step.

Documents flow through the stages with bounded memory, and unredacted text is never written down between them; so the
stages are not steps of their own (docs/adr/0004-streaming-assets.md). A run covers everything, or one partition
(docs/adr/0008-partitions.md).
"""

import asyncio
from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from core.clock import SystemClock
from core.documents import Source
from pipelines.defs.corpus.events import note_partitions, note_plan, of_outcome, planned_checks
from pipelines.defs.corpus.picture import picture
from pipelines.defs.corpus.running import Forecast, Synced, forecast, planned, sync
from pipelines.defs.corpus.scope import Scope, scope_of
from pipelines.defs.corpus.specs import DRY_RUN_TAG, SYNCED_TAG, corpus_checks, corpus_specs
from pipelines.partitions import CORPUS_PARTITIONS, POOL, follow_sources, part_of, parts
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster
from pipelines.watching import SEEN_TAG, look

Event = dg.MaterializeResult[None] | dg.AssetCheckResult


class SyncConfig(dg.Config):
    """What a run covers, and whether it only says what it would do."""

    paths: list[str] = Field(
        default=[], description="files and folders; none: everything that the run covers"
    )
    sources: list[str] = Field(default=[], description="names or ids of sources; none: all registered ones")
    dry_run: bool = Field(
        default=False, description="plan and estimate only: nothing is indexed, deleted or materialised"
    )
    allow_empty: bool = Field(
        default=False, description="a source that is gone or suddenly empty is to lose its documents"
    )


# The pool is shared with the checks; `dagster.parallel_syncs` is how many of their runs there may be at once.
@dg.multi_asset(
    name="sync_corpus",
    specs=corpus_specs(),
    check_specs=corpus_checks(),
    partitions_def=CORPUS_PARTITIONS,
    pool=POOL,
)
def sync_corpus(
    context: dg.AssetExecutionContext, config: SyncConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[Event]:
    """Bring the index up to date with all registered sources, or with what the partition or the configuration names."""
    with told_to_dagster():
        if config.dry_run:
            found = asyncio.run(_forecast(context, config, knowledge_base))
        else:
            done = asyncio.run(_sync(context, config, knowledge_base))
    if config.dry_run:
        context.log.info(planned(found.plan))
        note_plan(context, found)
        yield from planned_checks(found.plan)
        return
    if not context.has_partition_key:
        note_partitions(context, done)
    yield from of_outcome(context, done)


async def _forecast(
    context: dg.AssetExecutionContext, config: SyncConfig, resource: KnowledgeBaseResource
) -> Forecast:
    context.instance.add_run_tags(context.run.run_id, {DRY_RUN_TAG: "true"})
    scope = _scope(context, config, await resource.sources(), resource)
    async with resource.create() as kb:
        return await forecast(kb, scope)


async def _sync(
    context: dg.AssetExecutionContext, config: SyncConfig, resource: KnowledgeBaseResource
) -> Synced:
    sources, settings = await resource.sources(), resource.settings()
    follow_sources(context.instance, sources, settings=settings)
    scope = _scope(context, config, sources, resource)
    # For the sensor. Before the scan: what changes later is not covered by the run.
    if scope.everything:
        digest = look(sources, settings=settings).digest
        context.instance.add_run_tags(context.run.run_id, {SEEN_TAG: digest})
    async with resource.create() as kb:
        outcome = await sync(kb, scope, log=context.log.info, run_id=context.run.run_id)
        if not outcome.plan.unreachable:
            context.instance.add_run_tags(context.run.run_id, {SYNCED_TAG: "true"})
        shown = await picture(context.instance, kb, outcome, now_s=SystemClock().now().timestamp())
    return Synced(outcome, parts(sources, bucket_count=settings.dagster.bucket_count), shown)


def _scope(
    context: dg.AssetExecutionContext,
    config: SyncConfig,
    sources: list[Source],
    resource: KnowledgeBaseResource,
) -> Scope:
    if not context.has_partition_key:
        return Scope(tuple(config.paths), tuple(config.sources), allow_empty=config.allow_empty)
    known = parts(sources, bucket_count=resource.settings().dagster.bucket_count)
    part = part_of(context.partition_key, known)
    return scope_of(part, paths=config.paths, allow_empty=config.allow_empty)

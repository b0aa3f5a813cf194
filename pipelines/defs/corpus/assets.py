"""`sync_corpus`: the six assets as one streaming step.

Documents flow through the stages with bounded memory, and unredacted text is never written down between them; so the
stages are not steps of their own (docs/adr/0004-streaming-assets.md).
"""

import asyncio
from collections.abc import Iterator

import dagster as dg
from pydantic import Field

from core.errors import FolioError, TransientError
from core.runs import FileFailure
from ingest.plan import SyncPlan
from pipelines.defs.corpus.metadata import Outcome, failure_table, metadata_by_asset
from pipelines.defs.corpus.progress import ProgressLog
from pipelines.defs.corpus.specs import INDEX, corpus_checks, corpus_specs
from pipelines.resources import KnowledgeBaseResource
from pipelines.watching import SEEN_TAG, look

Materialised = dg.MaterializeResult[None] | dg.AssetCheckResult


class SyncConfig(dg.Config):
    """What a run covers."""

    paths: list[str] = Field(default=[], description="files and folders; none: all registered sources")


# The pool has one slot (dagster.yaml): two syncs of one index at once would do everything twice.
@dg.multi_asset(name="sync_corpus", specs=corpus_specs(), check_specs=corpus_checks(), pool="index")
def sync_corpus(
    context: dg.AssetExecutionContext, config: SyncConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[Materialised]:
    """Bring the index up to date with `paths`, or with all registered sources if none is given."""
    try:
        outcome = asyncio.run(_sync(context, config, knowledge_base))
    except FolioError as error:
        raise dg.Failure(error.detail, allow_retries=isinstance(error, TransientError)) from error
    for name, metadata in metadata_by_asset(outcome).items():
        yield dg.MaterializeResult(asset_key=name, metadata=metadata)
    yield _check(context, outcome.report.failed)


async def _sync(
    context: dg.AssetExecutionContext, config: SyncConfig, knowledge_base: KnowledgeBaseResource
) -> Outcome:
    await _note_state(context, config, knowledge_base)
    async with knowledge_base.create() as kb:
        plan = await kb.plan(config.paths)
        context.log.info(_planned(plan))
        report = await kb.execute(
            plan, on_progress=ProgressLog(context.log.info), orchestrator_run_id=context.run.run_id
        )
        status = await kb.status()
    return Outcome(plan, report, status.embedding_model, status.chunk_count)


async def _note_state(
    context: dg.AssetExecutionContext, config: SyncConfig, knowledge_base: KnowledgeBaseResource
) -> None:
    """Tell the sensor what this run has seen. Before the scan: what changes later is not covered by the run."""
    if not config.paths:
        watched = look(await knowledge_base.sources(), settings=knowledge_base.settings())
        context.instance.add_run_tags(context.run.run_id, {SEEN_TAG: watched.digest})


def _planned(plan: SyncPlan) -> str:
    return (
        f"{plan.file_count} files in {len(plan.targets)} sources: {len(plan.added)} to add, "
        f"{len(plan.modified)} to modify, {len(plan.moved)} to move, {len(plan.deleted)} to delete, {plan.unchanged_count} unchanged"
    )


def _check(context: dg.AssetExecutionContext, failed: tuple[FileFailure, ...]) -> dg.AssetCheckResult:
    """Files that cannot be indexed are a warning: they stop nothing, and somebody should look at them."""
    metadata: dict[str, dg.MetadataValue] = {"failed": dg.MetadataValue.int(len(failed))}
    if failed:
        context.log.warning("%d files were not indexed; the check every_file_indexed lists them", len(failed))
        metadata["failed_files"] = dg.MetadataValue.md(failure_table(failed))
    return dg.AssetCheckResult(
        asset_key=INDEX,
        check_name="every_file_indexed",
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )

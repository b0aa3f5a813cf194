"""What Dagster is told of a sync: materialisations, observations and the results of the checks it makes itself."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from core.runs import FileFailure
from ingest.plan import SyncPlan
from pipelines.defs.corpus.metadata import metadata_by_asset, metadata_of_plan
from pipelines.defs.corpus.running import Forecast, Synced
from pipelines.defs.corpus.scope import work_by_partition
from pipelines.defs.corpus.specs import INDEX, NAMES
from pipelines.defs.corpus.tables import failure_table
from pipelines.defs.corpus.trend import PLOTS


def of_outcome(
    context: dg.AssetExecutionContext, done: Synced
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Every asset with what the sync did, and then the checks: one that blocks ends the step."""
    metadata = metadata_by_asset(done.outcome)
    if done.picture:
        metadata[INDEX][PLOTS] = dg.MetadataValue.md(done.picture)
    for name, shown in metadata.items():
        yield dg.MaterializeResult(asset_key=name, metadata=shown)
    failed = done.outcome.report.failed
    if failed:
        context.log.warning("%d files were not indexed; the check every_file_indexed lists them", len(failed))
    yield _every_file_indexed(failed)


def note_partitions(context: dg.AssetExecutionContext, done: Synced) -> None:
    """Mark the partitions that a run over all of them has changed, or is the first to fill."""
    by_partition = work_by_partition(done.outcome.plan, done.partitions)
    if not by_partition:
        return
    filled = context.instance.get_materialized_partitions(dg.AssetKey(INDEX))
    for key, work in by_partition.items():
        if not work and key in filled:
            continue
        for name in NAMES:
            context.log_event(dg.AssetMaterialization(name, partition=key, metadata=dict(work)))


def note_plan(context: dg.AssetExecutionContext, found: Forecast) -> None:
    """An observation of the index: a dry run materialises nothing."""
    partition = context.partition_key if context.has_partition_key else None
    metadata = metadata_of_plan(found.plan, found.expected, currency=found.currency, api=found.api)
    context.log_event(dg.AssetObservation(INDEX, metadata=metadata, partition=partition))


def planned_checks(plan: SyncPlan) -> Iterator[dg.AssetCheckResult]:
    """The checks as far as a plan knows: Dagster wants their results from every run of the step."""
    refused = [FileFailure(row.change.candidate.path, row.reason) for row in plan.refused]
    yield _every_file_indexed([*refused, *plan.failures], dry_run=dg.MetadataValue.bool(True))


def _every_file_indexed(failed: Sequence[FileFailure], **more: dg.MetadataValue[Any]) -> dg.AssetCheckResult:
    """Files that cannot be indexed are a warning: they stop nothing, and somebody should look at them."""
    metadata: dict[str, dg.MetadataValue[Any]] = {"failed": dg.MetadataValue.int(len(failed)), **more}
    if failed:
        metadata["failed_files"] = dg.MetadataValue.md(failure_table(failed))
    return dg.AssetCheckResult(
        asset_key=INDEX,
        check_name="every_file_indexed",
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )

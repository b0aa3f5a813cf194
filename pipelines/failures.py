"""Runs that failed: one line in the log, and an end for the record that a killed run left open."""

import asyncio
import logging
from dataclasses import replace

import dagster as dg

from core.clock import SystemClock
from core.ports import Clock
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster
from store.catalog.catalog import SqlCatalog, open_catalog

_LOG = logging.getLogger("folio.runs")
# Syncs are few and run one after the other: an open record is among the latest.
_LOOKED_AT = 50
_REASON_CHARS = 500


@dg.run_failure_sensor(
    name="failed_runs",
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=5,
    description="Writes a line for every failed run, and closes the record that a killed sync left open.",
)
def failed_runs_sensor(
    context: dg.RunFailureSensorContext, knowledge_base: KnowledgeBaseResource
) -> dg.SkipReason:
    """Called once for each failed run."""
    run = context.dagster_run
    reason = reason_of(context)
    # The line is for those who read logs. What exceptions say stays in Dagster, where access is controlled.
    _LOG.error("run failed: job=%s run_id=%s step=%s", run.job_name, run.run_id, _failed_step(context))
    with told_to_dagster():
        closed = asyncio.run(_close(knowledge_base, run.run_id, reason))
    return dg.SkipReason(f"run {run.run_id} failed: {reason}{'; its record is closed' if closed else ''}")


def reason_of(context: dg.RunFailureSensorContext) -> str:
    """What the failed step says of itself, else what Dagster says of the run; one line."""
    told = [event.step_failure_data.user_failure_data for event in context.get_step_failure_events()]
    texts = [data.description for data in told if data and data.description]
    text = (texts or [context.failure_event.message or "no reason was given"])[0]
    return " ".join(text.split())[:_REASON_CHARS]


def _failed_step(context: dg.RunFailureSensorContext) -> str:
    return next((event.step_key for event in context.get_step_failure_events() if event.step_key), "none")


async def _close(knowledge_base: KnowledgeBaseResource, run_id: str, reason: str) -> bool:
    clock = SystemClock()
    async with open_catalog(knowledge_base.settings(), clock) as catalog:
        return await close_record(catalog, run_id, reason=reason, clock=clock)


async def close_record(catalog: SqlCatalog, run_id: str, *, reason: str, clock: Clock) -> bool:
    """End the record of a Dagster run, if it is open; whether it was."""
    left = [
        row
        for row in await catalog.runs(limit=_LOOKED_AT)
        if row.orchestrator_run_id == run_id and row.finished_at is None
    ]
    for record in left:
        await catalog.save_run(replace(record, finished_at=clock.now(), error=reason))
    return bool(left)

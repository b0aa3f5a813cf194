"""A sync through Dagster: register folders, launch the job, follow it to its end."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from core.clock import SystemClock
from core.config import Settings
from core.errors import DependencyDownError, InvalidInputError
from core.runs import RunRecord
from folio.assembly import open_catalog
from folio.orchestrator import Orchestrator, OrchestratorRun, RunStatus
from ingest.sources.targets import SyncTarget, resolve_targets
from store.catalog.catalog import SqlCatalog

_POLL_S = 0.5


async def register_folders(settings: Settings, folders: Sequence[Path]) -> list[SyncTarget]:
    """Make the folders known, so that every sync covers them; the sources behind them.

    Raises:
        InvalidInputError: One of them is not a folder.
    """
    for folder in folders:
        if not folder.expanduser().is_dir():
            raise InvalidInputError(
                f"{folder} is not a folder. Watched are folders; `folio ingest` takes single files"
            )
    async with open_catalog(settings, SystemClock()) as catalog:
        tenant = settings.access.tenant
        known = await catalog.sources(tenant)
        targets = resolve_targets(folders, known=known, tenant=tenant, as_jsonl=False)
        for target in targets:
            await catalog.register(target.source)
    return targets


async def sync_all(
    settings: Settings, orchestrator: Orchestrator, *, on_progress: Callable[[RunRecord], None]
) -> OrchestratorRun:
    """Sync all registered sources with one Dagster run, and wait for its end.

    A run of all of them that somebody has launched already is followed instead.

    Raises:
        DependencyDownError: The run did not succeed; says why and where to look.
    """
    active = [run for run in await orchestrator.active_runs() if run.covers_all]
    run_id = active[0].run_id if active else await orchestrator.launch()
    async with open_catalog(settings, SystemClock()) as catalog:
        run = await _follow(run_id, orchestrator=orchestrator, catalog=catalog, on_progress=on_progress)
    if run.status is not RunStatus.SUCCESS:
        raise DependencyDownError(
            f"the sync ended as {run.status.lower()}: {await orchestrator.failure(run_id)}. "
            f"See {orchestrator.run_url(run_id)}"
        )
    return run


async def cancel_stale_runs(orchestrator: Orchestrator, *, before_s: float) -> None:
    """Mark runs as cancelled that a killed Dagster left behind: they would block every later one.

    `before_s` is when this Dagster was started. What still waits in its queue then is not lost: it runs now.
    """
    for run in await orchestrator.active_runs():
        if run.created_s < before_s and run.status is not RunStatus.QUEUED:
            await orchestrator.cancel(run.run_id)


async def _follow(
    run_id: str,
    *,
    orchestrator: Orchestrator,
    catalog: SqlCatalog,
    on_progress: Callable[[RunRecord], None],
) -> OrchestratorRun:
    while True:
        run = await orchestrator.run(run_id)
        records = [row for row in await catalog.runs(limit=5) if row.orchestrator_run_id == run_id]
        if records:
            on_progress(records[0])
        if run.status.finished:
            return run
        await asyncio.sleep(_POLL_S)

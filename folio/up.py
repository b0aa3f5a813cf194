"""`folio up`: the whole service on this machine, in the foreground, until somebody stops it."""

import asyncio
import signal
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from core.clock import SystemClock
from core.config import Settings
from core.errors import FolioError
from folio.progress import sync_progress
from folio.service import Service, started
from folio.several_workers import notes_on_workers
from folio.syncing import cancel_stale_runs, register_folders, sync_all


def run_up(settings: Settings, paths: Sequence[Path]) -> int:
    """Serve until Ctrl-C or SIGTERM; the exit code.

    Raises:
        FolioError: The service cannot start, or one of its processes ended.
    """
    return asyncio.run(until_stopped(_serve(settings, paths), stopped_code=0))


async def until_stopped(work: Coroutine[Any, Any, int], *, stopped_code: int) -> int:
    """The result of `work`; `stopped_code` if Ctrl-C or SIGTERM came first. The work is cancelled then, and cleans up."""
    working = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, working.cancel)
    try:
        return await working
    except asyncio.CancelledError:
        return stopped_code


async def _serve(settings: Settings, paths: Sequence[Path]) -> int:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    await register_folders(settings, paths)
    console.print("starting the store, the API and Dagster ...")
    try:
        async with started(settings) as service:
            await service.supervise(_work(settings, service, console))
    finally:
        console.print("stopped")
    return 0


async def _work(settings: Settings, service: Service, console: Console) -> None:
    await service.wait_for_api()
    for note in notes_on_workers(settings):
        console.print(note, markup=False)
    console.print(f"API      {service.api.url}  (documentation: {service.api.url}/docs)", markup=False)
    await service.wait_for_dagster()
    console.print(f"Dagster  {service.orchestrator.url}", markup=False)
    await cancel_stale_runs(service.orchestrator, before_s=service.begun_s)
    await _first_sync(settings, service, console)
    console.print("serving and watching; Ctrl-C stops")
    await asyncio.Event().wait()


async def _first_sync(settings: Settings, service: Service, console: Console) -> None:
    """A sync that fails is reported. The service goes on: it answers from what it has, and the sensor tries again."""
    try:
        with sync_progress(console, clock=SystemClock()) as show:
            await sync_all(settings, service.orchestrator, on_progress=show)
    except FolioError as error:
        console.print(f"the first sync failed: {error.detail}", markup=False)
    else:
        console.print("all folders are indexed")

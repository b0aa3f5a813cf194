"""What an API process does besides answering: jobs, messages to webhooks, and tidying up."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from core.config import Settings
from core.errors import FolioError
from core.jobs import Job
from core.ports import Clock
from folio import uploads
from folio.delivering import Deliverer
from folio.drafts import sweep
from folio.job_worker import Indexer, JobWorker
from folio.jobs import Bell
from folio.sealing import Seal, seal_of
from folio.stores import ServiceStores
from folio.submitting import KEEP_KEYS_S
from folio.veils import veil_of_uploads

_LOG = logging.getLogger(__name__)
_TIDY_EVERY_S = 3600.0
_AFTER_ERROR_S = 5.0
_GRACE_S = 1.0


class Worked(Indexer, Protocol):
    """The knowledge base, as far as the background needs it."""

    async def service_stores(self) -> ServiceStores:
        """The stores of jobs, keys and webhooks."""


Step = Callable[[], Awaitable[int]]
Pause = Callable[[], Awaitable[None]]


class Background:
    """The loops of one process. `opened` gives the open knowledge base, or raises while it cannot be opened."""

    def __init__(
        self, settings: Settings, opened: Callable[[], Awaitable[Worked]], *, bell: Bell, clock: Clock
    ) -> None:
        self._settings = settings
        self._opened = opened
        self._bell = bell
        self._clock = clock
        self._stop = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the block lasts; at its end what was begun is given back."""
        count = self._settings.api.job_worker_count
        loops = [self._tidy(), self._deliver(), *(self._work() for _ in range(count))]
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            yield
        finally:
            # Those that idle end by themselves; a database connection that is cancelled in mid-air is lost.
            self._stop.set()
            self._bell.ring()
            _, busy = await asyncio.wait(tasks, timeout=_GRACE_S)
            for task in busy:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        worker: JobWorker | None = None
        news = self._bell.listen()

        async def step() -> int:
            nonlocal worker, news
            news = self._bell.listen()
            if worker is None:
                knowledge_base = await self._opened()
                stores = await knowledge_base.service_stores()
                worker = JobWorker(
                    knowledge_base,
                    stores.queue,
                    file_of=self._file_of,
                    settings=self._settings.api,
                    bell=self._bell,
                )
            return await worker.run_once()

        await self._repeat(step, pause=lambda: self._bell.wait(news, timeout_s=self._settings.api.job_poll_s))

    async def _deliver(self) -> None:
        deliverer: Deliverer | None = None

        async def step() -> int:
            nonlocal deliverer
            if deliverer is None:
                stores = await (await self._opened()).service_stores()
                deliverer = Deliverer(
                    stores.deliveries,
                    stores.webhooks,
                    settings=self._settings.webhooks,
                    seal=cache(self._seal),
                    clock=self._clock,
                )
            return await deliverer.run_once()

        await self._repeat(step, pause=lambda: self._idle(self._settings.webhooks.poll_s))

    async def _tidy(self) -> None:
        async def step() -> int:
            for area in await asyncio.to_thread(uploads.folders, self._settings):
                await asyncio.to_thread(sweep, area)
            stores = await (await self._opened()).service_stores()
            now = self._clock.now()
            await stores.queue.purge(now - timedelta(seconds=self._settings.api.job_retention_s))
            await stores.keys.purge(now - timedelta(seconds=KEEP_KEYS_S))
            await stores.deliveries.purge(now - timedelta(seconds=self._settings.webhooks.retention_s))
            await stores.appeals.purge(now - timedelta(seconds=self._settings.guardrails.appeal_s))
            return 0

        await self._repeat(step, pause=lambda: self._idle(_TIDY_EVERY_S))

    def _file_of(self, job: Job) -> Path:
        veil = veil_of_uploads(self._settings, job.tenant)
        return uploads.located(uploads.home_of(self._settings, job.tenant), path=job.path, veil=veil)

    def _seal(self) -> Seal:
        return seal_of(self._settings)

    async def _repeat(self, step: Step, *, pause: Pause) -> None:
        """Go on until the end, whatever happens: what cannot be done now is tried again."""
        while not self._stop.is_set():
            try:
                if await step():
                    continue
            except FolioError as error:
                _LOG.warning("background work has to wait: %s", error.detail)
                await self._idle(_AFTER_ERROR_S)
            except Exception as error:  # noqa: BLE001 - a process boundary: a bug in one loop must not end it for good
                where = "".join(traceback.format_tb(error.__traceback__))
                _LOG.error("unexpected %s in the background\n%s", type(error).__name__, where)
                await self._idle(_AFTER_ERROR_S)
            if not self._stop.is_set():
                await pause()

    async def _idle(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

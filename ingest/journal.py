"""How far a run is, kept in the catalog while it goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace

from core.errors import FolioError
from core.ports import Clock, SourceCatalog
from core.runs import RunRecord
from ingest.plan import SyncPlan
from ingest.tally import Tally

_SAVE_EVERY_S = 0.5


class Journal:
    """A run's tally and its record: saved at the start, now and then, and always at the end."""

    def __init__(self, plan: SyncPlan, *, run: RunRecord, sources: SourceCatalog, clock: Clock) -> None:
        self.tally = Tally(plan)
        self._run = replace(run, total_count=plan.work_count)
        self._sources = sources
        self._clock = clock
        self._started_s = clock.monotonic_s()
        self._saved_s = self._started_s

    @property
    def run_id(self) -> str:
        """The run this is about."""
        return self._run.run_id

    @property
    def elapsed_s(self) -> float:
        """Seconds since the execution began."""
        return self._clock.monotonic_s() - self._started_s

    async def advance(self) -> None:
        """Save the counts, unless that was done a moment ago."""
        now_s = self._clock.monotonic_s()
        if now_s - self._saved_s >= _SAVE_EVERY_S:
            self._saved_s = now_s
            await self._save()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep the record from here on, and close it when the block ends, with the error that ended it."""
        await self._save()
        error: str | None = "stopped by an unexpected error"
        try:
            yield
            error = None
        except FolioError as reason:
            error = reason.detail
            raise
        except asyncio.CancelledError:
            error = "interrupted"
            raise
        finally:
            await self._close(error)

    async def _close(self, error: str | None) -> None:
        self._run = replace(self._run, finished_at=self._clock.now(), error=error)
        # After an error the catalog may be what is down, and the first error is the one to tell.
        with suppress(FolioError) if error else nullcontext():
            await self._save()

    async def _save(self) -> None:
        tally = self.tally
        self._run = replace(
            self._run,
            done_count=tally.done_count,
            chunk_count=tally.chunk_count,
            failed_count=tally.failed_count,
        )
        await self._sources.save_run(self._run)

"""Small things that a store which is down keeps from being noted: they are noted once it is back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from core.errors import TransientError

_LOG = logging.getLogger(__name__)
_EVERY_S = 1.0

Work = Callable[[], Awaitable[None]]
"""Does it. May be called again after it has failed."""


class LateWork:
    """One for a process. What it has not done when the process ends is not done."""

    def __init__(self, *, every_s: float = _EVERY_S) -> None:
        self._every_s = every_s
        self._tasks: set[asyncio.Task[None]] = set()

    async def do(self, work: Work, *, within_s: float) -> None:
        """Do it now, or, where a store does not answer, later, but not after `within_s` seconds. The caller need not know."""
        try:
            await work()
        except TransientError:
            task = asyncio.create_task(self._again(work, within_s))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is left."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _again(self, work: Work, within_s: float) -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        while loop.time() < until_s:
            await asyncio.sleep(self._every_s)
            try:
                await work()
            except TransientError:
                continue
            return
        _LOG.warning("something was not noted within %.0f s: the store did not answer", within_s)

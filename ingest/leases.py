"""A run's leases on documents: taken before work on one begins, kept alive, given back when it is done."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import cache
from uuid import uuid4

from core.errors import FolioError, StoreBusyError
from core.ports import Clock, DocumentLeases

POLL_S = 0.2
"""How often to ask again for a document that another run has."""

LONGEST_WAIT_S = 600.0
"""How long to wait for a document whose owner lives and keeps its lease alive."""

_RELEASE_EVERY_S = 1.0

_log = logging.getLogger(__name__)


class RunLeases:
    """The leases of one run. Use it inside `kept`."""

    def __init__(self, leases: DocumentLeases, *, clock: Clock, lease_s: float) -> None:
        self._leases = leases
        self._clock = clock
        self._lease_s = lease_s
        self._owner = _new_owner()
        self._held: set[str] = set()
        self._done: set[str] = set()
        self._released_s = clock.monotonic_s()
        # What is held must not change between asking the catalog and noting its answer.
        self._asking = asyncio.Lock()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep what is taken alive; at the end, also after an error, give back what is still held."""
        await self.evict_the_dead()
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            await self._give_back()

    async def take(self, *doc_ids: str) -> bool:
        """Take all of them or none; False if another run has one."""
        wanted = set(doc_ids)
        self._done -= wanted
        if wanted <= self._held or await self.take_any(wanted) == wanted:
            return True
        await self.give_back(*(wanted & self._held))
        return False

    async def take_any(self, doc_ids: Collection[str]) -> set[str]:
        """Take those that nobody has."""
        async with self._asking:
            taken = await self._leases.acquire(doc_ids, owner=self._owner, lease_s=self._lease_s)
            self._held |= taken
        return taken

    async def wait_for(self, doc_id: str) -> None:
        """Take one, waiting for another run to finish with it.

        Raises:
            StoreBusyError: The other run has kept it for too long.
        """
        deadline_s = self._clock.monotonic_s() + LONGEST_WAIT_S
        while not await self.take(doc_id):
            if self._clock.monotonic_s() >= deadline_s:
                raise StoreBusyError(busy(doc_id))
            await asyncio.sleep(POLL_S)
            await self.evict_the_dead()

    async def done_with(self, *doc_ids: str) -> None:
        """Give them back together with others, a second later at most while work goes on: a write costs milliseconds."""
        self._done |= set(doc_ids)
        if self._clock.monotonic_s() - self._released_s >= _RELEASE_EVERY_S:
            await self.give_back(*self._done)

    async def give_back_done(self) -> None:
        """Give back all that is done with now."""
        if self._done:
            await self.give_back(*self._done)

    async def give_back(self, *doc_ids: str) -> None:
        """Let other runs have them."""
        async with self._asking:
            self._held -= set(doc_ids)
            self._done -= set(doc_ids)
            self._released_s = self._clock.monotonic_s()
            await self._leases.release(doc_ids, owner=self._owner)

    async def evict_the_dead(self) -> None:
        """Free what processes of this machine had that are no more: nobody need wait until their leases expire."""
        for owner in await self._leases.owners():
            if _is_gone(owner):
                await self._leases.evict(owner)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                await self._extend()
            except FolioError as error:
                # The run meets the same error in its own work, and ends with it.
                _log.warning("leases could not be extended: %s", error.detail)

    async def _extend(self) -> None:
        async with self._asking:
            if self._held:
                # What was lost, because this process stood still for too long, is taken anew before it is worked on.
                self._held &= await self._leases.acquire(self._held, owner=self._owner, lease_s=self._lease_s)

    async def _give_back(self) -> None:
        if not self._held:
            return
        try:
            await self.give_back(*self._held)
        except FolioError as error:
            # They expire by themselves, and the error that ended the run is the one to tell.
            _log.warning("leases could not be given back: %s", error.detail)


def busy(what: str) -> str:
    """Why a document was left as it is."""
    return f"another run has been working on {what} for {LONGEST_WAIT_S:.0f} s: sync again when it has ended"


def _new_owner() -> str:
    """Machine, process and run. The mark tells a process from a later one with the same number."""
    return f"{socket.gethostname()}/{os.getpid()}/{_process_mark(os.getpid())}/{uuid4().hex}"


def _is_gone(owner: str) -> bool:
    host, pid, mark, _ = owner.split("/")
    if host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        return mark != _process_mark(os.getpid())
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _process_mark(pid: int) -> str:
    """The same for all runs of a process; by its number, because a forked child inherits the cache."""
    del pid
    return uuid4().hex[:8]

"""Keeps the events of a running stream in the log, says that it lives, and ends it when nobody reads it any more."""

from contextlib import suppress

from api.streaming.names import StreamName
from api.streaming.problems import AbandonedError
from api.streaming.running import RunningStream
from core.access import Principal
from core.errors import FolioError
from core.ports import Clock
from core.stream_ports import EventLog
from core.stream_settings import StreamSettings

_LEASE_SHARE = 3
_LEAST_STEP_S = 0.05

_UNREAD_S = 3.0
"""So long a stream that cannot be taken up again waits for its first reader: one may have gone before it began to read."""


async def watch(stream: RunningStream) -> None:
    """End a stream that cannot be taken up again if nobody comes to read it. It ends by itself when its reader goes."""
    while not stream.is_over:
        await stream.wait(after=len(stream.events), wait_s=_UNREAD_S / _LEASE_SHARE)
        if stream.is_abandoned(_UNREAD_S):
            stream.cancel(AbandonedError("the answer was not read: ask again"))


class Keeper:
    """One for each stream that can be taken up again. What the log cannot take stays with those who read the stream here."""

    def __init__(self, log: EventLog, settings: StreamSettings, clock: Clock) -> None:
        self._log = log
        self._settings = settings
        self._clock = clock

    async def keep(self, stream: RunningStream, name: StreamName, owner: Principal) -> None:
        """Go along with a stream until its last event is kept."""
        settings, kept = self._settings, 0
        lease_s, keep_s = settings.lease_s, settings.keep_s
        await self._log.begin(name.log_id, name.owner(owner), lease_s=lease_s, keep_s=keep_s)
        extended_s = self._clock.monotonic_s()
        while not (stream.is_over and kept >= len(stream.events)):
            for event in await stream.wait(after=kept, wait_s=self._step_s()):
                sealed = name.sealed(event.number, event.packed())
                await self._log.append(name.log_id, event.number, sealed, keep_s=lease_s + keep_s)
                kept = event.number
            if self._clock.monotonic_s() - extended_s >= lease_s / _LEASE_SHARE:
                extended_s = self._clock.monotonic_s()
                await self._extend(stream, name)
            if stream.is_abandoned(settings.grace_s):
                await self._extend(stream, name)
                self._end_if_abandoned(stream)
        await self._log.finish(name.log_id, keep_s=keep_s)

    async def _extend(self, stream: RunningStream, name: StreamName) -> None:
        lease_s, keep_s = self._settings.lease_s, self._settings.keep_s
        with suppress(FolioError):
            if await self._log.extend(name.log_id, lease_s=lease_s, keep_s=keep_s):
                stream.attended()

    def _end_if_abandoned(self, stream: RunningStream) -> None:
        grace_s = self._settings.grace_s
        if stream.is_abandoned(grace_s):
            stream.cancel(AbandonedError(f"nobody has read the answer for {grace_s:g} s: ask again"))

    def _step_s(self) -> float:
        settings = self._settings
        return max(_LEAST_STEP_S, min(settings.lease_s / _LEASE_SHARE, settings.grace_s / 2 or 1.0))

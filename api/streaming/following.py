"""Taking up a stream that another process writes, or has written: from the log, in bounds of time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing

from pydantic import TypeAdapter

from api.streaming.events import StreamEvent
from api.streaming.names import StreamName
from api.streaming.problems import BrokenStreamError, WithdrawnError, problem_of
from core.errors import FolioError
from core.ports import Clock
from core.stream_ports import EventLog, LoggedEvents
from core.stream_settings import StreamSettings

Place = tuple[str, int]
"""A document and its version."""

AllReadable = Callable[[Collection[Place]], Awaitable[bool]]
"""Whether the reader may read all of these now, in these versions."""

_ATTEND_SHARE = 3
_PLAIN: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


def places_of(events: Sequence[StreamEvent]) -> set[Place]:
    """The documents that events tell of, in their versions. Pure."""
    found: set[Place] = set()
    for event in events:
        data = _PLAIN.validate_json(event.data)
        rows: list[object] = [data] if event.kind == "citation" else []
        for name in ("results", "citations"):
            listed = data.get(name)
            rows += listed if event.kind != "token" and isinstance(listed, list) else []
        for row in rows:
            if isinstance(row, dict) and isinstance(row.get("version"), int):
                found.add((str(row["doc_id"]), int(row["version"])))
    return found


def opened(name: StreamName, found: LoggedEvents) -> list[StreamEvent]:
    """The events of a log as they were before they were sealed, up to the first that is not what was sealed. Pure."""
    events: list[StreamEvent] = []
    for number, sealed in found.events:
        packed = name.opened(number, sealed)
        if packed is None:
            break
        events.append(StreamEvent.unpacked(number, packed))
    return events


class Follower:
    """Follows a stream in the log, for a reader whose it is."""

    def __init__(
        self,
        log: EventLog,
        name: StreamName,
        *,
        settings: StreamSettings,
        clock: Clock,
        readable: AllReadable,
    ) -> None:
        self._log = log
        self._name = name
        self._settings = settings
        self._clock = clock
        self._readable = readable
        self._seen: set[Place] = set()

    async def may_show(self, events: Sequence[StreamEvent]) -> bool:
        """Whether all that events tell of may be read now. What was asked for once is not asked for again."""
        new = places_of(events) - self._seen
        if new and not await self._readable(new):
            return False
        self._seen |= new
        return True

    async def follow(self, *, after: int, request_id: str) -> AsyncIterator[StreamEvent | None]:
        """The events after a number to the last one; None after so long without any. Never silent for ever."""
        try:
            async with aclosing(self._followed(after)) as events:
                async for event in events:
                    after = event.number if event else after
                    yield event
        except FolioError as error:
            yield StreamEvent.of(after + 1, problem_of(error, request_id))

    async def _followed(self, after: int) -> AsyncGenerator[StreamEvent | None, None]:
        settings, told_s, attended_s = self._settings, self._clock.monotonic_s(), float("-inf")
        # Whoever writes has ended by then, or has forgotten to say so.
        until_s = told_s + settings.total_s + settings.lease_s
        while True:
            now_s = self._clock.monotonic_s()
            if now_s - attended_s >= settings.lease_s / _ATTEND_SHARE:
                attended_s = now_s
                await self._log.attend(self._name.log_id, for_s=settings.lease_s)
            found = await self._log.read(self._name.log_id, after=after)
            events = opened(self._name, found) if found else []
            if not await self.may_show(events):
                raise WithdrawnError(
                    "a document that this answer was made from has changed, or is not for you any more: ask again"
                )
            for event in events:
                after, told_s = event.number, self._clock.monotonic_s()
                yield event
                if event.is_last:
                    return
            is_silent = not events and (found is None or not found.is_alive)
            if is_silent or self._clock.monotonic_s() >= until_s:
                raise _broken()
            if self._clock.monotonic_s() - told_s >= settings.heartbeat_s:
                told_s = self._clock.monotonic_s()
                yield None
            await asyncio.sleep(settings.poll_s)


def _broken() -> BrokenStreamError:
    return BrokenStreamError(
        "the process that wrote this answer is gone, and the rest of it with it: ask again"
    )

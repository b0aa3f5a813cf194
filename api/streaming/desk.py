"""The streams of this process: begun, taken up again, and brought to an end when the service is to stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from api.streaming.following import AllReadable, Follower, opened
from api.streaming.keeping import Keeper, watch
from api.streaming.names import StreamName
from api.streaming.problems import StoppingError
from api.streaming.running import RunningStream, Work
from api.streaming.stopping import told_of_stopping
from core.access import Principal
from core.errors import NotFoundError, TransientError
from core.ports import Clock
from store.cache.event_log_opening import open_event_log

if TYPE_CHECKING:
    from api.streaming.events import StreamEvent
    from core.config import Settings
    from core.stream_ports import EventLog

_CLOSE_S = 2.0
"""Longest wait at the end for the log to take the last events."""

Hold = Callable[[], Callable[[], None]]
"""Takes hold of something for a stream that has begun, and gives what lets go of it."""


def _hold_nothing() -> Callable[[], None]:
    return lambda: None


class StreamDesk:
    """Runs streams apart from the connections that read them."""

    def __init__(self, settings: "Settings", clock: Clock) -> None:
        """Nothing is opened yet."""
        self._settings = settings
        self._streams = settings.streams
        self._clock = clock
        self._stack = AsyncExitStack()
        self._log: EventLog | None = None
        self._opening = asyncio.Lock()
        self._running: dict[RunningStream, asyncio.Task[None]] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._stopping: asyncio.Task[None] | None = None

    @property
    def running_count(self) -> int:
        """How many streams are being written."""
        return len(self._running)

    async def start(
        self, work: Work, *, owner: Principal | None, request_id: str, hold: Hold = _hold_nothing
    ) -> RunningStream:
        """Begin a stream; what `hold` gives is called when nothing is written any more.

        With an owner it can be taken up again, and goes on for a while without a reader; otherwise it ends with its reader.

        Raises:
            StoppingError: The service is going to stop.
            TransientError: Too many streams are running.
        """
        self._admit()
        log = await self._opened()
        name = StreamName.new() if owner else None
        stream = RunningStream(
            name=name, request_id=request_id, clock=self._clock, max_bytes=self._streams.max_bytes
        )
        task, let_go = stream.begin(work), hold()
        self._running[stream] = task

        def ended(_: object) -> None:
            self._running.pop(stream, None)
            let_go()

        task.add_done_callback(ended)
        keeper = Keeper(log, self._streams, self._clock)
        keeping = asyncio.create_task(keeper.keep(stream, name, owner) if name and owner else watch(stream))
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)
        return stream

    async def resume(
        self, name: str, *, after: int, principal: Principal, readable: AllReadable, request_id: str
    ) -> "AsyncIterator[StreamEvent | None]":
        """The events of a stream after a number: what is kept of it at once, the rest as it is written, in any process.

        Raises:
            NotFoundError: There is none of this name (any more), it is not the principal's with the rights of now, or it cites
                what may not be read any more.
            DependencyDownError: The log does not answer.
        """
        parsed = StreamName.parse(name)
        log = await self._opened()
        found = await log.read(parsed.log_id, after=0) if parsed else None
        if parsed is None or found is None or not parsed.is_owned_by(principal, found.owner):
            raise _unknown()
        follower = Follower(log, parsed, settings=self._streams, clock=self._clock, readable=readable)
        if not await follower.may_show(opened(parsed, found)):
            raise _unknown()
        return follower.follow(after=after, request_id=request_id)

    @property
    def is_stopping(self) -> bool:
        """Whether the service takes no more work."""
        return self._stopping is not None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As long as the service runs; it hears when the process is asked to end."""
        try:
            with told_of_stopping(self.stop):
                yield
        finally:
            await self.close()

    def stop(self) -> None:
        """Take no more streams; those that run end by themselves within `streams.drain_s`, or are ended then."""
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._drain(self._streams.drain_s))

    async def close(self) -> None:
        """End what still runs, and let go of the log."""
        if self._stopping is not None:
            self._stopping.cancel()
        await self._drain(0)
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=_CLOSE_S)
        await self._stack.aclose()

    async def _drain(self, drain_s: float) -> None:
        if self._running and drain_s:
            await asyncio.wait(list(self._running.values()), timeout=drain_s)
        for stream in list(self._running):
            stream.cancel(StoppingError("the service is stopping: ask again in a moment"))
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=_CLOSE_S)

    def _admit(self) -> None:
        if self._stopping is not None:
            raise StoppingError("the service is stopping: ask again in a moment")
        if len(self._running) >= self._streams.max_count:
            raise TransientError(
                f"{self._streams.max_count} answers are being streamed already (streams.max_count): ask again in a moment"
            )

    async def _opened(self) -> "EventLog":
        async with self._opening:
            if self._log is None:
                opening = open_event_log(self._settings.cache, self._clock)
                self._log = await self._stack.enter_async_context(opening)
            return self._log


def streams_of(request: Request) -> StreamDesk:
    """The desk of the application that got the request."""
    desk: StreamDesk = request.app.state.streams
    return desk


StreamsParam = Annotated[StreamDesk, Depends(streams_of)]


def _unknown() -> NotFoundError:
    return NotFoundError(
        "there is no stream with this id, or not for you: it can be read again for `streams.keep_s` seconds after its end"
    )

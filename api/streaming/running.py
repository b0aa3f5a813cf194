"""A stream while it is written: its events, those who read them, and the task that writes.

The task lives apart from every connection. What it writes waits here for slow readers, within bounds.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from api.streaming.events import AnswerUsage, Payload, StreamEvent
from api.streaming.names import StreamName
from api.streaming.problems import AbandonedError, problem_of, unexpected
from core.errors import FolioError, TooLargeError
from core.ports import Clock

Work = Callable[["RunningStream"], Awaitable[None]]
"""Writes the events of a stream, the last one included."""


class RunningStream:
    """The events of one answer, as many as there are so far."""

    def __init__(self, *, name: StreamName | None, request_id: str, clock: Clock, max_bytes: int) -> None:
        """Without a name it cannot be taken up again, and ends with its reader."""
        self.name = name
        self.request_id = request_id
        self.events: list[StreamEvent] = []
        self.usage: AnswerUsage | None = None
        self._clock = clock
        self._left_bytes = max_bytes
        self._news = asyncio.Event()
        self._reader_count = 0
        self._left_s = clock.monotonic_s()
        self._reason: FolioError = AbandonedError("the answer was not read to its end: ask again")
        self._task: asyncio.Task[None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether the last event is there."""
        return bool(self.events) and self.events[-1].is_last

    def begin(self, work: Work) -> "asyncio.Task[None]":
        """Start to write."""
        self._task = asyncio.create_task(self._written(work))
        # Also where it is cancelled before its first step, or forgets to end.
        self._task.add_done_callback(lambda _: self.add(problem_of(self._reason, self.request_id)))
        return self._task

    def add(self, payload: Payload) -> None:
        """Add an event. After the last one nothing is added.

        Raises:
            TooLargeError: There is no room left for what nobody has read.
        """
        if self.is_over:
            return
        event = StreamEvent.of(len(self.events) + 1, payload)
        self._left_bytes -= len(event.data)
        if self._left_bytes < 0 and event.kind != "error":
            raise TooLargeError("the answer is longer than one stream may be: the limit is streams.max_bytes")
        self.events.append(event)
        self._tell()

    def cancel(self, reason: FolioError) -> None:
        """Stop writing; the last event says why. What was asked of a model is broken off."""
        self._reason = reason
        if self._task is not None:
            self._task.cancel()

    def is_abandoned(self, grace_s: float) -> bool:
        """Whether nobody has read it for so long."""
        idle_s = self._clock.monotonic_s() - self._left_s
        return not self._reader_count and not self.is_over and idle_s >= grace_s

    def attended(self) -> None:
        """Note that somebody reads it elsewhere."""
        self._left_s = self._clock.monotonic_s()

    async def wait(self, *, after: int, wait_s: float) -> list[StreamEvent]:
        """The events after a number; waits for one, if there is none, for `wait_s` seconds at most."""
        if len(self.events) <= after and not self.is_over:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
        return self.events[after:]

    async def read(self, *, after: int, heartbeat_s: float) -> AsyncIterator[StreamEvent | None]:
        """The events after a number to the last one; None after so long without any."""
        with self._reading():
            while True:
                events = await self.wait(after=after, wait_s=heartbeat_s)
                for event in events:
                    after = event.number
                    yield event
                if self.is_over and after >= len(self.events):
                    return
                if not events:
                    yield None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        self._reader_count += 1
        try:
            yield
        finally:
            self._reader_count -= 1
            self._left_s = self._clock.monotonic_s()
            if self.name is None and not self._reader_count:
                self.cancel(self._reason)

    async def _written(self, work: Work) -> None:
        try:
            await work(self)
        except asyncio.CancelledError:
            # Only `cancel` does that: the task belongs to nobody else, and ends here.
            self.add(problem_of(self._reason, self.request_id))
        except FolioError as error:
            self.add(problem_of(error, self.request_id))
        except Exception as error:  # noqa: BLE001 - the boundary of a task: nobody else would answer the reader
            self.add(unexpected(error, self.request_id))

    def _tell(self) -> None:
        # Who waits now is woken; who comes later waits for the next event.
        self._news.set()
        self._news = asyncio.Event()

"""How long a request's body may take, and whether its client is still there while it waits."""

import asyncio
from collections import deque
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from core.ports import Clock

# Slower than any line that people send files over.
_LEAST_BYTES_PER_S = 8 * 1024
# What is read ahead while a request waits, so that its client can be seen to go.
_AHEAD_BYTES = 128 * 1024


class BodyTooSlowError(HTTPException):
    """Raised while a body is read; an HTTPException because FastAPI turns every other error there into a 400."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the request's body came too slowly: it has {timeout_s:g} s (api.body_timeout_s), and one more for each 8 kB",
        )


class Reader:
    """A request's `receive` with a time limit. Time that a request waits for its turn does not count."""

    def __init__(self, receive: Receive, *, timeout_s: float, clock: Clock) -> None:
        self._receive = receive
        self._timeout_s = timeout_s
        self._clock = clock
        self._ahead: deque[Message] = deque()
        self._pending: asyncio.Task[Message] | None = None
        self._waited_s = 0.0
        self._read_bytes = 0
        self._is_whole = False

    async def __call__(self) -> Message:
        """The next message.

        Raises:
            BodyTooSlowError: It did not come in time.
        """
        if self._ahead:
            return self._ahead.popleft()
        if self._is_whole:
            return await self._next()
        began_s = self._clock.monotonic_s()
        try:
            async with asyncio.timeout(self._left_s()):
                return await self._next()
        except TimeoutError:
            raise BodyTooSlowError(self._timeout_s) from None
        finally:
            self._waited_s += self._clock.monotonic_s() - began_s

    async def gone(self) -> None:
        """Return when the client has gone. Reads ahead meanwhile; with much read ahead it can no longer tell, and waits on."""
        while sum(len(one.get("body", b"")) for one in self._ahead) < _AHEAD_BYTES:
            message = await self._next()
            self._ahead.append(message)
            if message["type"] == "http.disconnect":
                return
        await asyncio.Event().wait()

    def close(self) -> None:
        """Stop listening."""
        if self._pending is not None:
            self._pending.cancel()

    def _left_s(self) -> float:
        allowed_s = self._timeout_s + self._read_bytes / _LEAST_BYTES_PER_S
        return max(allowed_s - self._waited_s, 0.001)

    async def _next(self) -> Message:
        # A read that is under way is taken over, never broken off: what it has read would be lost.
        if self._pending is None:
            self._pending = asyncio.ensure_future(self._receive())
        message = await asyncio.shield(self._pending)
        self._pending = None
        self._read_bytes += len(message.get("body", b""))
        self._is_whole = self._is_whole or not message.get("more_body", False)
        return message

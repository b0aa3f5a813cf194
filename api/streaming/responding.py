"""A response of server-sent events.

FastAPI's own way to stream events from a route sends its heartbeats at a fixed interval and gives a path one media type; the
package sse-starlette changes uvicorn's signal handling for the whole process and logs what it sends. What is used here is FastAPI's
framing of events.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from http import HTTPStatus

from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from api.errors import problem
from api.schemas.problem import Problem
from api.streaming.events import HEARTBEAT, StreamEvent
from api.streaming.running import RunningStream

RETRY_AFTER_S = 5
_HEADERS = {
    # A proxy that waits for more before it passes anything on would make one event of them all.
    "X-Accel-Buffering": "no",
    "Cache-Control": "no-store",
}
_FIRST_S = 1.0
"""An error that comes so soon is answered with its status, not with an event."""

_HEAD_COUNT = 1


class EventsResponse(StreamingResponse):
    """Closes what it reads from when it ends, also where the client has gone."""

    media_type = "text/event-stream"

    def __init__(self, frames: AsyncIterator[bytes], status_code: int = 200) -> None:
        super().__init__(frames, status_code, headers=_HEADERS)

    async def stream_response(self, send: Send) -> None:
        """Send everything."""
        async with aclosing(self.body_iterator):  # type: ignore[type-var]  # a generator, behind a wider type
            await super().stream_response(send)


async def framed(events: AsyncIterator[StreamEvent | None]) -> AsyncIterator[bytes]:
    """Events as they are written on the wire; a heartbeat for None."""
    async with aclosing(events) as written:  # type: ignore[type-var]  # generators, behind a wider type
        async for event in written:
            yield HEARTBEAT if event is None else event.framed()


async def failed_at_once(request: Request, stream: RunningStream) -> Response | None:
    """The problem of a stream that has failed before there was anything to send; None where it goes on."""
    events = await stream.wait(after=_HEAD_COUNT, wait_s=_FIRST_S)
    if not events or events[0].kind != "error":
        first = stream.events[0] if stream.events else None
        if first is None or first.kind != "error":
            return None
        events = [first]
    found = Problem.model_validate_json(events[0].data)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if found.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return problem(request.scope, found.status, code=found.code, detail=found.detail, headers=headers)

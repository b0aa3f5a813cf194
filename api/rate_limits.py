"""How much of the service a caller gets: rates, a fair queue, and time."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import RETRY_AFTER_S, RateLimitedError, folio_problem, problem
from api.load.admission import Limits, create_limits
from api.load.fair_queue import Place
from api.load.gate import Gate, SaturatedError
from api.load.rates import detail_of, headers_of, refused, retry_after_s
from api.load.reading import BodyTooSlowError, Reader
from api.load.request_classes import RequestClass, class_of
from api.load.slots import Slot, put_slot
from api.load.weighing import put_weigh
from core import metrics
from core.callers import Caller
from core.clock import SystemClock
from core.config import Settings
from core.limit_ports import Standing
from core.metering import begin_metering

_STREAM = "text/event-stream"


class RateLimits:
    """Stands behind authentication: it counts by the caller."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._clock = SystemClock()
        self._limits: Limits = create_limits(settings, self._clock)
        self._request_count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as soon as it is its turn."""
        if scope["type"] == "lifespan":
            try:
                await self._app(scope, receive, send)
            finally:
                await self._limits.rates.aclose()
            return
        caller = scope.get("state", {}).get("caller") if scope["type"] == "http" else None
        if not isinstance(caller, Caller):
            await self._app(scope, receive, send)
            return
        reader = Reader(receive, timeout_s=self._limits.body_timeout_s, clock=self._clock)
        kind = class_of(scope["method"], scope["path"].removeprefix(scope.get("root_path", "")))
        try:
            if kind is RequestClass.FREE:
                await _Request(self._app, scope, reader, send).run(self._limits.seconds[kind])
            else:
                await self._counted(caller, kind, _Request(self._app, scope, reader, send))
        finally:
            reader.close()

    async def _counted(self, caller: Caller, kind: RequestClass, request: "_Request") -> None:
        """Serve it if the caller has so much left, and the process a place for it."""
        if self._request_count >= self._limits.request_count:
            metrics.saturated(kind.value)
            await request.refuse(SaturatedError("too many requests at once (limits.concurrent_requests)"))
            return
        self._request_count += 1
        try:
            standings = await self._limits.rates.take(caller, kind)
            request.headers = headers_of(standings)
            beyond = refused(standings)
            if beyond is None:
                await self._admitted(caller, kind, request)
            else:
                metrics.rate_limited(kind.value)
                await request.limit(beyond)
        finally:
            self._request_count -= 1

    async def _admitted(self, caller: Caller, kind: RequestClass, request: "_Request") -> None:
        """Serve it once it is its turn; it gives its place back when its work is done."""
        gate = self._limits.gates.get(kind)
        place = Place(caller.principal.tenant, caller.credential, caller.priority)
        try:
            if gate is not None and not await self._waited(gate, place, request.reader):
                return
        except SaturatedError as error:
            metrics.saturated(kind.value)
            await request.refuse(error)
            return
        meter = begin_metering()

        def give_back() -> None:
            if gate is not None:
                gate.leave()
            self._limits.rates.settle(caller, kind, meter.token_count)

        async def weigh(count: int) -> None:
            standings = await self._limits.rates.take_more(caller, kind, count)
            request.headers = headers_of(standings) or request.headers
            beyond = refused(standings)
            if beyond is not None:
                metrics.rate_limited(kind.value)
                raise RateLimitedError(detail_of(beyond), retry_after_s=retry_after_s(beyond))
            if gate is not None:
                gate.count_turns(place, count)

        put_weigh(request.scope, weigh)
        request.slot = Slot(give_back)
        put_slot(request.scope, request.slot)
        await request.run(self._limits.seconds[kind])

    async def _waited(self, gate: Gate, place: Place, reader: Reader) -> bool:
        """Whether it is the request's turn now; False if its client went before.

        Raises:
            SaturatedError: Too many wait, or it has waited too long.
        """
        if gate.try_enter(place):
            metrics.queue_waited(gate.name, 0.0)
            return True
        began_s = self._clock.monotonic_s()
        try:
            return await _entered(gate, place, reader)
        finally:
            metrics.queue_waited(gate.name, self._clock.monotonic_s() - began_s)
            metrics.queue_length(gate.name, gate.waiting_count)


class _Request:
    """One request that is served within its time, with what it has to say about limits."""

    def __init__(self, app: ASGIApp, scope: Scope, reader: Reader, send: Send) -> None:
        self.scope, self.reader = scope, reader
        self.headers: dict[str, str] = {}
        self.slot: Slot | None = None
        self._app, self._sender = app, send
        self._started = False
        self._time: asyncio.Timeout | None = None

    async def run(self, seconds: float) -> None:
        """Serve it; what is not answered after so many seconds is cancelled. A response that has begun may take its time."""
        try:
            async with asyncio.timeout(seconds) as time:
                self._time = time
                await self._app(self.scope, self.reader, self._send)
        except BodyTooSlowError as error:
            await self._fail(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", error.detail, error)
        except TimeoutError as error:
            if not time.expired():
                raise
            detail = (
                f"this took longer than {seconds:g} s, the limit for requests of its kind (section `limits`), "
                "and was stopped. A computation that had begun may still run to its end"
            )
            await self._fail(HTTPStatus.GATEWAY_TIMEOUT, "timeout", detail, error)
        finally:
            if self.slot is not None and not self.slot.is_kept:
                self.slot.release()

    async def refuse(self, error: SaturatedError) -> None:
        """Answer that the service is busy."""
        await folio_problem(self.scope, error)(self.scope, self.reader, self._send)

    async def limit(self, standing: Standing) -> None:
        """Answer that the caller has used up a quota."""
        error = RateLimitedError(detail_of(standing), retry_after_s=retry_after_s(standing))
        await folio_problem(self.scope, error)(self.scope, self.reader, self._send)

    async def _fail(self, status: HTTPStatus, code: str, detail: str, error: Exception) -> None:
        if self._started:
            raise error
        headers = {"Connection": "close", "Retry-After": str(RETRY_AFTER_S)}
        response = problem(self.scope, status, code=code, detail=detail, headers=headers)
        await response(self.scope, self.reader, self._send)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begin(message)
        await self._sender(message)

    def _begin(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self.headers.items():
            headers[name] = value
        self._started = True
        if self._time is not None and not self._time.expired():
            self._time.reschedule(None)
        # What is not a stream is made by now: who reads it slowly holds up nobody.
        is_stream = headers.get("content-type", "").startswith(_STREAM)
        if self.slot is not None and not self.slot.is_kept and not is_stream:
            self.slot.release()


async def _entered(gate: Gate, place: Place, reader: Reader) -> bool:
    entering = asyncio.ensure_future(gate.enter(place))
    metrics.queue_length(gate.name, gate.waiting_count)
    going = asyncio.ensure_future(reader.gone())
    try:
        await asyncio.wait((entering, going), return_when=asyncio.FIRST_COMPLETED)
        if not entering.done():
            return False
        entering.result()
    except asyncio.CancelledError:
        if entering.done() and not entering.cancelled() and entering.exception() is None:
            gate.leave()
        raise
    else:
        return True
    finally:
        going.cancel()
        entering.cancel()
        await asyncio.gather(entering, going, return_exceptions=True)

"""Measures every request: its span, its metrics, and its line in the log."""

import asyncio
import logging
import time
from dataclasses import dataclass

from opentelemetry import context, trace
from opentelemetry.trace import Span, SpanKind
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.request_context import request_id
from core import metrics, tracing
from core.callers import Caller
from core.clock import SystemClock
from core.config import Settings
from core.label_values import method_of
from core.process_stats import ProcessStats
from core.telemetry import event

_ACCESS = logging.getLogger("folio.access")
_SLOW = logging.getLogger("folio.slow")
# What probes and Prometheus ask all day long is no news while it goes well.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_UNKNOWN = "unmatched"
# Applications that are mounted have no route of ours.
_MOUNTED = ("/mcp",)
_CLIENT_GONE = 499
_BROKEN = 500
_MS_PER_S = 1000


@dataclass(slots=True)
class _Exchange:
    """One request while it is served."""

    scope: Scope
    timings: tracing.Timings
    since_s: float
    status: int = 0

    @property
    def took_s(self) -> float:
        return time.perf_counter() - self.since_s

    @property
    def method(self) -> str:
        name: str = self.scope["method"]
        return name


class Observing:
    """Stands around everything but the request's id. The work is in a trace of its caller's, if that has sent one."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings.telemetry
        self._process = ProcessStats(SystemClock())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        timings, timing = tracing.begin_timings(request_id(scope))
        exchange = _Exchange(scope, timings, time.perf_counter())
        span = _begun(exchange)
        within = context.attach(trace.set_span_in_context(span))
        metrics.request_began()
        self._process.report()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:
            exchange.status = exchange.status or _CLIENT_GONE
            raise
        except BaseException as error:
            exchange.status = _BROKEN
            tracing.failed(span, type(error))
            raise
        finally:
            self._ended(exchange, span)
            context.detach(within)
            tracing.end_timings(timing)

    def _ended(self, exchange: _Exchange, span: Span) -> None:
        route, took_s = route_of(exchange.scope), exchange.took_s
        status = exchange.status or _CLIENT_GONE
        metrics.request_ended(route, method=exchange.method, status=status, seconds=took_s)
        _end(span, exchange, route=route, status=status)
        facts: dict[str, tracing.Fact] = {
            "method": method_of(exchange.method),
            "route": route,
            "status": status,
            "ms": round(took_s * _MS_PER_S, 1),
            **_caller_facts(exchange.scope),
        }
        if self._is_logged(route, status):
            level = logging.ERROR if status >= _BROKEN else logging.INFO
            _ACCESS.log(level, *event("request", facts))
        if 0 < self._settings.slow_s <= took_s:
            stages = {f"{name}_ms": round(ms, 1) for name, ms in exchange.timings.stage_ms.items()}
            _SLOW.warning(*event("slow request", {**facts, **stages, **exchange.timings.facts}))

    def _is_logged(self, route: str, status: int) -> bool:
        match self._settings.access_log:
            case "off":
                return False
            case "errors":
                return status >= _BROKEN
            case _:
                return status >= _BROKEN or route not in _QUIET


def route_of(scope: Scope) -> str:
    """The template of a request's address, such as `/v1/documents/{doc_id}`: never the address itself. Pure."""
    # A route of an included router knows its own part of the address; its context knows the whole.
    whole = scope.get("fastapi", {}).get("effective_route_context")
    found = getattr(whole or scope.get("route"), "path", None)
    if isinstance(found, str):
        return found
    path: str = scope["path"]
    return next((one for one in _MOUNTED if path == one or path.startswith(f"{one}/")), _UNKNOWN)


def _caller_facts(scope: Scope) -> dict[str, str]:
    caller = scope.get("state", {}).get("caller")
    if not isinstance(caller, Caller):
        return {}
    return {"tenant": caller.principal.tenant, "credential": caller.credential}


def _begun(exchange: _Exchange) -> Span:
    method = method_of(exchange.method)
    headers = Headers(scope=exchange.scope)
    carried = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
    return tracing.begin_span(
        method,
        kind=SpanKind.SERVER,
        within=tracing.received(carried),
        http__request__method=method,
        request_id=exchange.timings.request_id,
    )


def _end(span: Span, exchange: _Exchange, *, route: str, status: int) -> None:
    if span.is_recording():
        method = method_of(exchange.method)
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= _BROKEN:
            span.set_status(trace.StatusCode.ERROR)
    span.end()

"""Spans and stages: what a piece of work is called, how long it took, and under which request it was done.

Spans go to whoever has set up OpenTelemetry: the service does (`core.trace_export`), or the application that embeds Folio;
without either they are nothing. They carry ids, counts and durations. What a query, a document or an error says is in none of them.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from functools import wraps
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    TracerProvider,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from core import metrics

Fact = bool | int | float | str
"""What a span may say: a number, or a word from a closed set. Never a text that somebody wrote."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
_NAME = "folio"
_W3C = TraceContextTextMapPropagator()
_MS_PER_S = 1000
_FLUSH_MS = 5000


@dataclass(slots=True)
class Timings:
    """Milliseconds of each stage of one request, and what was counted, for the log of slow ones."""

    request_id: str = ""
    stage_ms: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)


class _Tracing:
    """The tracer of this process, and whether servers of models are told of traces."""

    def __init__(self) -> None:
        # Until a provider is set it makes spans that are nothing.
        self.tracer: Tracer = trace.get_tracer(_NAME)
        self.provider: TracerProvider | None = None
        self.tells_model_servers = False


_now = _Tracing()
_timings: ContextVar[Timings | None] = ContextVar("folio_timings", default=None)


def use_provider(provider: TracerProvider | None, *, tells_model_servers: bool = False) -> None:
    """Make all spans with this provider; None: with that of the process, if it has one."""
    _now.provider = provider
    _now.tracer = provider.get_tracer(_NAME) if provider else trace.get_tracer(_NAME)
    _now.tells_model_servers = tells_model_servers


def provider() -> TracerProvider | None:
    """What spans are made with, for instrumentations of libraries; None: nothing was set up."""
    return _now.provider


class stage:  # noqa: N801 - reads as a statement
    """A piece of work: a span, a duration in the metrics, a line in the timings of its request.

    Not around a `yield` of a generator: whoever consumes it may go on in another context.
    """

    __slots__ = ("_name", "_since_s", "_span", "_token")

    def __init__(self, name: str, **facts: Fact) -> None:
        self._name = name
        self._span = _now.tracer.start_span(f"folio.{name}", attributes=_named(facts))
        self._since_s = 0.0
        self._token: Token[Context] | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._since_s = time.perf_counter()
        if self._span.get_span_context().is_valid:
            self._token = context.attach(trace.set_span_in_context(self._span))
        return self

    def note(self, **facts: Fact) -> None:
        """Say something of what was done."""
        if self._span.is_recording():
            self._span.set_attributes(_named(facts))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace_: TracebackType | None
    ) -> None:
        """End; of an error only the type is told."""
        took_s = time.perf_counter() - self._since_s
        metrics.stage_took(self._name, took_s, failed=kind is not None)
        timings = _timings.get()
        if timings is not None:
            past_ms = timings.stage_ms.get(self._name, 0.0)
            timings.stage_ms[self._name] = past_ms + took_s * _MS_PER_S
        if kind is not None:
            failed(self._span, kind)
        if self._token is not None:
            context.detach(self._token)
        self._span.end()


def staged(name: str) -> Callable[[Callable[_P, Awaitable[_R]]], Callable[_P, Awaitable[_R]]]:
    """Makes an asynchronous function a stage."""

    def around(function: Callable[_P, Awaitable[_R]]) -> Callable[_P, Awaitable[_R]]:
        @wraps(function)
        async def timed(*given: _P.args, **named: _P.kwargs) -> _R:
            with stage(name):
                return await function(*given, **named)

        return timed

    return around


def count(**facts: Fact) -> None:
    """Note sizes for the log of slow requests, and in the current span."""
    timings = _timings.get()
    if timings is not None:
        timings.facts.update(facts)
    span = trace.get_current_span()
    if span.is_recording():
        span.set_attributes(_named(facts))


def begin_timings(request_id: str) -> "tuple[Timings, Token[Timings | None]]":
    """Collect the stages of a request from now on; hand the token to `end_timings`."""
    timings = Timings(request_id)
    return timings, _timings.set(timings)


def end_timings(token: "Token[Timings | None]") -> None:
    """Collect no more."""
    _timings.reset(token)


def current_request_id() -> str:
    """The id of the request that is being served here, or an empty string."""
    timings = _timings.get()
    return timings.request_id if timings else ""


def current_trace_id() -> str:
    """The trace of what is done here, 32 hexadecimal digits, or an empty string."""
    found = trace.get_current_span().get_span_context()
    return trace.format_trace_id(found.trace_id) if found.is_valid else ""


def begin_span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, within: Context | None = None, **facts: Fact
) -> Span:
    """A span that its maker ends, and that nothing else is made under."""
    return _now.tracer.start_span(name, context=within, kind=kind, attributes=_named(facts))


def failed(span: Span, kind: type[BaseException]) -> None:
    """Say that what a span stands for has failed: the type of the error, never its words."""
    if span.is_recording():
        span.set_attribute("error.type", kind.__name__)
        span.set_status(Status(StatusCode.ERROR))


def received(headers: Mapping[str, str]) -> Context:
    """The trace that a caller is part of, from its `traceparent`; anything malformed is none."""
    return _W3C.extract(headers)


def carried(headers: MutableMapping[str, str]) -> None:
    """Put the current trace into headers of a request to a server of ours."""
    _W3C.inject(headers)


def headers_for_model_server() -> dict[str, str]:
    """The same for a server of models: nothing unless the settings say so, for it may be somebody else's."""
    headers: dict[str, str] = {}
    if _now.tells_model_servers:
        _W3C.inject(headers)
    return headers


def flush() -> None:
    """Send the spans that wait: for processes that may end at once. Blocks for seconds at most."""
    send = getattr(_now.provider, "force_flush", None)
    if send is not None:
        send(_FLUSH_MS)


def trace_of(kind: str, name: str) -> SpanContext:
    """The trace of a piece of work that outlives its request, from its id alone: nothing has to be stored to find it."""
    digest = hashlib.sha256(f"folio {kind} {name}".encode()).digest()
    return SpanContext(
        int.from_bytes(digest[:16]) or 1,
        int.from_bytes(digest[16:24]) or 1,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def link_to(kind: str, name: str) -> None:
    """Link the current span to the trace of a piece of work that it has ordered."""
    span = trace.get_current_span()
    if span.is_recording():
        span.add_link(trace_of(kind, name))


class work:  # noqa: N801 - reads as a statement
    """A piece of work that outlives the request that ordered it (a job, a run), in the trace that its id names."""

    __slots__ = ("_kind", "_name", "_others", "_stage", "_token")

    def __init__(self, kind: str, name: str, *others: str) -> None:
        """`others` name pieces of work that are done together with this one."""
        self._kind, self._name, self._others = kind, name, others

    def __enter__(self) -> Self:
        """Begin."""
        parent = NonRecordingSpan(trace_of(self._kind, self._name))
        self._token = context.attach(trace.set_span_in_context(parent))
        self._stage = stage(self._kind, **{f"{self._kind}_id": self._name})
        self._stage.__enter__()
        for other in self._others:
            link_to(self._kind, other)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace_: TracebackType | None
    ) -> None:
        """End."""
        self._stage.__exit__(kind, error, trace_)
        context.detach(self._token)


def _named(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """As attributes: those of a standard (with a dot, written with two underscores) as they are, ours behind `folio.`."""
    return {
        name.replace("__", ".") if "__" in name else f"folio.{name}": value for name, value in facts.items()
    }

"""Sends spans to an OpenTelemetry collector, without anything that could have been read somewhere.

Needs the extra `otel`. The provider is ours alone, not that of the process: other libraries that make spans of their own
(with arguments of tools in them, say) make them with another, which sends nothing.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from core import tracing
from core.errors import MissingExtraError
from core.telemetry_settings import TelemetrySettings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_log = logging.getLogger(__name__)
_TRACES = "/v1/traces"
# What instrumented libraries say of a call and that is no content. Addresses, statements, headers and messages are not here.
_KEPT = frozenset(
    {
        "error.type",
        *(
            "http.request.method",
            "http.response.status_code",
            "http.route",
            "http.method",
            "http.status_code",
        ),
        *("server.address", "server.port", "network.protocol.version", "net.peer.name", "net.peer.port"),
        *("db.system", "db.system.name", "db.operation", "db.operation.name"),
        *("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model"),
        *("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.response.finish_reasons"),
        *("gen_ai.request.max_tokens", "gen_ai.request.stream"),
    }
)
_OURS = "folio."
# Names of methods, statements and models: no sentence, no address of a person, no key of a service.
_PLAIN = re.compile(r"[A-Za-z0-9_./:{} -]{0,120}")
_VERB = re.compile(r"[A-Z]{3,10}")


def start_tracing(settings: TelemetrySettings, *, version: str) -> "TracerProvider | None":
    """Send spans to the collector of the settings; None where there is none, or spans are made with a provider already.

    Shut the provider down at the end.

    Raises:
        MissingExtraError: A collector is set, and the extra `otel` is not installed.
    """
    if settings.otlp_endpoint is None or tracing.provider() is not None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise MissingExtraError("telemetry.otlp_endpoint", extra="otel") from None
    secret = settings.otlp_authorization
    sender = OTLPSpanExporter(
        endpoint=traces_address(settings.otlp_endpoint),
        headers={"authorization": secret.get_secret_value()} if secret else None,
    )
    provider = create_provider(settings, version=version)
    provider.add_span_processor(BatchSpanProcessor(without_content(sender)))
    tracing.use_provider(provider, tells_model_servers=settings.trace_model_servers)
    _watch_http(provider)
    return provider


def create_provider(settings: TelemetrySettings, *, version: str) -> "TracerProvider":
    """A provider that has no exporter yet."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    named = {"service.name": settings.service_name, "service.version": version}
    sampler = ParentBased(TraceIdRatioBased(settings.sample_ratio))
    return TracerProvider(sampler=sampler, resource=Resource.create(named), shutdown_on_exit=True)


def traces_address(endpoint: str) -> str:
    """Where a collector takes spans: below the address of the settings, unless that is it already."""
    base = endpoint.rstrip("/")
    return base if base.endswith(_TRACES) else base + _TRACES


def kept(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that may leave the process. Pure."""
    return {
        name: value
        for name, value in attributes.items()
        if (name in _KEPT or name.startswith(_OURS)) and _is_plain(value)
    }


def kept_name(name: str) -> str:
    """The name of a span that may leave the process: ours, or the verb of a library's. Pure."""
    if name.startswith((_OURS, "chat ")) and _PLAIN.fullmatch(name):
        return name
    verb, _, rest = name.partition(" ")
    if not _VERB.fullmatch(verb):
        return "call"
    return name if rest.startswith("/") and _PLAIN.fullmatch(rest) else verb


def without_content(exporter: "SpanExporter") -> "SpanExporter":
    """The exporter, behind one that drops what could have been read somewhere."""
    # A class of the SDK, which may not be installed: what it asks of an exporter is here by its shape.
    return cast("SpanExporter", WithoutContent(exporter))


class WithoutContent:
    """A SpanExporter before another: drops events, words of errors, and all attributes that are not known to be harmless."""

    def __init__(self, exporter: "SpanExporter") -> None:
        self._exporter = exporter

    def export(self, spans: "Sequence[ReadableSpan]") -> Any:
        """Send what is left of the spans."""
        return self._exporter.export([_harmless(one) for one in spans])

    def shutdown(self) -> None:
        """Send no more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._exporter.force_flush(timeout_millis)


def _harmless(span: "ReadableSpan") -> "ReadableSpan":
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    return ReadableSpan(
        name=kept_name(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=kept(span.attributes or {}),
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return _PLAIN.fullmatch(value) is not None
    if isinstance(value, Sequence):
        return all(_is_plain(one) for one in value)
    return isinstance(value, bool | int | float)


def _watch_http(provider: "TracerProvider") -> None:
    """Spans for requests to other services. They carry no trace by themselves: see `core.tracing.carried`."""
    try:
        from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
    except ImportError:
        _log.info("requests to other services have no spans: the extra `otel` is not whole")
        return
    from opentelemetry.propagate import set_global_textmap
    from opentelemetry.propagators.composite import CompositePropagator

    # The instrumentation would send the trace to everybody, providers of models included.
    set_global_textmap(CompositePropagator([]))
    HTTPXClientInstrumentor().instrument(tracer_provider=provider)

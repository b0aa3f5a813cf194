"""The section of the settings tree about traces, metrics and health."""

from typing import Literal

from pydantic import Field, SecretStr

from core.sections import Section


class TelemetrySettings(Section):
    """Traces, metrics, the log of requests and of slow ones. The SDK's own `OTEL_*` variables are heeded beside these."""

    metrics: bool = Field(True, description="serve `/metrics` for Prometheus")
    census_cache_s: float = Field(
        5.0, ge=0, le=300, description="how long the counts of the stores are served to `/metrics` again"
    )
    census_timeout_s: float = Field(
        2.0,
        gt=0,
        le=60,
        description="longest that `/metrics` waits for the stores; it is served without them",
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="OpenTelemetry collector (OTLP over HTTP, such as `http://collector:4318`); empty: no traces",
    )
    otlp_authorization: SecretStr | None = Field(
        None, description="header `Authorization` for the collector, such as `Bearer ...`"
    )
    service_name: str = Field(
        "folio", pattern=r"^[A-Za-z0-9._-]{1,64}$", description="`service.name` of all spans"
    )
    sample_ratio: float = Field(
        1.0, ge=0, le=1, description="share of traces that are sent, where the caller has not decided"
    )
    trace_model_servers: bool = Field(
        False, description="send `traceparent` to servers of models too; the vector store always gets it"
    )
    access_log: Literal["off", "errors", "all"] = Field(
        "all", description="requests that get a line in the log; `errors`: those with a status of 500 or more"
    )
    slow_s: float = Field(
        2.0, ge=0, le=3600, description="slower requests get a line with the time of every stage; 0: none"
    )
    slow_sql_s: float = Field(
        0.5, ge=0, le=3600, description="slower statements to the catalog get a line; 0: none"
    )
    ready_timeout_s: float = Field(
        2.0, gt=0, le=60, description="longest that `/readyz` waits for one dependency"
    )
    min_free_bytes: int = Field(
        256 * 1024 * 1024, ge=0, description="less free disk in `home` is reported by `/readyz`"
    )

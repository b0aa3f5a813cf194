"""The section of the settings tree about traces and metrics."""

from pydantic import Field

from core.sections import Section


class TelemetrySettings(Section):
    """Traces, metrics, and the log of slow requests."""

    metrics: bool = Field(True, description="serve `/metrics` for Prometheus")

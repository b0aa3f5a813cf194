"""The section of the settings tree about answers that are sent as they are written."""

from typing import Self

from pydantic import Field, model_validator

from core.sections import Section


class StreamSettings(Section):
    """Server-sent events. Where `cache.url` names a Redis, a stream can be continued from any replica."""

    heartbeat_s: float = Field(
        15.0, ge=0.05, le=300, description="a comment is sent after so long without an event"
    )
    grace_s: float = Field(
        15.0,
        ge=0,
        le=600,
        description="how long an answer is still written after its reader has gone, so that it can be continued",
    )
    keep_s: float = Field(
        60.0,
        ge=0,
        le=3600,
        description="how long the events of a stream can be read again after its end; they are kept encrypted",
    )
    lease_s: float = Field(
        10.0,
        ge=0.2,
        le=300,
        description="a stream whose process gives no sign of life for so long is over for those who read it elsewhere",
    )
    poll_s: float = Field(
        0.2, ge=0.01, le=10, description="how often a stream of another process is looked at for new events"
    )
    drain_s: float = Field(
        10.0,
        ge=0,
        le=600,
        description="how long running streams may go on once the service is to stop; then they end with an error event",
    )
    total_s: float = Field(300.0, gt=0, le=3600, description="longest time of one stream")
    max_count: int = Field(
        200, ge=1, le=100_000, description="streams at once in each API process; further ones get a 503"
    )
    max_bytes: int = Field(
        4 * 1024 * 1024,
        ge=64 * 1024,
        le=1024**3,
        description="most bytes of events of one stream: so much waits for a slow reader",
    )

    @model_validator(mode="after")
    def _lease_outlives_polls(self) -> Self:
        if self.poll_s > self.lease_s:
            raise ValueError("streams.poll_s is longer than streams.lease_s: a stream would seem dead")
        return self

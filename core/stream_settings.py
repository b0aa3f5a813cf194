"""The section of the settings tree about answers that are sent as they are written."""

from pydantic import Field

from core.sections import Section


class StreamSettings(Section):
    """Server-sent events."""

    heartbeat_s: float = Field(
        15.0, ge=0.05, le=300, description="a comment is sent after so long without an event"
    )

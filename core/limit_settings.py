"""The section of the settings tree about how much of the service one caller gets."""

from pydantic import Field

from core.sections import Section


class LimitSettings(Section):
    """Rates, concurrency and time. 0 requests or tokens: no limit."""

    requests_per_minute: int = Field(
        0, ge=0, le=10_000_000, description="requests of one credential in any 60 seconds; 0: no limit"
    )

"""What language models cost, as the API shows it."""

from collections.abc import Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from core.usage import UsageBy, UsageRow


class Usage(BaseModel):
    """Calls of one group; `group` has a value for each thing that was grouped by."""

    model_config = ConfigDict(from_attributes=True)

    group: list[str] = Field(examples=[["2026-01-31", "gpt-4o-mini"]])
    call_count: int
    failed_count: int = Field(description="calls that gave no answer")
    input_tokens: int
    cached_tokens: int = Field(description="those of the input that came from the provider's prompt cache")
    output_tokens: int
    cost: float
    unpriced_count: int = Field(description="calls without a known price: they are not in `cost`")
    p95_ms: float | None = Field(description="95th percentile of how long answered calls took")
    p95_first_token_ms: float | None = Field(description="the same of the wait for a stream's first word")


class UsageList(BaseModel):
    """The groups, dearest first."""

    by: list[UsageBy]
    currency: str = Field(examples=["USD"])
    data: list[Usage]

    @classmethod
    def of(cls, rows: Sequence[UsageRow], *, by: Sequence[UsageBy], currency: str) -> Self:
        """From the sums."""
        return cls(by=list(by), currency=currency, data=[Usage.model_validate(row) for row in rows])

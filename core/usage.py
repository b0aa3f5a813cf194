"""What language models were asked and what it cost, summed up. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class UsageBy(StrEnum):
    """What calls are grouped by. Days are UTC."""

    DAY = "day"
    MODEL = "model"
    PROVIDER = "provider"
    TENANT = "tenant"
    USER = "user"
    FEATURE = "feature"
    PROMPT = "prompt"
    """Version of the prompt."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Calls of one group. `group` has a value for each thing that was grouped by, in order.

    `failed_count` of the calls gave no answer; `unpriced_count` have no known price and are left out of `cost`. `p95_ms` is the
    95th percentile (nearest rank) of how long calls took that were answered, `p95_first_token_ms` of the wait for the first word.
    """

    group: tuple[str, ...]
    call_count: int
    failed_count: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: float
    unpriced_count: int
    p95_ms: float | None
    p95_first_token_ms: float | None


class UsageReader(Protocol):
    """Sums up what was written down of calls."""

    async def usage(
        self, *, by: tuple[UsageBy, ...], since: datetime, until: datetime, tenant: str | None = None
    ) -> list[UsageRow]:
        """A row for each group with calls in [since, until), dearest first; of one tenant, or of all."""

    async def purge(self, before: datetime) -> int:
        """Forget calls from before an instant; how many there were."""

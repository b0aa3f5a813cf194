"""What counts how much callers use of the service."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `amount` of something in any `window_s` seconds. `name` is lower-case letters and hyphens."""

    name: str
    amount: int
    window_s: int = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with a quota: whether the cost was taken, what is left of the amount, and seconds until more is."""

    quota: Quota
    is_within: bool
    remaining_count: int
    reset_s: float


class RateCounter(Protocol):
    """Counts in a moving window, for this process or for all that share a store."""

    async def take(self, quota: Quota, who: str, *, cost: int = 1) -> Standing:
        """Take `cost` of the quota of `who` if so much is left; nothing is taken otherwise."""

    async def aclose(self) -> None:
        """Close the connections of the running loop."""

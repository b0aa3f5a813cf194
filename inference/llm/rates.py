"""Limits of requests and tokens per minute, as token buckets. Pure but for the clock."""

from dataclasses import dataclass, field

from core.ports import Clock

_MINUTE_S = 60.0


@dataclass(slots=True)
class Bucket:
    """Refills evenly to `per_minute`; 0: no limit. What is taken beyond its content is owed, and waited for."""

    clock: Clock
    per_minute: int
    _level: float = field(init=False)
    _since_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._level, self._since_s = float(self.per_minute), self.clock.monotonic_s()

    def wait_s(self, amount: float) -> float:
        """Seconds until so much may be taken. More than the whole bucket may be taken once it is full."""
        if not self.per_minute:
            return 0.0
        self._refill()
        missing = min(amount, float(self.per_minute)) - self._level
        return max(0.0, missing / self.per_minute * _MINUTE_S)

    def take(self, amount: float) -> None:
        """Take it now; a negative amount gives back what was taken too much."""
        if self.per_minute:
            self._refill()
            self._level = min(float(self.per_minute), self._level - amount)

    def _refill(self) -> None:
        now_s = self.clock.monotonic_s()
        gained = (now_s - self._since_s) * self.per_minute / _MINUTE_S
        self._level, self._since_s = min(float(self.per_minute), self._level + gained), now_s


@dataclass(slots=True)
class Rates:
    """The limits of one model."""

    requests: Bucket
    tokens: Bucket

    def wait_s(self, token_count: int) -> float:
        """Seconds until a call with so many tokens may begin."""
        return max(self.requests.wait_s(1), self.tokens.wait_s(token_count))

    def begin(self, token_count: int) -> None:
        """Count a call that begins now."""
        self.requests.take(1)
        self.tokens.take(token_count)

    def settle(self, *, expected_count: int, used_count: int) -> None:
        """Correct what was taken for a call by what it used."""
        self.tokens.take(used_count - expected_count)

"""A circuit breaker (Nygard, Release It!): a provider that keeps failing is left alone for a while. Pure but for the clock."""

from dataclasses import dataclass
from enum import StrEnum

from core.ports import Clock


class Circuit(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One call tries whether it is back; the others are still turned away."""


@dataclass(slots=True)
class Breaker:
    """Opens after `failure_count` failures in a row; after `cooldown_s` one call may try."""

    clock: Clock
    failure_count: int
    cooldown_s: float
    _failed_count: int = 0
    _opened_s: float | None = None
    _is_trying: bool = False

    @property
    def circuit(self) -> Circuit:
        """As it stands now."""
        if self._opened_s is None:
            return Circuit.CLOSED
        is_over = self.clock.monotonic_s() - self._opened_s >= self.cooldown_s
        return Circuit.HALF_OPEN if is_over else Circuit.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether calls go through as usual."""
        return self.circuit is Circuit.CLOSED

    def admits(self) -> bool:
        """Whether a call may go through; one that is told so must report how it ended."""
        if self.circuit is Circuit.CLOSED:
            return True
        if self.circuit is Circuit.OPEN or self._is_trying:
            return False
        self._is_trying = True
        return True

    def succeeded(self) -> None:
        """A call was answered: all is well again."""
        self._failed_count, self._opened_s, self._is_trying = 0, None, False

    def failed(self) -> None:
        """A call was not answered."""
        self._failed_count += 1
        if self._is_trying or self._failed_count >= self.failure_count:
            self._opened_s = self.clock.monotonic_s()
        self._is_trying = False

    def abandoned(self) -> None:
        """A call ended without saying anything of the provider: it was cancelled, or refused for what it asked."""
        self._is_trying = False

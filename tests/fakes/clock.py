"""A clock that a test moves by hand."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Implements Clock: stands still at `current` until `advance` is called."""

    def __init__(self, current: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.current = current
        self._elapsed_s = 0.0

    def now(self) -> datetime:
        return self.current

    def monotonic_s(self) -> float:
        return self._elapsed_s

    def advance(self, seconds: float) -> None:
        self.current += timedelta(seconds=seconds)
        self._elapsed_s += seconds

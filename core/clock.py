"""The real clock. Everything else takes `core.ports.Clock`."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Wall time in UTC and a monotonic counter for durations."""

    def now(self) -> datetime:
        """The current time, timezone-aware, in UTC."""
        return datetime.fromtimestamp(time.time(), tz=UTC)

    def monotonic_s(self) -> float:
        """Seconds from an arbitrary start that never go backwards."""
        return time.monotonic()

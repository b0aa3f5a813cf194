"""Giving a file that was written a moment ago the time to rest before it is read."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from core.clock import SystemClock
from core.ports import Clock
from ingest.sources.stamps import NS_PER_S, as_read, left_to_settle_s

STILL_WRITTEN = "the file is still being written; it is read when it rests"


@dataclass(frozen=True, slots=True)
class Settling:
    """Knows the time and how to wait. Blocking."""

    clock: Clock = field(default_factory=SystemClock)
    pause: Callable[[float], None] = time.sleep

    def wait(self, modified_ns: int, *, settle_s: float) -> None:
        """Wait until a file of this time has rested for `settle_s` seconds."""
        waited_s = left_to_settle_s(modified_ns, now_ns=self._now_ns(), settle_s=settle_s)
        if waited_s > 0:
            self.pause(waited_s)

    def recorded_ns(self, modified_ns: int) -> int:
        """The time to record of a file that was read just now."""
        return as_read(modified_ns, read_ns=self._now_ns())

    def _now_ns(self) -> int:
        return int(self.clock.now().timestamp() * NS_PER_S)

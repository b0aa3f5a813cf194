"""What this process takes of the machine: memory and processor time."""

import os
import time
from pathlib import Path

from core import metrics
from core.ports import Clock

_EVERY_S = 1.0
_STATM = Path("/proc/self/statm")


class ProcessStats:
    """Reports memory and processor time of this process to the metrics, at most once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due_s = float("-inf")

    def report(self) -> None:
        """Report, unless that was done a moment ago."""
        counting, now_s = metrics.instruments(), self._clock.monotonic_s()
        if counting is None or now_s < self._due_s:
            return
        self._due_s = now_s + _EVERY_S
        counting.workers.set(1)
        counting.cpu_seconds.set(time.process_time())
        counting.resident_bytes.set(resident_bytes())


def resident_bytes() -> int:
    """Memory of this process in RAM; 0 where the system does not say."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")

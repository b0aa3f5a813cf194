"""Time of work: on the wall, and of all threads of this process, which says more on a busy machine."""

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """What something took, in seconds."""

    wall_s: float
    cpu_s: float


class Watch:
    """A stop watch."""

    def __init__(self) -> None:
        """Starts now."""
        self._wall_s, self._cpu_s = time.perf_counter(), time.process_time()

    def stop(self) -> Spent:
        """What has been spent since the start; it goes on."""
        return Spent(time.perf_counter() - self._wall_s, time.process_time() - self._cpu_s)

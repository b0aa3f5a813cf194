"""How long calls take, and how much memory processes hold."""

import math
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc")


@dataclass(frozen=True, slots=True)
class Latency:
    """Of single calls, one after the other. `p95_ms` is the slowest where there are fewer than 20."""

    count: int
    p50_ms: float
    p95_ms: float
    per_s: float


async def latency(call: Callable[[str], Awaitable[object]], texts: Sequence[str], *, warm_up: int) -> Latency:
    """Call with each text; the first `warm_up` are not counted."""
    for text in texts[:warm_up]:
        await call(text)
    times_ms = []
    for text in texts[warm_up:]:
        started_s = time.perf_counter()
        await call(text)
        times_ms.append(1000 * (time.perf_counter() - started_s))
    return summarised(times_ms)


def summarised(times_ms: Sequence[float]) -> Latency:
    """Median, 95th percentile and calls per second of times."""
    ordered = sorted(times_ms)
    p95_ms = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return Latency(len(ordered), statistics.median(ordered), p95_ms, 1000 * len(ordered) / sum(ordered))


def resident_mb(process_id: int | None = None) -> float:
    """Resident memory of a process, this one if none is named; 0 where the system does not say (`/proc`)."""
    try:
        status = (_STATUS / str(process_id or os.getpid()) / "status").read_text()
    except OSError:
        return 0.0
    kilobytes = next((line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")), "0")
    return int(kilobytes) / 1024

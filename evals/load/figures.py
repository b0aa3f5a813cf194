"""What the lines of a load say: shares of statuses, percentiles, and how soon the service is itself again. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

OK = 200
TURNED_AWAY = frozenset({429, 503})
_MIB = 1024 * 1024
# As quick as before the overload, give or take what any second of load varies by.
_AS_BEFORE = 2.0


@dataclass(frozen=True, slots=True)
class Row:
    """One request: when it ended (seconds since 1970), what it was, its status (0: no answer), how long it took."""

    at_s: float
    name: str
    status: int
    took_ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one kind of request in one phase. Percentiles (nearest rank, ms) are of those that were served."""

    name: str
    count: int
    per_s: float
    error_count: int
    turned_away_count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory of a process in MiB: after warming up, half way, at the end."""

    name: str
    start_mib: float
    middle_mib: float
    end_mib: float


def figures(rows: Sequence[Row], *, begin_s: float, end_s: float) -> list[Figures]:
    """By name, sorted, of the rows that ended between the two moments."""
    within = [row for row in rows if begin_s <= row.at_s < end_s]
    names = sorted({row.name for row in within})
    return [_of(name, [row for row in within if row.name == name], end_s - begin_s) for name in names]


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank; NaN of nothing."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else math.nan


def recovery_s(rows: Sequence[Row], *, fell_s: float, normal_p95_ms: float) -> float | None:
    """Seconds from the moment that the load fell to the end of the first whole second as before; None: there was none.

    As before: nobody is turned away, nothing fails, and p95 is at most twice that without overload.
    """
    seconds: dict[int, list[Row]] = {}
    for row in rows:
        if row.at_s >= fell_s:
            seconds.setdefault(int(row.at_s - fell_s), []).append(row)
    for second in sorted(seconds):
        found = seconds[second]
        is_served = all(row.status == OK for row in found)
        if is_served and percentile([row.took_ms for row in found], 0.95) <= _AS_BEFORE * normal_p95_ms:
            return second + 1.0
    return None


def memory(
    samples: Mapping[str, Sequence[tuple[float, int]]], *, begin_s: float, end_s: float
) -> list[Memory]:
    """Of each process that lived all the time; samples are (moment, bytes). Each figure is the mean of a tenth of the time."""
    found = []
    for name, series in samples.items():
        means = [_mean(series, moment, (end_s - begin_s) / 10) for moment in _moments(begin_s, end_s)]
        if not any(math.isnan(mean) for mean in means):
            found.append(Memory(name, *(mean / _MIB for mean in means)))
    return sorted(found, key=lambda one: one.name)


def spent(series: Sequence[tuple[float, float]], *, begin_s: float, end_s: float) -> float:
    """By how much a growing figure has grown between the two moments."""
    within = [value for at_s, value in series if begin_s <= at_s < end_s]
    return within[-1] - within[0] if within else 0.0


def table(rows: Sequence[Figures]) -> list[str]:
    """A Markdown table."""
    head = "| | requests | per s | errors | 429/503 | p50 ms | p95 ms | p99 ms |"
    return [head, "|---|---|---|---|---|---|---|---|"] + [
        f"| {row.name} | {row.count:,} | {row.per_s:.1f} | {row.error_count} | {row.turned_away_count / row.count:.1%} "
        f"| {row.p50_ms:.0f} | {row.p95_ms:.0f} | {row.p99_ms:.0f} |"
        for row in rows
    ]


def memory_table(rows: Sequence[Memory]) -> list[str]:
    """A Markdown table."""
    return ["| process | start MiB | middle MiB | end MiB |", "|---|---|---|---|"] + [
        f"| {row.name} | {row.start_mib:.0f} | {row.middle_mib:.0f} | {row.end_mib:.0f} |" for row in rows
    ]


def _of(name: str, rows: Sequence[Row], duration_s: float) -> Figures:
    statuses = Counter(row.status for row in rows)
    turned_away = sum(count for status, count in statuses.items() if status in TURNED_AWAY)
    served = [row.took_ms for row in rows if row.status == OK]
    return Figures(
        name,
        len(rows),
        len(rows) / duration_s,
        len(rows) - statuses[OK] - turned_away,
        turned_away,
        *(percentile(served, share) for share in (0.5, 0.95, 0.99)),
    )


def _moments(begin_s: float, end_s: float) -> tuple[float, float, float]:
    tenth_s = (end_s - begin_s) / 10
    return begin_s, (begin_s + end_s - tenth_s) / 2, end_s - tenth_s


def _mean(series: Sequence[tuple[float, int]], begin_s: float, length_s: float) -> float:
    found = [size for at_s, size in series if begin_s <= at_s < begin_s + max(length_s, 2.0)]
    return sum(found) / len(found) if found else math.nan

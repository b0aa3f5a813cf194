"""Which use of language models is not as usual: a day beside the days before it. Pure.

The measure is the modified z-score of Iglewicz and Hoaglin (1993): `0.6745 * (x - median) / MAD`. Median and median absolute
deviation are not moved by a former outlier; they are taken over the days before, those without a call included.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from core.usage import UsageBy, UsageRow

GROUPED = (UsageBy.DAY, UsageBy.TENANT, UsageBy.FEATURE)
"""What the rows have to be grouped by."""

HISTORY_DAYS = 28
LEAST_DAYS = 7
"""Before so many days with calls there is no usual."""

_NORMAL = 0.6745
# Their recommended bound. A day must also be a multiple of the usual, or a steady series would warn at every ripple.
_LEAST_SCORE = 3.5
_LEAST_RATIO = 2.0
# Smallest deviation that counts: a share of the median, and an amount that nobody would look at.
_LEAST_SHARE = 0.1


class Measured(StrEnum):
    """What is compared."""

    COST = "cost"
    TOKENS = "tokens"
    CALLS = "calls"
    FAILURES = "failures"


_FLOORS = {Measured.COST: 0.5, Measured.TOKENS: 20_000.0, Measured.CALLS: 50.0, Measured.FAILURES: 10.0}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """On that day a feature of a tenant took `value` where `usual` is the median of the days before."""

    tenant: str
    feature: str
    measured: Measured
    value: float
    usual: float
    score: float


def anomalies(rows: Iterable[UsageRow], *, day: date) -> list[Anomaly]:
    """What was unusual on a day, the most unusual first. `rows` are grouped by `GROUPED` and reach `HISTORY_DAYS` back."""
    series: dict[tuple[str, str], dict[date, UsageRow]] = {}
    for row in rows:
        at, tenant, feature = row.group
        series.setdefault((tenant, feature), {})[date.fromisoformat(at)] = row
    found = [
        anomaly
        for (tenant, feature), days in series.items()
        for anomaly in _of_one(days, tenant=tenant, feature=feature, day=day)
    ]
    return sorted(found, key=lambda one: (-one.score, one.tenant, one.feature, one.measured))


def score(value: float, before: Sequence[float], *, floor: float) -> float:
    """The modified z-score of a value beside those before it; the deviation is at least a tenth of the median, and the floor's."""
    middle = median(before)
    spread = median(abs(one - middle) for one in before)
    return _NORMAL * (value - middle) / max(spread, _LEAST_SHARE * middle, floor * _LEAST_SHARE)


def _of_one(days: Mapping[date, UsageRow], *, tenant: str, feature: str, day: date) -> list[Anomaly]:
    begins = day - timedelta(days=HISTORY_DAYS)
    known = [at for at in days if begins <= at < day]
    if day not in days or len(known) < LEAST_DAYS:
        return []
    # From the first call on: before it the feature was not in use.
    first = min(known)
    before = [first + timedelta(days=count) for count in range((day - first).days)]
    found: list[Anomaly] = []
    for measured in Measured:
        history = [_value(days.get(at), measured) for at in before]
        value, usual = _value(days[day], measured), median(history)
        scored = score(value, history, floor=_FLOORS[measured])
        if scored >= _LEAST_SCORE and value >= _LEAST_RATIO * usual and value - usual >= _FLOORS[measured]:
            found.append(Anomaly(tenant, feature, measured, value, usual, scored))
    return found


def _value(row: UsageRow | None, measured: Measured) -> float:
    if row is None:
        return 0.0
    values = {
        Measured.COST: row.cost,
        Measured.TOKENS: float(row.input_tokens + row.output_tokens),
        Measured.CALLS: float(row.call_count),
        Measured.FAILURES: float(row.failed_count),
    }
    return values[measured]

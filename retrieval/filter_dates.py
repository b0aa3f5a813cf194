"""Dates as filters write them, as seconds since 1970 (UTC). Pure."""

import math
from datetime import UTC, date, datetime, timedelta

from core.errors import InvalidInputError

_DAY = timedelta(days=1)
MAX_SECONDS = 253_402_300_799
"""The last second of the year 9999."""


def seconds_of(value: object, *, field: str) -> tuple[int, int]:
    """The first and the last second that a value means: a day has all of its seconds in UTC, an instant one.

    A number is such a second itself; what is behind its point is left out.

    Raises:
        InvalidInputError: It is none of these, an instant without its time zone, or beyond the year 9999.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        second = _second(value, field=field)
        return second, second
    if not isinstance(value, str):
        raise _wrong(field)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        second = _instant(value, field=field)
        return second, second
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    first = int(start.timestamp())
    return first, first + int(_DAY.total_seconds()) - 1


def _second(value: float, *, field: str) -> int:
    if not abs(value) <= MAX_SECONDS:
        raise _wrong(field)
    return math.floor(value)


def _instant(value: str, *, field: str) -> int:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _wrong(field) from None
    if moment.tzinfo is None:
        raise _wrong(field)
    return int(moment.timestamp())


def _wrong(field: str) -> InvalidInputError:
    return InvalidInputError(
        f"'{field}' is compared with a day such as 2026-01-31, or an instant with its zone such as 2026-01-31T12:00:00Z, "
        "or seconds since 1970"
    )

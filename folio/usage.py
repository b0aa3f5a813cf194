"""What language models were asked and what it cost: sums over a stretch of days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from core.clock import SystemClock
from core.config import Settings
from core.errors import InvalidInputError
from core.usage import UsageBy, UsageRow

if TYPE_CHECKING:
    from core.ports import Clock

MOST_GROUPS = 4
_USUAL_DAYS = 30


def stretch(*, since: date | None, until: date | None, now: datetime) -> tuple[datetime, datetime]:
    """The instants that two days (UTC, both included) mean; without a start 30 days, without an end until now.

    Raises:
        InvalidInputError: The end is before the start.
    """
    last = until or now.date()
    first = since or last - timedelta(days=_USUAL_DAYS - 1)
    if last < first:
        raise InvalidInputError(f"usage until {last} since {first}: the end is before the start")
    return _midnight(first), _midnight(last + timedelta(days=1))


def groups(names: list[str]) -> tuple[UsageBy, ...]:
    """What to group by.

    Raises:
        InvalidInputError: There is no such thing, it is named twice, or there are too many.
    """
    try:
        found = tuple(UsageBy(name) for name in names)
    except ValueError:
        known = ", ".join(UsageBy)
        raise InvalidInputError(f"usage is grouped by some of {known}") from None
    if len(set(found)) < len(found) or len(found) > MOST_GROUPS:
        raise InvalidInputError(f"usage is grouped by at most {MOST_GROUPS} different things")
    return found


async def usage(
    settings: Settings,
    *,
    by: tuple[UsageBy, ...],
    since: date | None = None,
    until: date | None = None,
    tenant: str | None = None,
    clock: "Clock | None" = None,
) -> list[UsageRow]:
    """A row for each group, dearest first; of one tenant, or of all."""
    from folio.assembly import open_catalog

    clock = clock or SystemClock()
    start, end = stretch(since=since, until=until, now=clock.now())
    async with open_catalog(settings, clock) as catalog:
        return await catalog.calls.usage(by=by, since=start, until=end, tenant=tenant)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)

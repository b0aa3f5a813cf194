"""Which sources the clock says are to be synced. Pure.

A source may come with any cron expression while Dagster runs, and its schedules are fixed when it loads; so one sensor
looks at all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cronsim import CronSim, CronSimError

from core.documents import Source


@dataclass(frozen=True, slots=True)
class Due:
    """A source whose time has come, and that time."""

    source: Source
    at: datetime

    @property
    def run_key(self) -> str:
        """Unique for the source and the time: a tick that is repeated after a crash launches nothing twice."""
        return f"{self.source.source_id}@{self.at.isoformat()}"


def due_sources(sources: Iterable[Source], *, since: datetime, now: datetime) -> list[Due]:
    """The sources with a scheduled time after `since` and up to `now`. Several missed times are made up for by one run."""
    coming = ((source, next_time(source, after=since)) for source in sources)
    return [Due(source, at) for source, at in coming if at is not None and at <= now]


def next_time(source: Source, *, after: datetime) -> datetime | None:
    """The first scheduled time after an instant (UTC); None without a schedule, or if it cannot be read or never comes."""
    if source.options.schedule is None:
        return None
    try:
        return next(CronSim(source.options.schedule, after), None)
    except CronSimError:
        return None

"""FakeQuerySamples: samples of live questions in memory, as the contract of QuerySamples says."""

from collections.abc import Sequence
from datetime import datetime

from core.errors import FolioError
from core.query_samples import QuerySample, day_of


class FakeQuerySamples:
    """`down` is raised by every write until it is None; `writes` counts the calls of `add`."""

    def __init__(self) -> None:
        self.kept: dict[str, QuerySample] = {}
        self.down: FolioError | None = None
        self.writes = 0

    async def add(self, samples: Sequence[QuerySample], *, most_per_day: int) -> int:
        self.writes += 1
        if self.down:
            raise self.down
        self.kept = {**{one.sample_id: one for one in samples}, **self.kept}
        for tenant, day in {(one.tenant, day_of(one.at)) for one in samples}:
            for name in self._of(tenant, day)[most_per_day:]:
                del self.kept[name]
        return sum(one.sample_id in self.kept for one in samples)

    async def bar(self, tenant: str, day: str, *, most_per_day: int) -> str | None:
        if most_per_day == 0:
            return ""
        found = self._of(tenant, day)
        return found[most_per_day - 1] if len(found) >= most_per_day else None

    async def between(self, tenant: str, *, since: datetime, until: datetime) -> list[QuerySample]:
        found = [one for one in self.kept.values() if one.tenant == tenant and since <= one.at < until]
        return sorted(found, key=lambda one: (one.at, one.sample_id))

    async def purge(self, before: datetime) -> int:
        over = [name for name, one in self.kept.items() if one.at < before]
        for name in over:
            del self.kept[name]
        return len(over)

    def _of(self, tenant: str, day: str) -> list[str]:
        return sorted(
            name for name, one in self.kept.items() if (one.tenant, day_of(one.at)) == (tenant, day)
        )

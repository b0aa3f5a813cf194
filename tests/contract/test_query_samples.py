"""Samples of live questions, over SQLite and Postgres and the fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Settings
from core.query_samples import QuerySample, QuerySamples
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.query_samples import FakeQuerySamples

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=400)
SAMPLE = QuerySample(
    NOON, "acme", "answer", "a model", (0.25, -0.5, 1.0), 3, 0.75, 12.5, False, sample_id="50"
)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    if request.param == "postgres":
        return cleared(request.getfixturevalue("postgres_url"), "query_samples")
    return None


@pytest.fixture
async def samples(settings: Settings | None) -> AsyncIterator[QuerySamples]:
    if settings is None:
        yield FakeQuerySamples()
        return
    async with open_catalog(settings, FakeClock()) as catalog:
        yield catalog.query_samples


def numbered(*numbers: int, **changes: object) -> list[QuerySample]:
    return [replace(SAMPLE, sample_id=f"{number:02}", **changes) for number in numbers]  # type: ignore[arg-type]


async def ids(samples: QuerySamples, tenant: str = "acme") -> set[str]:
    return {one.sample_id for one in await samples.between(tenant, since=NOON, until=LATER)}


async def test_a_sample_comes_back_as_it_was(samples: QuerySamples) -> None:
    nothing_found = replace(
        SAMPLE, sample_id="51", result_count=0, top_score=None, hit_age_days=None, refused=None
    )
    assert await samples.add([SAMPLE, nothing_found], most_per_day=9) == 2
    assert await samples.between("acme", since=NOON, until=LATER) == [SAMPLE, nothing_found]


async def test_a_vector_loses_less_than_a_thousandth(samples: QuerySamples) -> None:
    vector = tuple(0.0517 / place for place in range(1, 40))
    await samples.add([replace(SAMPLE, vector=vector)], most_per_day=9)
    (kept,) = await samples.between("acme", since=NOON, until=LATER)
    assert kept.vector == pytest.approx(vector, rel=1e-3)


async def test_of_a_day_those_with_the_lowest_ids_stay_however_they_came(samples: QuerySamples) -> None:
    assert await samples.add(numbered(40, 41, 42), most_per_day=3) == 3
    assert await samples.add(numbered(10, 50), most_per_day=3) == 1
    assert await ids(samples) == {"10", "40", "41"}


async def test_what_is_added_twice_is_there_once(samples: QuerySamples) -> None:
    await samples.add(numbered(1, 2), most_per_day=3)
    assert await samples.add(numbered(1, 2), most_per_day=3) == 2
    assert await ids(samples) == {"01", "02"}


async def test_days_and_tenants_have_room_of_their_own(samples: QuerySamples) -> None:
    await samples.add(numbered(1, 2), most_per_day=2)
    await samples.add(numbered(3, at=NOON + timedelta(days=1)), most_per_day=2)
    await samples.add(numbered(4, tenant="other"), most_per_day=2)
    assert await ids(samples) == {"01", "02", "03"}
    assert await ids(samples, "other") == {"04"}


async def test_the_bar_is_the_highest_id_of_a_full_day(samples: QuerySamples) -> None:
    await samples.add(numbered(4, 7), most_per_day=3)
    assert await samples.bar("acme", "2026-01-05", most_per_day=3) is None
    await samples.add(numbered(6), most_per_day=3)
    assert await samples.bar("acme", "2026-01-05", most_per_day=3) == "07"
    assert await samples.bar("acme", "2026-01-06", most_per_day=3) is None
    assert await samples.bar("acme", "2026-01-06", most_per_day=0) == ""


async def test_writers_at_the_same_time_leave_no_more_than_there_is_room_for(samples: QuerySamples) -> None:
    await asyncio.gather(
        *(samples.add(numbered(number, number + 1), most_per_day=3) for number in range(10, 30, 2))
    )
    assert await ids(samples) == {"10", "11", "12"}


async def test_what_is_over_is_forgotten(samples: QuerySamples) -> None:
    await samples.add(numbered(1), most_per_day=9)
    await samples.add(numbered(2, at=NOON + timedelta(days=1)), most_per_day=9)
    assert await samples.purge(NOON + timedelta(hours=1)) == 1
    assert await samples.purge(NOON + timedelta(hours=1)) == 0
    assert await ids(samples) == {"02"}


async def test_the_end_of_a_time_is_not_in_it(samples: QuerySamples) -> None:
    await samples.add([SAMPLE], most_per_day=9)
    assert await samples.between("acme", since=NOON - timedelta(1), until=NOON) == []

"""Blocks by guardrails and appeals, over SQLite and Postgres, and the fake."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.config import Settings
from core.guardrails import Appeals, AppealState
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.appeals import FakeAppeals, block
from tests.fakes.clock import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "fake":
        return None
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), "appeals")


@pytest.fixture
async def appeals(settings: Settings | None, clock: FakeClock) -> AsyncIterator[Appeals]:
    if settings is None:
        yield FakeAppeals(clock)
        return
    async with open_catalog(settings, clock) as catalog:
        yield catalog.appeals


async def test_a_block_is_kept_as_it_was_recorded_and_for_its_tenant(
    appeals: Appeals, clock: FakeClock
) -> None:
    await appeals.record(block("a1", tenant="acme", subject="ann", score=0.875))
    found = await appeals.get("acme", "a1")
    assert found is not None
    assert found.block == block("a1", tenant="acme", subject="ann", score=0.875)
    assert (found.at, found.state, found.filed_at) == (clock.now(), AppealState.UNFILED, None)
    assert await appeals.get("other", "a1") is None
    assert await appeals.get("acme", "a2") is None


async def test_an_appeal_goes_its_way(appeals: Appeals, clock: FakeClock) -> None:
    await appeals.record(block())
    undecided = await appeals.decide("default", "a1", state=AppealState.UPHELD, subject="root", note="")
    assert not undecided, "nobody has appealed"
    clock.advance(60)
    assert not await appeals.file("other", "a1")
    assert await appeals.file("default", "a1")
    assert not await appeals.file("default", "a1"), "once is enough"
    clock.advance(60)
    for state in (AppealState.UPHELD, AppealState.OVERTURNED):
        assert await appeals.decide("default", "a1", state=state, subject="root", note=f"so: {state}")
    assert not await appeals.decide("other", "a1", state=AppealState.UPHELD, subject="root", note="")
    found = await appeals.get("default", "a1")
    assert found is not None
    assert (found.state, found.decided_by, found.note) == (AppealState.OVERTURNED, "root", "so: overturned")
    assert found.filed_at == found.at + timedelta(seconds=60)
    assert found.decided_at == clock.now()


async def test_they_are_listed_by_state_newest_first(appeals: Appeals, clock: FakeClock) -> None:
    for appeal_id in ("a1", "a2", "a3"):
        await appeals.record(block(appeal_id))
        clock.advance(1)
    await appeals.record(block("b1", tenant="other"))
    await appeals.file("default", "a2")
    listed = await appeals.of_tenant("default")
    assert [one.block.appeal_id for one in listed] == ["a3", "a2", "a1"]
    assert [one.block.appeal_id for one in await appeals.of_tenant("default", limit=1)] == ["a3"]
    still_open = await appeals.of_tenant("default", states=[AppealState.OPEN])
    assert [one.block.appeal_id for one in still_open] == ["a2"]


async def test_old_ones_are_forgotten_whatever_became_of_them(appeals: Appeals, clock: FakeClock) -> None:
    await appeals.record(block("a1"))
    await appeals.file("default", "a1")
    clock.advance(10)
    await appeals.record(block("a2"))
    assert await appeals.purge(clock.now()) == 1
    assert [one.block.appeal_id for one in await appeals.of_tenant("default")] == ["a2"]

"""What every counter of rates must do, in memory and in Redis, and what happens when Redis goes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import uuid4

import pytest
from limits.errors import StorageError
from pydantic import SecretStr

from core.config import CacheSettings
from core.errors import SettingsError
from core.limit_ports import Quota, RateCounter, Standing
from core.limit_settings import LimitSettings
from store.limits.fallback import FallbackCounter
from store.limits.opening import create_counter
from store.limits.window_counter import memory_counter
from tests.contract.test_cache import REDIS, skip_without_redis
from tests.fakes.clock import FakeClock

LIMITS = LimitSettings(shared_wait_s=5.0)


def redis() -> RateCounter:
    return create_counter(CacheSettings(url=SecretStr(REDIS)), LIMITS, FakeClock())


@pytest.fixture(params=["memory", "redis"])
async def counter(request: pytest.FixtureRequest) -> AsyncIterator[RateCounter]:
    if request.param == "memory":
        yield memory_counter()
        return
    await skip_without_redis()
    async with aclosing(redis()) as shared:
        yield shared


def quota(amount: int, *, window_s: int = 60) -> Quota:
    return Quota(f"test-{uuid4().hex}", amount, window_s)


async def test_a_quota_is_used_up_and_says_how_much_is_left(counter: RateCounter) -> None:
    three = quota(3)
    found = [await counter.take(three, "a") for _ in range(4)]
    assert [one.is_within for one in found] == [True, True, True, False]
    assert [one.remaining_count for one in found] == [2, 1, 0, 0]
    assert all(0 < one.reset_s <= 60 for one in found)


async def test_what_is_refused_is_not_taken(counter: RateCounter) -> None:
    ten = quota(10)
    assert (await counter.take(ten, "a", cost=6)).is_within
    assert not (await counter.take(ten, "a", cost=6)).is_within
    assert (await counter.take(ten, "a", cost=4)).is_within


async def test_each_has_its_own(counter: RateCounter) -> None:
    one = quota(1)
    await counter.take(one, "a")
    assert (await counter.take(one, "b")).is_within
    assert not (await counter.take(one, "a")).is_within


async def test_asking_takes_nothing(counter: RateCounter) -> None:
    five = quota(5)
    found = [await counter.take(five, "a", cost=0) for _ in range(3)]
    assert [one.remaining_count for one in found] == [5, 5, 5]
    assert all(one.is_within for one in found)
    assert found[0].reset_s == 0


async def test_a_large_quota_is_counted_in_coarse_units(counter: RateCounter) -> None:
    million = quota(1_000_000)
    first = await counter.take(million, "a", cost=400_000)
    second = await counter.take(million, "a", cost=599_000)
    third = await counter.take(million, "a", cost=2_000)
    assert [first.is_within, second.is_within, third.is_within] == [True, True, False]
    assert second.remaining_count == 1_000


async def test_more_than_the_whole_takes_the_whole(counter: RateCounter) -> None:
    ten = quota(10)
    assert (await counter.take(ten, "a", cost=500)).is_within
    assert (await counter.take(ten, "a", cost=0)).remaining_count == 0


async def test_a_window_moves_on(counter: RateCounter) -> None:
    brief = quota(2, window_s=1)
    taken = [(await counter.take(brief, "a")).is_within for _ in range(3)]
    assert taken == [True, True, False]
    await asyncio.sleep(1.05)
    assert (await counter.take(brief, "a")).is_within


async def test_many_at_once_get_no_more_than_the_quota(counter: RateCounter) -> None:
    twenty = quota(20)
    found = await asyncio.gather(*(counter.take(twenty, "a") for _ in range(60)))
    assert sum(one.is_within for one in found) == 20


async def test_processes_share_what_is_in_redis() -> None:
    await skip_without_redis()
    ten = quota(10)
    async with aclosing(redis()) as one, aclosing(redis()) as other:
        found = [await counter.take(ten, "a") for _ in range(6) for counter in (one, other)]
    assert sum(one.is_within for one in found) == 10


class Shared:
    """Implements RateCounter: one that can go away, or stop answering."""

    def __init__(self) -> None:
        self.call_count = 0
        self.failure: Exception | None = None
        self.hangs = False

    async def take(self, quota: Quota, who: str, *, cost: int = 1) -> Standing:
        self.call_count += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.failure:
            raise self.failure
        return Standing(quota, is_within=True, remaining_count=99, reset_s=1.0)

    async def aclose(self) -> None:
        pass


def fallback(shared: Shared, clock: FakeClock) -> FallbackCounter:
    return FallbackCounter(shared, memory_counter(), clock=clock, wait_s=0.02, pause_s=5.0)


@pytest.mark.parametrize("how", ["fails", "hangs"])
async def test_each_process_counts_by_itself_while_redis_is_away(
    how: str, caplog: pytest.LogCaptureFixture
) -> None:
    shared, clock, two = Shared(), FakeClock(), quota(2)
    counter = fallback(shared, clock)
    shared.hangs = how == "hangs"
    shared.failure = StorageError(OSError("redis://:secret@host")) if how == "fails" else None
    with caplog.at_level(logging.WARNING):
        found = [(await counter.take(two, "a")).is_within for _ in range(5)]
        assert shared.call_count == 1
        clock.advance(5.1)
        await counter.take(two, "a")
        assert shared.call_count == 2
        shared.hangs, shared.failure = False, None
        clock.advance(5.1)
        assert (await counter.take(two, "a")).remaining_count == 99
    assert found == [True, True, False, False, False]
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "by itself" in said[0]
    assert "again" in said[1]
    assert "secret" not in caplog.text


async def test_many_at_once_do_not_all_wait_for_a_redis_that_hangs() -> None:
    shared, clock = Shared(), FakeClock()
    counter = fallback(shared, clock)
    shared.hangs = True
    await counter.take(quota(5), "a")
    clock.advance(5.1)
    await asyncio.gather(*(counter.take(quota(5), "a") for _ in range(50)))
    assert shared.call_count == 2


async def test_a_redis_that_is_not_there_costs_one_wait() -> None:
    counter = create_counter(CacheSettings(url=SecretStr("redis://127.0.0.1:9/0")), LIMITS, FakeClock())
    async with aclosing(counter):
        found = [(await counter.take(quota(1), "a")).is_within for _ in range(3)]
    assert found == [True, True, True]


def test_an_address_that_is_not_redis_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="FOLIO_CACHE__URL"):
        create_counter(CacheSettings(url=SecretStr("http://127.0.0.1:9")), LIMITS, FakeClock())

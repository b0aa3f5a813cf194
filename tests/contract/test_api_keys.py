"""API keys over SQLite and Postgres, and the fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.access import Principal, Tier
from core.api_keys import ApiKey, ApiKeys, KeyChangedError, Lock
from core.config import Settings
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.api_keys import FakeApiKeys
from tests.fakes.clock import FakeClock

LONG_AGO = FakeClock().now() - timedelta(days=1)
WHO = Principal("acme", "shop", Tier.CONFIDENTIAL, frozenset({"hr", "board"}), frozenset({"read", "act:as"}))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "fake":
        return None
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), "api_keys")


@pytest.fixture
async def keys(settings: Settings | None, clock: FakeClock) -> AsyncIterator[ApiKeys]:
    if settings is None:
        yield FakeApiKeys(clock)
        return
    async with open_catalog(settings, clock) as catalog:
        yield catalog.api_keys


def key(number: int = 1, *, tenant: str = "acme", **more: object) -> ApiKey:
    plain = ApiKey(
        key_id=f"{number:020x}",
        name="the shop",
        principal=replace(WHO, tenant=tenant),
        lock=Lock("0badcafe", "$argon2id$v=19$hash"),
        created_at=FakeClock().now(),
        created_by="operator",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


async def add(keys: ApiKeys, *made: ApiKey) -> None:
    for one in made:
        assert await keys.add(one, max_count=100, forget_before=LONG_AGO)


async def test_a_key_comes_back_as_it_was_written(keys: ApiKeys, clock: FakeClock):
    until = clock.now() + timedelta(hours=1)
    rich = key(
        2,
        priority=0,
        expires_at=until,
        last_used_at=clock.now(),
        revoked_at=clock.now(),
        former=Lock("deadbeef", "$argon2id$former"),
        former_until=until,
    )
    await add(keys, key(), rich)
    assert await keys.get(key().key_id) == key()
    assert await keys.get(rich.key_id) == rich
    assert await keys.get("f" * 20) is None


async def test_pages_are_newest_first_and_of_a_tenant(keys: ApiKeys):
    await add(keys, key(1), key(3), key(2), key(4, tenant="other"))
    assert [one.key_id[-1] for one in await keys.page("acme", limit=2)] == ["3", "2"]
    assert [one.key_id[-1] for one in await keys.page("acme", limit=9, before=key(2).key_id)] == ["1"]
    assert [one.key_id[-1] for one in await keys.page(None, limit=9)] == ["4", "3", "2", "1"]
    assert await keys.page("nobody", limit=9) == []


async def test_a_change_is_saved_once_and_keeps_what_is_not_its_own(keys: ApiKeys, clock: FakeClock):
    await add(keys, key())
    await keys.used({key().key_id: clock.now()})
    changed = key(name="another", lock=Lock("00000001", "new"), former=key().lock, revision=2)
    await keys.save(changed)
    assert await keys.get(key().key_id) == replace(changed, last_used_at=clock.now())
    with pytest.raises(KeyChangedError):
        await keys.save(replace(changed, name="too late"))
    with pytest.raises(KeyChangedError):
        await keys.save(key(9, revision=2))


async def test_a_tenant_has_so_many_keys_that_work_at_most(keys: ApiKeys, clock: FakeClock):
    now = clock.now()
    over = [key(1, revoked_at=now), key(2, expires_at=now)]
    await add(keys, *over, key(3), key(4, tenant="other"))
    assert await keys.add(key(5), max_count=2, forget_before=LONG_AGO)
    assert not await keys.add(key(6), max_count=2, forget_before=LONG_AGO)
    assert await keys.get(key(6).key_id) is None


async def test_at_the_limit_two_at_once_do_not_both_fit(keys: ApiKeys):
    tries = (keys.add(key(number), max_count=1, forget_before=LONG_AGO) for number in range(1, 5))
    assert sorted(await asyncio.gather(*tries)) == [False, False, False, True]


async def test_keys_that_ended_long_ago_are_forgotten_by_the_next_one(keys: ApiKeys, clock: FakeClock):
    now = clock.now()
    theirs = key(4, tenant="other", revoked_at=now)
    await add(keys, key(1, revoked_at=now), key(2, expires_at=now), key(3), theirs)
    await keys.add(key(5), max_count=9, forget_before=now + timedelta(seconds=1))
    assert [one.key_id[-1] for one in await keys.page(None, limit=9)] == ["5", "4", "3"]


async def test_uses_are_noted_forwards_only(keys: ApiKeys, clock: FakeClock):
    await add(keys, key(1), key(2))
    early, late = clock.now(), clock.now() + timedelta(minutes=5)
    await keys.used({key(1).key_id: late, "f" * 20: late})
    await keys.used({key(1).key_id: early, key(2).key_id: early})
    found = {one.key_id: one.last_used_at for one in await keys.page("acme", limit=9)}
    assert found == {key(1).key_id: late, key(2).key_id: early}
    assert (await keys.get(key(1).key_id)).revision == 1

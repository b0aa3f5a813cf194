import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta

import pytest

from core.access import Principal
from core.api_keys import write_key
from core.audit import AuditEvent
from core.errors import DependencyDownError, StoreBusyError
from core.identity_settings import KeySettings
from folio.api_keys import Granter, KeyDesk, KeyDraft
from folio.key_checking import KeyChecker
from tests.fakes.api_keys import FakeApiKeys
from tests.fakes.clock import FakeClock

SETTINGS = KeySettings(hash_memory_kib=1024, refresh_s=2, remember_s=300)
DOWN = DependencyDownError("the catalog does not answer")


@dataclass
class World:
    clock: FakeClock
    store: FakeApiKeys
    desk: KeyDesk
    checker: KeyChecker
    compared: list[str]

    async def key(self) -> str:
        return (await self.desk.create(KeyDraft("k", Principal("acme", "shop")))).text


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> World:
    clock = FakeClock()
    store = FakeApiKeys(clock)

    async def record(events: list[AuditEvent]) -> None:
        del events

    async def opened() -> FakeApiKeys:
        return store

    granter = Granter(Principal(), unbounded=True)
    desk = KeyDesk(store, record, granter=granter, settings=SETTINGS, clock=clock)
    checker = KeyChecker(opened, settings=SETTINGS, clock=clock)
    compared: list[str] = []
    original = checker._hasher.opens

    async def counted(lock, text):
        compared.append(text)
        return await original(lock, text)

    monkeypatch.setattr(checker._hasher, "opens", counted)
    return World(clock, store, desk, checker, compared)


def id_of(text: str) -> str:
    return text.split("_")[1]


async def test_a_key_opens_and_is_compared_once_for_many(world: World):
    text = await world.key()
    found = await asyncio.gather(*(world.checker.check(text) for _ in range(20)))
    assert {key.principal.subject for key in found if key} == {"shop"}
    assert world.compared == [text]
    assert world.store.reads == [id_of(text)]
    world.clock.advance(SETTINGS.remember_s)
    assert await world.checker.check(text)
    assert len(world.compared) == 2


async def test_a_wrong_secret_and_an_unknown_id_cost_the_same_and_no_hashing(world: World):
    text = await world.key()
    await world.checker.check(text)
    for key_id in (id_of(text), "f" * 20):
        for number in range(3):
            world.store.reads.clear()
            assert await world.checker.check(write_key(key_id, bytes([number] * 32))) is None
            assert world.store.reads == [key_id]
    assert world.compared == [text]


async def test_a_new_secret_of_another_process_opens_at_once(world: World):
    old = await world.key()
    assert await world.checker.check(old)
    new = (await world.desk.rotate(id_of(old))).text
    assert await world.checker.check(new)


@pytest.mark.parametrize("text", ["", "folio_", "folio_" + "a" * 20 + "_" + "b" * 49, "é", "x" * 5000])
async def test_what_is_no_key_is_not_looked_up(world: World, text: str):
    assert await world.checker.check(text) is None
    assert world.store.reads == []


async def test_a_revocation_counts_after_the_time_of_the_settings(world: World):
    text = await world.key()
    assert await world.checker.check(text)
    await world.desk.revoke(id_of(text))
    world.clock.advance(SETTINGS.refresh_s)
    assert await world.checker.check(text) is None


async def test_after_a_rotation_both_secrets_open_for_the_grace_time(world: World):
    old = await world.key()
    assert await world.checker.check(old)
    new = (await world.desk.rotate(id_of(old), grace_s=60)).text
    world.clock.advance(SETTINGS.refresh_s)
    assert await world.checker.check(old)
    assert await world.checker.check(new)
    world.clock.advance(60)
    assert await world.checker.check(old) is None
    assert await world.checker.check(new)


async def test_a_key_opens_no_more_from_the_moment_that_it_expires(world: World):
    end = world.clock.now() + timedelta(seconds=1)
    text = (await world.desk.create(KeyDraft("k", Principal(subject="shop"), expires_at=end))).text
    assert await world.checker.check(text)
    world.clock.advance(1)
    assert await world.checker.check(text) is None


async def test_nobody_comes_in_while_the_store_is_down(world: World):
    text = await world.key()
    assert await world.checker.check(text)
    world.store.down = DOWN
    assert await world.checker.check(text)  # for refresh_s
    world.clock.advance(SETTINGS.refresh_s)
    with pytest.raises(DependencyDownError):
        await world.checker.check(text)
    world.store.down = None
    assert await world.checker.check(text)


async def test_a_store_that_falls_silent_keeps_nobody_waiting(world: World, monkeypatch: pytest.MonkeyPatch):
    text = await world.key()

    async def opened() -> FakeApiKeys:
        return world.store

    async def never(key_id: str) -> None:
        del key_id
        await asyncio.Event().wait()

    checker = KeyChecker(opened, settings=SETTINGS, clock=world.clock, answer_s=0.01)
    with monkeypatch.context() as silent:
        silent.setattr(world.store, "get", never)
        async with asyncio.timeout(20):
            found = await asyncio.gather(checker.check(text), checker.check(text), return_exceptions=True)
    assert [type(error) for error in found] == [DependencyDownError] * 2
    assert await checker.check(text)


async def test_a_use_is_noted_once_a_minute_and_fails_nobody(world: World, caplog: pytest.LogCaptureFixture):
    text = await world.key()
    noted = []
    for _ in range(3):
        await world.checker.check(text)
        await world.checker.close()
        noted.append(world.store.kept[id_of(text)].last_used_at)
        world.clock.advance(45)
    assert noted[0] == noted[1] == FakeClock().now()
    assert noted[2] > noted[1]
    world.clock.advance(60)
    with caplog.at_level(logging.WARNING):
        await world.checker.check(text)
        world.store.down = DOWN
        await world.checker.close()
    assert "were not noted" in caplog.text
    assert text not in caplog.text


async def test_a_flood_of_unknown_keys_does_not_keep_known_ones_waiting(world: World):
    text = await world.key()
    assert await world.checker.check(text)
    slow = asyncio.Event()
    original = world.store.get

    async def get(key_id: str):
        if key_id != id_of(text):
            await slow.wait()
        return await original(key_id)

    world.store.get = get  # type: ignore[method-assign]
    strangers = [write_key(f"{number:020x}", bytes(32)) for number in range(300)]
    flood = [asyncio.create_task(world.checker.check(stranger)) for stranger in strangers]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.clock.advance(SETTINGS.refresh_s)
    assert await asyncio.wait_for(world.checker.check(text), 60)
    slow.set()
    results = await asyncio.gather(*flood, return_exceptions=True)
    assert {type(result) for result in results} == {type(None), StoreBusyError}


async def test_memory_holds_no_key(world: World):
    text = await world.key()
    await world.checker.check(text)
    assert text not in repr(vars(world.checker._opened)) + repr(vars(world.checker._seen))


async def test_who_is_cancelled_does_not_stop_the_others(world: World):
    text = await world.key()
    first = asyncio.create_task(world.checker.check(text))
    second = asyncio.create_task(world.checker.check(text))
    await asyncio.sleep(0)
    first.cancel()
    assert await second

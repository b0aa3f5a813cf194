"""What every log of streamed events must do, in memory and in Redis."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from core.config import CacheSettings
from core.errors import DependencyDownError
from core.stream_ports import EventLog
from store.cache.event_log_opening import open_event_log
from store.cache.memory_event_log import MemoryEventLog
from tests.contract.test_cache import REDIS, skip_without_redis
from tests.fakes.clock import FakeClock


@dataclass(frozen=True)
class Subject:
    """A log, a way to let time pass for it, and the id of a stream that no other test uses."""

    log: EventLog
    wait: Callable[[float], Awaitable[None]]
    name: str

    async def begin(self, *, lease_s: float = 60, keep_s: float = 60) -> None:
        await self.log.begin(self.name, b"ann", lease_s=lease_s, keep_s=keep_s)

    async def append(self, number: int, event: bytes, *, keep_s: float = 60) -> None:
        await self.log.append(self.name, number, event, keep_s=keep_s)

    async def events(self, after: int = 0) -> list[tuple[int, bytes]]:
        found = await self.log.read(self.name, after=after)
        assert found is not None
        return list(found.events)


@pytest.fixture(params=["memory", "redis"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    clock, name = FakeClock(), f"test-{uuid4().hex}"

    async def advance(seconds: float) -> None:
        clock.advance(seconds)

    if request.param == "memory":
        yield Subject(MemoryEventLog(clock), advance, name)
        return
    await skip_without_redis()
    async with open_event_log(CacheSettings(url=REDIS), clock) as log:
        yield Subject(log, asyncio.sleep, name)
        await log.finish(name, keep_s=0.001)


async def test_an_unknown_stream_is_none(subject: Subject) -> None:
    assert await subject.log.read(subject.name, after=0) is None
    assert not await subject.log.extend(subject.name, lease_s=1, keep_s=1)


async def test_events_are_read_from_after_a_number_on(subject: Subject) -> None:
    await subject.begin()
    for number, event in enumerate([b"one", b"\x00\xff", b""], start=1):
        await subject.append(number, event)
    assert await subject.events() == [(1, b"one"), (2, b"\x00\xff"), (3, b"")]
    assert await subject.events(after=2) == [(3, b"")]
    assert await subject.events(after=3) == []
    assert await subject.events(after=99) == []


async def test_the_owner_is_kept_as_it_was(subject: Subject) -> None:
    await subject.begin()
    found = await subject.log.read(subject.name, after=0)
    assert found is not None
    assert (found.owner, found.is_alive) == (b"ann", True)


async def test_an_event_that_was_kept_stays_as_it_is(subject: Subject) -> None:
    await subject.begin()
    await subject.append(1, b"one")
    await subject.append(1, b"again")
    assert await subject.events() == [(1, b"one")]


async def test_events_after_a_gap_are_not_given(subject: Subject) -> None:
    await subject.begin()
    await subject.append(1, b"one")
    await subject.append(3, b"three")
    assert await subject.events() == [(1, b"one")]


async def test_a_writer_that_says_nothing_any_more_is_gone_and_its_events_still_there(
    subject: Subject,
) -> None:
    await subject.begin(lease_s=0.05)
    await subject.append(1, b"one")
    await subject.wait(0.1)
    found = await subject.log.read(subject.name, after=0)
    assert found is not None
    assert (found.events, found.is_alive) == (((1, b"one"),), False)


async def test_a_writer_that_extends_its_lease_is_there(subject: Subject) -> None:
    await subject.begin(lease_s=0.05)
    await subject.log.extend(subject.name, lease_s=60, keep_s=60)
    await subject.wait(0.1)
    found = await subject.log.read(subject.name, after=0)
    assert found is not None
    assert found.is_alive


async def test_what_is_finished_is_alive_until_it_is_forgotten(subject: Subject) -> None:
    await subject.begin(lease_s=0.02)
    await subject.append(1, b"last")
    await subject.log.finish(subject.name, keep_s=0.3)
    await subject.wait(0.05)
    found = await subject.log.read(subject.name, after=0)
    assert found is not None
    assert found.is_alive
    await subject.wait(0.4)
    assert await subject.log.read(subject.name, after=0) is None


async def test_a_stream_without_a_sign_of_life_is_forgotten_as_a_whole(subject: Subject) -> None:
    await subject.begin(lease_s=0.03, keep_s=0.03)
    await subject.append(1, b"one", keep_s=0.03)
    await subject.wait(0.1)
    assert await subject.log.read(subject.name, after=0) is None


async def test_the_writer_hears_of_readers_elsewhere_for_a_while(subject: Subject) -> None:
    await subject.begin()
    assert not await subject.log.extend(subject.name, lease_s=60, keep_s=60)
    await subject.log.attend(subject.name, for_s=0.2)
    assert await subject.log.extend(subject.name, lease_s=60, keep_s=60)
    await subject.wait(0.3)
    assert not await subject.log.extend(subject.name, lease_s=60, keep_s=60)


async def test_memory_is_bounded() -> None:
    log = MemoryEventLog(FakeClock(), max_bytes=10)
    for name in ("first", "second"):
        await log.begin(name, b"", lease_s=60, keep_s=60)
        await log.append(name, 1, b"12345678", keep_s=60)
    assert await log.read("first", after=0) is None
    assert await log.read("second", after=0) is not None


async def test_without_redis_nothing_is_kept_and_reading_says_so(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("redis", reason="needs the extra 'redis'")
    caplog.set_level(logging.WARNING)
    async with open_event_log(CacheSettings(url="redis://:hunter2@127.0.0.1:1/0"), FakeClock()) as log:
        await log.begin("one", b"ann", lease_s=1, keep_s=1)
        await log.append("one", 1, b"event", keep_s=1)
        assert not await log.extend("one", lease_s=1, keep_s=1)
        await log.attend("one", for_s=1)
        await log.finish("one", keep_s=1)
        with pytest.raises(DependencyDownError) as caught:
            await log.read("one", after=0)
    assert "FOLIO_CACHE__URL" in caplog.text
    assert "hunter2" not in caplog.text + str(caught.value)

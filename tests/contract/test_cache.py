"""What every cache must do, in memory and in Redis."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest

from core.config import CacheSettings
from core.errors import MissingExtraError, SettingsError
from core.ports import Cache
from store.cache.memory import MemoryCache
from store.cache.opening import open_cache
from tests.fakes.clock import FakeClock

REDIS = "redis://127.0.0.1:6379/9"


@dataclass(frozen=True)
class Subject:
    """A cache, a way to let time pass for it, and a key that no other test uses."""

    cache: Cache
    wait: Callable[[float], Awaitable[None]]
    key: str


@pytest.fixture(params=["memory", "redis"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    clock, key = FakeClock(), f"test-{uuid4().hex}"

    async def advance(seconds: float) -> None:
        clock.advance(seconds)

    if request.param == "memory":
        yield Subject(MemoryCache(clock), advance, key)
        return
    await skip_without_redis()
    async with open_cache(CacheSettings(url=REDIS), clock) as cache:
        yield Subject(cache, asyncio.sleep, key)
        await cache.delete(key)


async def skip_without_redis() -> None:
    pytest.importorskip("redis", reason="needs the extra 'redis'")
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", 6379)
    except OSError:
        pytest.skip("needs Redis at 127.0.0.1:6379")
    writer.close()
    await writer.wait_closed()


async def test_unknown_key_is_none(subject: Subject) -> None:
    assert await subject.cache.get(subject.key) is None


@pytest.mark.parametrize("value", [b"", b"\x00\xff\r\n", b"x" * 100_000])
async def test_bytes_come_back_as_they_were(subject: Subject, value: bytes) -> None:
    await subject.cache.set(subject.key, value, ttl_s=60)
    assert await subject.cache.get(subject.key) == value


async def test_a_later_value_takes_the_place_of_an_earlier_one(subject: Subject) -> None:
    await subject.cache.set(subject.key, b"one", ttl_s=60)
    await subject.cache.set(subject.key, b"two", ttl_s=60)
    assert await subject.cache.get(subject.key) == b"two"


async def test_a_value_is_gone_after_its_time(subject: Subject) -> None:
    await subject.cache.set(subject.key, b"short", ttl_s=0.05)
    await subject.wait(0.1)
    assert await subject.cache.get(subject.key) is None


async def test_setting_again_starts_the_time_again(subject: Subject) -> None:
    await subject.cache.set(subject.key, b"short", ttl_s=0.05)
    await subject.cache.set(subject.key, b"long", ttl_s=60)
    await subject.wait(0.1)
    assert await subject.cache.get(subject.key) == b"long"


async def test_a_deleted_value_is_gone_and_may_be_deleted_again(subject: Subject) -> None:
    await subject.cache.set(subject.key, b"value", ttl_s=60)
    await subject.cache.delete(subject.key)
    await subject.cache.delete(subject.key)
    assert await subject.cache.get(subject.key) is None


async def test_memory_forgets_the_least_recently_used_value_first() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=10)
    for key in ("a", "b"):
        await cache.set(key, b"12345", ttl_s=60)
    assert await cache.get("a") == b"12345"
    await cache.set("c", b"1", ttl_s=60)
    assert [await cache.get(key) for key in ("a", "b", "c")] == [b"12345", None, b"1"]


async def test_memory_counts_what_was_replaced_and_deleted_as_free() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=10)
    await cache.set("a", b"12345678", ttl_s=60)
    await cache.set("a", b"1", ttl_s=60)
    await cache.set("b", b"123456789", ttl_s=60)
    assert [await cache.get(key) for key in ("a", "b")] == [b"1", b"123456789"]
    await cache.delete("b")
    await cache.set("c", b"123456789", ttl_s=60)
    assert [await cache.get(key) for key in ("a", "c")] == [b"1", b"123456789"]


async def test_memory_does_not_keep_a_value_larger_than_itself() -> None:
    cache = MemoryCache(FakeClock(), max_bytes=10)
    await cache.set("small", b"1", ttl_s=60)
    await cache.set("large", b"x" * 11, ttl_s=60)
    assert [await cache.get(key) for key in ("small", "large")] == [b"1", None]


async def test_two_caches_on_one_redis_share_their_values() -> None:
    await skip_without_redis()
    settings, key = CacheSettings(url=REDIS), f"test-{uuid4().hex}"
    async with open_cache(settings, FakeClock()) as one, open_cache(settings, FakeClock()) as other:
        await one.set(key, b"shared", ttl_s=60)
        assert await other.get(key) == b"shared"
        await other.delete(key)
        assert await one.get(key) is None


async def test_a_redis_that_is_down_is_an_empty_cache(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("redis", reason="needs the extra 'redis'")
    caplog.set_level(logging.WARNING)
    async with open_cache(CacheSettings(url="redis://:hunter2@127.0.0.1:1/0"), FakeClock()) as cache:
        await cache.set("key", b"value", ttl_s=60)
        await cache.delete("key")
        assert await cache.get("key") is None
    assert caplog.text.count("FOLIO_CACHE__URL") == 3
    assert "hunter2" not in caplog.text


async def test_without_a_url_the_cache_is_in_memory() -> None:
    async with open_cache(CacheSettings(), FakeClock()) as cache:
        assert isinstance(cache, MemoryCache)


async def opening_fails(url: str) -> str:
    with pytest.raises((SettingsError, MissingExtraError)) as caught:
        async with open_cache(CacheSettings(url=url), FakeClock()):
            pytest.fail("the cache was opened")
    return str(caught.value)


async def test_a_url_of_something_else_is_a_settings_error() -> None:
    pytest.importorskip("redis", reason="needs the extra 'redis'")
    message = await opening_fails("http://:hunter2@localhost/")
    assert "FOLIO_CACHE__URL" in message
    assert "hunter2" not in message


async def test_without_the_client_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    assert "folio-kb[redis]" in await opening_fails(REDIS)

"""Which log of streamed events the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.config import CacheSettings
from core.errors import MissingExtraError, SettingsError
from core.ports import Clock
from core.stream_ports import EventLog
from store.cache.memory_event_log import MemoryEventLog

_ANSWER_S = 1.0
"""Longest wait for Redis: who reads a stream must not wait for what keeps it."""


@asynccontextmanager
async def open_event_log(settings: CacheSettings, clock: Clock) -> AsyncIterator[EventLog]:
    """The log in memory, or in the Redis that the settings name; connects on first use.

    Raises:
        MissingExtraError: The settings name a Redis and its client is not installed.
        SettingsError: The URL is not one of Redis.
    """
    if settings.url is None:
        yield MemoryEventLog(clock)
        return
    try:
        from redis.asyncio import Redis

        from store.cache.redis_event_log import RedisEventLog
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "redis":
            raise
        raise MissingExtraError("streams that all replicas share", extra="redis") from error
    url = settings.url.get_secret_value()
    try:
        client = Redis.from_url(url, socket_timeout=_ANSWER_S, socket_connect_timeout=_ANSWER_S)
    except ValueError:
        raise SettingsError("FOLIO_CACHE__URL is no Redis URL. Use redis://host:6379/0") from None
    try:
        yield RedisEventLog(client)
    finally:
        await client.aclose()

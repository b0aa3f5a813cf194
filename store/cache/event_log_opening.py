"""Which log of streamed events the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.config import CacheSettings
from core.ports import Clock
from core.stream_ports import EventLog
from store.cache.connecting import connected
from store.cache.memory_event_log import MemoryEventLog


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
    async with connected(settings.url, what="streams that all replicas share") as client:
        from store.cache.redis_event_log import RedisEventLog

        yield RedisEventLog(client)

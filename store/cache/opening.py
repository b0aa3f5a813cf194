"""Which cache the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.config import CacheSettings
from core.ports import Cache, Clock
from store.cache.connecting import connected
from store.cache.memory import MemoryCache


@asynccontextmanager
async def open_cache(settings: CacheSettings, clock: Clock) -> AsyncIterator[Cache]:
    """The cache in memory, or the Redis that the settings name; connects on first use.

    Raises:
        MissingExtraError: The settings name a Redis and its client is not installed.
        SettingsError: The URL is not one of Redis.
    """
    if settings.url is None:
        yield MemoryCache(clock)
        return
    async with connected(settings.url, what="the shared cache") as client:
        from store.cache.redis_cache import RedisCache

        yield RedisCache(client)

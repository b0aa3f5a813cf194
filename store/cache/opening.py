"""Which cache the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.config import CacheSettings
from core.errors import MissingExtraError, SettingsError
from core.ports import Cache, Clock
from store.cache.memory import MemoryCache

_ANSWER_S = 1.0
"""Longest wait for Redis: computing the value again is quicker than waiting longer."""


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
    try:
        from redis.asyncio import Redis

        from store.cache.redis_cache import RedisCache
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "redis":
            raise
        raise MissingExtraError("the shared cache", extra="redis") from error
    url = settings.url.get_secret_value()
    try:
        client = Redis.from_url(url, socket_timeout=_ANSWER_S, socket_connect_timeout=_ANSWER_S)
    except ValueError:
        raise SettingsError("FOLIO_CACHE__URL is no Redis URL. Use redis://host:6379/0") from None
    try:
        yield RedisCache(client)
    finally:
        await client.aclose()

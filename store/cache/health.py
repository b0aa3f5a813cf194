"""Does the shared cache answer? While it does not, values are computed again: slower, never wrong."""

from core.config import CacheSettings
from core.health import HealthCheck
from store.cache.connecting import connected


async def check_cache(settings: CacheSettings) -> HealthCheck:
    """Asks the Redis of the settings once, over a connection of its own. Never raises for one that is down."""
    if settings.url is None:
        return HealthCheck("cache", healthy=True, detail="in memory", required=False)
    async with connected(settings.url, what="the shared cache") as client:
        from redis.exceptions import RedisError

        try:
            await client.ping()
        except RedisError as error:
            # Only the kind: the text may hold the address with its password.
            said = f"it does not answer ({type(error).__name__}): check FOLIO_CACHE__URL"
            return HealthCheck("cache", healthy=False, detail=said, required=False)
    return HealthCheck("cache", healthy=True, detail="Redis answers", required=False)

"""Does the shared cache answer? While it does not, values are computed again: slower, never wrong."""

from core.config import CacheSettings
from core.errors import MissingExtraError
from core.health import HealthCheck

_ANSWER_S = 1.0


async def check_cache(settings: CacheSettings) -> HealthCheck:
    """Asks the Redis of the settings once, over a connection of its own. Never raises for one that is down."""
    if settings.url is None:
        return HealthCheck("cache", healthy=True, detail="in memory", required=False)
    try:
        from redis.asyncio import Redis
        from redis.exceptions import RedisError
    except ModuleNotFoundError as error:
        raise MissingExtraError("the shared cache", extra="redis") from error
    url = settings.url.get_secret_value()
    client = Redis.from_url(url, socket_timeout=_ANSWER_S, socket_connect_timeout=_ANSWER_S)
    try:
        await client.ping()
    except RedisError as error:
        # Only the kind: the text may hold the address with its password.
        said = f"it does not answer ({type(error).__name__}): check FOLIO_CACHE__URL"
        return HealthCheck("cache", healthy=False, detail=said, required=False)
    finally:
        await client.aclose()
    return HealthCheck("cache", healthy=True, detail="Redis answers", required=False)

"""Which counter the settings name."""

from core.config import CacheSettings
from core.errors import MissingExtraError, SettingsError
from core.limit_ports import RateCounter
from core.limit_settings import LimitSettings
from core.ports import Clock
from store.limits.fallback import FallbackCounter
from store.limits.window_counter import memory_counter, redis_counter


def create_counter(cache: CacheSettings, limits: LimitSettings, clock: Clock) -> RateCounter:
    """The counter in memory, or in the Redis that the settings name; connects on first use.

    Raises:
        MissingExtraError: The settings name a Redis and its client is not installed.
        SettingsError: The URL is not one of Redis.
    """
    if cache.url is None:
        return memory_counter()
    try:
        shared = redis_counter(cache.url.get_secret_value(), wait_s=limits.shared_wait_s)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "redis":
            raise
        raise MissingExtraError("counting rates in Redis", extra="redis") from error
    except ValueError:
        raise SettingsError("FOLIO_CACHE__URL is no Redis URL. Use redis://host:6379/0") from None
    return FallbackCounter(
        shared,
        memory_counter(),
        clock=clock,
        wait_s=limits.shared_wait_s,
        pause_s=limits.shared_pause_s,
    )

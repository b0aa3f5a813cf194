"""Moving windows of the library `limits`, over any of its stores. The only module that imports it."""

import math
import time
from collections.abc import Awaitable, Callable

from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, MovingWindowSupport, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from core.limit_ports import Quota, Standing

_NAMESPACE = "folio"
# A moving window keeps a moment for each unit: a large amount is counted in coarser ones.
_MOST_UNITS = 2000


class WindowCounter:
    """Implements RateCounter. Costs are rounded up to a two-thousandth of the quota."""

    def __init__(self, storage: Storage, *, close: Callable[[], Awaitable[None]] | None = None) -> None:
        if not isinstance(storage, MovingWindowSupport):
            raise TypeError("the store of limits has no moving windows")
        self._limiter = MovingWindowRateLimiter(storage)
        self._close = close

    async def take(self, quota: Quota, who: str, *, cost: int = 1) -> Standing:
        """Take `cost` of the quota of `who` if so much is left. One above the whole amount takes all of it."""
        unit = unit_of(quota)
        item = RateLimitItemPerSecond(
            quota.amount // unit, multiples=quota.window_s, namespace=f"{_NAMESPACE}-{quota.name}"
        )
        units = min(math.ceil(cost / unit), item.amount)
        is_within = units <= 0 or await self._limiter.hit(item, who, cost=units)
        reset_at_s, left = await self._limiter.get_window_stats(item, who)
        reset_s = min(max(reset_at_s - time.time(), 0.0), float(quota.window_s))
        return Standing(quota, is_within, max(left, 0) * unit, reset_s if left < item.amount else 0.0)

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        if self._close is not None:
            await self._close()


def unit_of(quota: Quota) -> int:
    """How many of the quota are counted as one."""
    return max(1, math.ceil(quota.amount / _MOST_UNITS))


def memory_counter() -> WindowCounter:
    """A counter of this process alone."""
    return WindowCounter(MemoryStorage())


def redis_counter(url: str, *, wait_s: float) -> WindowCounter:
    """A counter that all processes with this Redis share; connects on first use. Waits for it `wait_s` at most.

    Raises:
        ValueError: The URL is not one of Redis.
        ModuleNotFoundError: Its client is not installed.
    """
    from redis.asyncio import ConnectionPool

    pool = ConnectionPool.from_url(url, socket_timeout=wait_s, socket_connect_timeout=wait_s)
    storage = RedisStorage(
        f"async+{url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix="folio:limits",
        connection_pool=pool,  # type: ignore[arg-type]
    )
    return WindowCounter(storage, close=pool.aclose)

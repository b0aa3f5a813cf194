"""A cache that several processes share. The only module that imports redis."""

import logging
from collections.abc import Awaitable

from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = logging.getLogger(__name__)


class RedisCache:
    """Implements Cache. While Redis is down it is an empty cache: every call warns and carries on."""

    def __init__(self, client: Redis, *, prefix: str = "folio:") -> None:
        """Use a client that returns bytes; `prefix` keeps the keys apart from those of other applications."""
        self._client = client
        self._prefix = prefix

    async def get(self, key: str) -> bytes | None:
        """The value, or None if there is none, it has expired or Redis does not answer."""
        try:
            value = await self._client.get(self._prefix + key)
        except RedisError as error:
            _warn(error)
            return None
        return value if isinstance(value, bytes) else None

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds at most."""
        await _tolerated(self._client.set(self._prefix + key, value, px=max(1, round(ttl_s * 1000))))

    async def delete(self, key: str) -> None:
        """Forget the value."""
        await _tolerated(self._client.delete(self._prefix + key))


async def _tolerated(call: Awaitable[object]) -> None:
    try:
        await call
    except RedisError as error:
        _warn(error)


def _warn(error: RedisError) -> None:
    # Only the kind: the text may hold the address with its password.
    _log.warning("the cache does not answer (%s): check FOLIO_CACHE__URL", type(error).__name__)

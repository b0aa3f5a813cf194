"""A cache of this process alone."""

from collections import OrderedDict

from core.ports import Clock

DEFAULT_MAX_BYTES = 64 * 1024 * 1024


class MemoryCache:
    """Implements Cache: keeps the most recently used values within `max_bytes` of values in all."""

    def __init__(self, clock: Clock, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        """Start empty."""
        self._clock = clock
        self._max_bytes = max_bytes
        self._size_bytes = 0
        # Least recently used first; each value with the moment it expires.
        self._entries: OrderedDict[str, tuple[bytes, float]] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        """The value, or None if there is none or it has expired."""
        value, expires_s = self._entries.get(key, (None, 0.0))
        if value is None:
            return None
        if self._clock.monotonic_s() >= expires_s:
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return value

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds at most; one larger than the cache is not kept."""
        self._drop(key)
        if len(value) > self._max_bytes:
            return
        self._entries[key] = (value, self._clock.monotonic_s() + ttl_s)
        self._size_bytes += len(value)
        while self._size_bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    async def delete(self, key: str) -> None:
        """Forget the value."""
        self._drop(key)

    def _drop(self, key: str) -> None:
        value, _ = self._entries.pop(key, (b"", 0.0))
        self._size_bytes -= len(value)

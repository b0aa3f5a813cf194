"""Counting goes on when the shared store does not answer: each process by itself, until it is back."""

import asyncio
import logging

from limits.errors import StorageError

from core.limit_ports import Quota, RateCounter, Standing
from core.ports import Clock

_log = logging.getLogger(__name__)


class FallbackCounter:
    """Implements RateCounter over a shared counter and one of this process.

    The shared one is waited for `wait_s` at most; then it is left alone for `pause_s`, so that an outage costs one wait and not
    one for each request. What was counted there comes back with it.
    """

    def __init__(
        self, shared: RateCounter, own: RateCounter, *, clock: Clock, wait_s: float, pause_s: float
    ) -> None:
        self._shared, self._own = shared, own
        self._clock, self._wait_s, self._pause_s = clock, wait_s, pause_s
        self._retry_s = 0.0
        self._is_down = False

    async def take(self, quota: Quota, who: str, *, cost: int = 1) -> Standing:
        """Take `cost` of the quota of `who` if so much is left; never raises for a shared store that is away."""
        if self._is_down and self._clock.monotonic_s() < self._retry_s:
            return await self._own.take(quota, who, cost=cost)
        # Those who come while one finds out need not wait for it.
        was_down = self._is_down
        if was_down:
            self._retry_s = self._clock.monotonic_s() + self._pause_s
        try:
            async with asyncio.timeout(self._wait_s):
                standing = await self._shared.take(quota, who, cost=cost)
        except (StorageError, TimeoutError, OSError) as error:
            self._went(error)
            return await self._own.take(quota, who, cost=cost)
        if was_down:
            self._is_down = False
            _log.warning("rate limits are counted in Redis again")
        return standing

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        await self._shared.aclose()
        await self._own.aclose()

    def _went(self, error: Exception) -> None:
        self._retry_s = self._clock.monotonic_s() + self._pause_s
        if not self._is_down:
            self._is_down = True
            # Only the kind: the text may hold the address with its password.
            _log.warning(
                "Redis does not answer (%s): each process counts rates by itself until it is back (FOLIO_CACHE__URL)",
                type(error).__name__,
            )

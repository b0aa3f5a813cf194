"""When to ask a server again, and after how long."""

import random
from collections.abc import Callable

MAX_ATTEMPTS = 4
MAX_DELAY_S = 30.0
_FIRST_DELAY_S = 0.5


def delay_before_retry_s(
    attempt: int, *, retry_after: str | None = None, jitter: Callable[[], float] = random.random
) -> float | None:
    """Seconds to wait after the failed attempt `attempt` (counted from 1); None: give up.

    Without the server's word: 0.5 s, 1 s, 2 s, each times a random factor from 0.5 to 1, so that many callers do not come back at once.
    With a `Retry-After` in seconds: that long and up to a quarter more; longer than 30 s is not waited for.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    asked_s = _seconds(retry_after)
    if asked_s is None:
        return float(_FIRST_DELAY_S * 2 ** (attempt - 1) * (0.5 + jitter() / 2))
    return asked_s * (1 + jitter() / 4) if asked_s <= MAX_DELAY_S else None


def _seconds(retry_after: str | None) -> float | None:
    """The header's seconds; a date or nonsense counts as absent."""
    return float(retry_after) if retry_after and retry_after.strip().isdigit() else None

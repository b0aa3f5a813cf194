"""What a request weighs beyond one: known only when its body is read, and taken then."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.types import Scope

Weigh: TypeAlias = Callable[[int], Awaitable[None]]
"""Takes so many requests more from the caller's quotas, and as many turns."""

_STATE = "weigh"


def put_weigh(scope: Scope, weigh: Weigh) -> None:
    """Let the request's route find what counts for it."""
    scope.setdefault("state", {})[_STATE] = weigh


async def weigh(scope: Scope, count: int) -> None:
    """Have the request count as `count` requests, of which one is counted already.

    Raises:
        RateLimitedError: The caller has not so many left.
    """
    found = scope.get("state", {}).get(_STATE)
    if found is not None and count > 1:
        await found(count - 1)

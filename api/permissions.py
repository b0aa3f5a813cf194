"""Which scope a request needs. Every router of `/v1` is included with one: what names none cannot be served."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from api.lifespan import services_of
from core.scopes import Scope

_READING = frozenset({"GET", "HEAD"})


def demands(reading: Scope, changing: Scope) -> Callable[[Request], Awaitable[None]]:
    """A dependency that asks for `reading` of GET and HEAD, and for `changing` of every other method."""

    async def check(request: Request) -> None:
        services_of(request).caller.demand(reading if request.method in _READING else changing)

    return check

"""Which scope a request needs. Every router of `/v1` is included with one: what names none cannot be served."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from api.audited_changes import note
from api.lifespan import services_of
from core.scopes import Scope

_READING = frozenset({"GET", "HEAD"})


def demands(reading: Scope | None, changing: Scope | None) -> Callable[[Request], Awaitable[None]]:
    """A dependency that asks for `reading` of GET and HEAD, and for `changing` of every other method.

    None: whoever has a credential may.
    """

    async def check(request: Request) -> None:
        caller = services_of(request).caller
        scope = reading if request.method in _READING else changing
        if scope is not None:
            caller.demand(scope)
        await note(request, caller)

    return check

"""Refuses a request for want of a scope before its body is read: who may not upload has nothing stored."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import folio_problem
from core.callers import Caller
from core.errors import ForbiddenError
from core.scopes import Scope as Permission


@dataclass(frozen=True, slots=True)
class Demanded:
    """What a route asks for of everything but GET and HEAD, at addresses below `prefix`."""

    prefix: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    scope: Permission

    def fits(self, method: str, path: str) -> bool:
        """Whether a request goes to the route."""
        if method not in self.methods or not path.startswith(self.prefix):
            return False
        return self.pattern.match(path.removeprefix(self.prefix)) is not None


def demanded_of(router: APIRouter, prefix: str, changing: Permission | None) -> list[Demanded]:
    """What the routes of a router ask for that take bodies; none where any credential will do."""
    if changing is None:
        return []
    return [
        Demanded(prefix, frozenset(route.methods or ()), route.path_regex, changing)
        for route in router.routes
        if isinstance(route, APIRoute) and not {"GET", "HEAD"} >= (route.methods or set())
    ]


class ScopesFirst:
    """Stands behind authentication, and before whatever reads bodies. The routes ask for their scopes, too."""

    def __init__(self, app: ASGIApp, *, demanded: Sequence[Demanded]) -> None:
        self._app = app
        self._demanded = demanded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        caller = scope.get("state", {}).get("caller") if scope["type"] == "http" else None
        wanted = self._wanted(scope) if isinstance(caller, Caller) else None
        if wanted is not None and isinstance(caller, Caller):
            try:
                caller.demand(wanted)
            except ForbiddenError as error:
                await folio_problem(scope, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _wanted(self, scope: Scope) -> Permission | None:
        method: str = scope["method"]
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return next((one.scope for one in self._demanded if one.fits(method, path)), None)

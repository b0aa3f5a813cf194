"""Calls in the name of chosen callers, past authentication: a header names one, and all else of the application is real."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.app import create_app
from api.auth import Authentication
from core.access import Principal, Tier
from core.callers import Caller
from core.config import Settings
from core.scopes import OPERATOR_SCOPES
from core.scopes import Scope as Right

HEADER = "x-acting-as"


def caller(
    tenant: str,
    *,
    subject: str = "",
    scopes: frozenset[Right] = OPERATOR_SCOPES,
    clearance: Tier = Tier.INTERNAL,
    groups: frozenset[str] = frozenset(),
) -> Caller:
    """Somebody of a tenant with a key of its own."""
    name = subject or f"{tenant}-app"
    return Caller(Principal(tenant, name, clearance, groups, frozenset(scopes)), f"key:{name}")


class ActingAs:
    """Makes the caller whom the header names that of the request. Stands right behind authentication."""

    def __init__(self, app: ASGIApp, *, callers: Mapping[str, Caller]) -> None:
        self._app = app
        self._callers = callers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        names = [value.decode() for name, value in scope.get("headers", []) if name == HEADER.encode()]
        if names:
            scope.setdefault("state", {})["caller"] = self._callers[names[0]]
        await self._app(scope, receive, send)


@asynccontextmanager
async def serving_callers(
    settings: Settings, callers: Mapping[str, Caller], knowledge_base: Any = None
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """The application, started, and a client for each caller by name; "operator" is whoever runs Folio."""
    app = create_app(settings, knowledge_base=knowledge_base)
    authentication = [middleware.cls for middleware in app.user_middleware].index(Authentication)
    app.user_middleware.insert(authentication + 1, Middleware(ActingAs, callers=callers))
    transport, base_url = httpx.ASGITransport(app), "http://127.0.0.1:8700"
    async with app.router.lifespan_context(app):
        clients = {
            name: httpx.AsyncClient(transport=transport, base_url=base_url, headers={HEADER: name})
            for name in callers
        }
        clients["operator"] = httpx.AsyncClient(transport=transport, base_url=base_url)
        try:
            yield clients
        finally:
            for client in clients.values():
                await client.aclose()

"""Serves the protocol over HTTP beside the API, at `/mcp`: stateless, so that any replica answers any request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from fastapi import FastAPI
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.errors import problem
from api.lifespan import Services, services_of
from api.limits import MAX_MCP_BYTES
from api.mcp.origins import is_trusted_origin
from core.errors import UnauthorizedError
from core.scopes import Scope as Permission
from folio.mcp.reader import Reader
from folio.mcp.server import create_server

PATH = "/mcp"
_METHOD = "POST"


def add_mcp(app: FastAPI) -> None:
    """Mount it; it is closed without a credential that has the scope `read`, like reading in `/v1`."""
    endpoint = McpEndpoint()
    app.router.routes.append(Route(PATH, endpoint=endpoint))
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(owner: FastAPI) -> AsyncIterator[Any]:
        async with inner(owner) as state, endpoint.running():
            yield state

    app.router.lifespan_context = lifespan


class McpEndpoint:
    """The ASGI application behind `/mcp`."""

    def __init__(self) -> None:
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve within."""
        started, stop = asyncio.Event(), asyncio.Event()
        manager = _manager()

        async def keep() -> None:
            async with manager.run():
                started.set()
                await stop.wait()

        # A task of its own: the SDK's task group must be left by the task that entered it, and those who start and stop an
        # application are not always one.
        keeper = asyncio.create_task(keep())
        await started.wait()
        self._manager = manager
        try:
            yield
        finally:
            self._manager = None
            stop.set()
            await keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        request = Request(scope, receive)
        services_of(request).caller.demand(Permission.READ)
        response = _refusal(request)
        if response is not None:
            await response(scope, receive, send)
        elif self._manager is None:
            stopping = problem(
                scope, 503, code="stopping", detail="the service is starting or stopping: try again"
            )
            await stopping(scope, receive, send)
        else:
            await self._manager.handle_request(scope, receive, send)


def _refusal(request: Request) -> Response | None:
    """The answer to what is not let through to the protocol."""
    if request.method != _METHOD:
        # There are no sessions, so there is nothing to listen to and nothing to end.
        detail = "this address takes POST only: every request stands by itself, there is no session"
        headers = {"Allow": _METHOD}
        return problem(request.scope, 405, code="method_not_allowed", detail=detail, headers=headers)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        detail = "send JSON, with the header `Content-Type: application/json`"
        return problem(request.scope, 415, code="unsupported_media_type", detail=detail)
    if not is_trusted_origin(request.headers, services_of(request).settings.api):
        detail = "pages of other sites may not call: the setting api.allowed_origins names those that may"
        return problem(request.scope, 403, code="forbidden", detail=detail)
    return None


def _manager() -> StreamableHTTPSessionManager:
    return StreamableHTTPSessionManager(
        create_server(_reader_of),
        stateless=True,
        json_response=True,
        max_request_body_size=MAX_MCP_BYTES,
        # Hosts and origins are checked before, by what the settings of the API say.
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


def _reader_of(context: Any) -> Reader:
    request = cast("Request | None", context.request)
    if request is None:
        raise UnauthorizedError("this request has no caller: it needs a credential")
    services: Services = services_of(request)
    return Reader(services.knowledge_base, services.principal, services.caller.credential)

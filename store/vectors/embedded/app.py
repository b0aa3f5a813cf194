"""The ASGI face: Qdrant's envelope, errors and token around the routes.

`qdrant_client.AsyncQdrantClient` talks to it unchanged, over HTTP, over a Unix socket or in process (`httpx.ASGITransport`).
Handlers run on the event loop and do not await between reading and writing, so requests are serial (see `collection`).
"""

import errno
import secrets
import time
from collections.abc import Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from store.vectors.embedded import collection_routes, point_routes, query_routes
from store.vectors.embedded.calls import Call, Handler
from store.vectors.embedded.errors import ApiError, disk_full, unsupported
from store.vectors.embedded.shelf import Shelf

# The client compares this with its own version; the API served is that of this release.
API_VERSION = "1.20.0"
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_OPEN_PATHS = {"/", "/healthz", "/readyz", "/livez"}


def create_app(shelf: Shelf, *, token: str | None) -> Starlette:
    """The store as an ASGI application. With a token every request but the health checks must carry it."""
    handlers = [*collection_routes.ROUTES, *point_routes.ROUTES, *query_routes.ROUTES]
    routes = [Route("/", _version), *[Route(path, _healthy) for path in ("/healthz", "/readyz", "/livez")]]
    routes += [
        Route(path, _endpoint(handler, shelf), methods=[method], name=f"{method} {path}")
        for method, path, handler in handlers
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(_TokenCheck, token=token)] if token else [],
        exception_handlers={ApiError: _api_error, HTTPException: _no_route, Exception: _unexpected},
    )


class _TokenCheck:
    """Lets a request pass that carries the token as `api-key` or as a bearer token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        given = _given_token(Request(scope))
        if given is None:
            refusal = _error_reply(401, "Must provide an API key or an Authorization bearer token")
        elif not secrets.compare_digest(given.encode(), self._token):
            refusal = _error_reply(403, "Invalid API key")
        else:
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)


def _given_token(request: Request) -> str | None:
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return request.headers.get("api-key") or (bearer if scheme.lower() == "bearer" and bearer else None)


def _endpoint(handler: Handler, shelf: Shelf) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        started_s = time.perf_counter()
        result = handler(Call(shelf, request.path_params, body))
        spent_s = time.perf_counter() - started_s
        return _reply(200, {"result": result, "status": "ok", "time": spent_s})

    return endpoint


async def _version(_request: Request) -> Response:
    return _reply(200, {"title": "folio embedded vector store (Qdrant Edge)", "version": API_VERSION})


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("all shards are ready")


async def _api_error(_request: Request, error: Exception) -> Response:
    return _error_reply(error.status if isinstance(error, ApiError) else 500, str(error))


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status in (404, 405):
        return await _api_error(request, unsupported(f"{request.method} {request.url.path}"))
    return _error_reply(status, str(error))


async def _unexpected(request: Request, error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        return await _api_error(request, disk_full("the vector store"))
    return _error_reply(500, f"Service internal error: {type(error).__name__}")


def _error_reply(status: int, message: str) -> Response:
    return _reply(status, {"status": {"error": message}, "time": 0.0, "result": None})


def _reply(status: int, content: dict[str, Any]) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type="application/json")

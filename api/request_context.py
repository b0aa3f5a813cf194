"""Gives every request an id and every response its security headers."""

import re
from collections.abc import Callable
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.personal_shapes import without_personal_shapes

# An id is written to log lines and a header as it is, so it must be one: a UUID or another run of hexadecimal digits, or a
# ULID. Anything else may be a name, a number of a person, an address.
_REQUEST_ID = re.compile(r"(?=[0-9-]*[a-fA-F])[0-9a-fA-F-]{16,64}|[0-7][0-9A-HJKMNP-TV-Z]{25}")
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def request_id(scope: Scope) -> str:
    """The id of the request with this scope."""
    found: str = scope.get("state", {}).get("request_id", "")
    return found


class RequestContext:
    """Takes the caller's `X-Request-ID` if it is well formed, makes one otherwise, and returns it."""

    def __init__(self, app: ASGIApp, *, new_id: Callable[[], str] = lambda: uuid4().hex) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        taken = _REQUEST_ID.fullmatch(given) and without_personal_shapes(given) == given
        name = given if taken else self._new_id()
        scope.setdefault("state", {})["request_id"] = name

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = name
                for key, value in _SECURITY_HEADERS.items():
                    headers.setdefault(key, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

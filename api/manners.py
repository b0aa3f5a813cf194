"""What HTTP asks of every service: HEAD where there is GET, a limit for headers, and what browsers are to be told."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

MAX_HEADER_BYTES = 32 * 1024
_MAX_HEADERS = 128
_TWO_YEARS_S = 63_072_000
# What ends by itself, and has a state to look at; not streams.
_WITH_HEAD = re.compile(
    r"/healthz|/readyz|/v1/(documents|sources|collections|jobs|sessions|webhooks|keys)(/[^/]+)?|/v1/documents/[^/]+/text"
)
_NOTHING = "default-src 'none'; frame-ancestors 'none'"
# The page of Swagger UI that FastAPI makes: its script and style come from there.
_DOCS = (
    "default-src 'none'; frame-ancestors 'none'; script-src https://cdn.jsdelivr.net 'unsafe-inline'; "
    "style-src https://cdn.jsdelivr.net 'unsafe-inline'; img-src https://fastapi.tiangolo.com data:; connect-src 'self'"
)


class HttpManners:
    """Turns HEAD into a GET without its body, refuses too many headers, and sets policies for browsers."""

    def __init__(self, app: ASGIApp, *, url: str | None) -> None:
        """`url` is the address that people reach the API at; where it is HTTPS, browsers are to stay with it."""
        self._app = app
        self._is_https = url is not None and url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        is_head = scope["method"] == "HEAD" and bool(_WITH_HEAD.fullmatch(path))

        async def send_with_policies(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_policies(MutableHeaders(scope=message), path)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if _are_too_large(scope):
            detail = f"the request's headers are larger than {MAX_HEADER_BYTES:,} bytes, or more than {_MAX_HEADERS}"
            refused = problem(scope, 431, code="headers_too_large", detail=detail)
            await refused(scope, receive, send_with_policies)
            return
        await self._app({**scope, "method": "GET"} if is_head else scope, receive, send_with_policies)

    def _add_policies(self, headers: MutableHeaders, path: str) -> None:
        headers.setdefault("Content-Security-Policy", _DOCS if path == "/docs" else _NOTHING)
        if self._is_https:
            headers.setdefault("Strict-Transport-Security", f"max-age={_TWO_YEARS_S}")


def _are_too_large(scope: Scope) -> bool:
    headers = scope["headers"]
    size_bytes = sum(len(name) + len(value) for name, value in headers)
    return len(headers) > _MAX_HEADERS or size_bytes > MAX_HEADER_BYTES

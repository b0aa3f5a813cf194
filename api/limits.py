"""How large a request may be, enforced while it is read."""

import hashlib

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLargeError, folio_problem
from core.errors import TooLargeError

# A query of 2,000 characters written as JSON escapes takes 24 kB.
MAX_JSON_BYTES = 64 * 1024
MAX_MCP_BYTES = 256 * 1024
# Boundaries and part headers around an uploaded file.
_ENVELOPE_BYTES = 64 * 1024
_UPLOAD_PATH = "/v1/documents"
# Whole conversations, many texts at once, many searches at once.
_LARGER = {
    "/v1/chat/completions": 1024 * 1024,
    "/v1/embeddings": 1024 * 1024,
    "/v1/search/batch": 512 * 1024,
    "/mcp": MAX_MCP_BYTES,
}


def too_large_upload(max_bytes: int) -> str:
    """The message for an upload over the limit."""
    return f"the upload is larger than {max_bytes:,} bytes: the limit is the setting api.max_upload_bytes"


class BodyLimit:
    """Stops reading a body at its limit, whatever its Content-Length said."""

    def __init__(self, app: ASGIApp, *, max_upload_bytes: int) -> None:
        self._app = app
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit_bytes, message = self._limit(scope)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limit_bytes:
            await folio_problem(scope, TooLargeError(message))(scope, receive, send)
            return
        digest = _digest_wanted(scope)
        read_bytes = 0

        async def limited_receive() -> Message:
            nonlocal read_bytes
            part = await receive()
            read_bytes += len(part.get("body", b""))
            if digest:
                digest.update(part.get("body", b""))
            if read_bytes > limit_bytes:
                raise BodyTooLargeError(message)
            return part

        await self._app(scope, limited_receive, send)

    def _limit(self, scope: Scope) -> tuple[int, str]:
        if scope["method"] == "POST" and scope["path"].endswith(_UPLOAD_PATH):
            return self._max_upload_bytes + _ENVELOPE_BYTES, too_large_upload(self._max_upload_bytes)
        path: str = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/")
        limit_bytes = _LARGER.get(path, MAX_JSON_BYTES)
        return limit_bytes, f"the request body is larger than {limit_bytes:,} bytes"


def _digest_wanted(scope: Scope) -> "hashlib._Hash | None":
    """A hash of the body as it is read, for a request that says what it should be (RFC 9530)."""
    if "content-digest" not in Headers(scope=scope):
        return None
    digest = hashlib.sha256()
    scope.setdefault("state", {})["body_sha256"] = digest
    return digest

"""What a connection may do before it has said what it wants: the head of a request is bounded in time and size."""

import asyncio
import re
from http import HTTPStatus

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

_DEFAULT_HEAD_BYTES = 32 * 1024
_UPGRADE = re.compile(rb"(?<=\r\n)upgrade(?=[ \t]*:)", re.IGNORECASE)


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's HTTP connection. One that brings no whole head within `timeout_keep_alive` is closed, a too large one too.

    With more than `limit_concurrency` connections a further one is told so and closed. The limits are those of uvicorn's
    configuration, since the class is made by name in each worker; `h11_max_incomplete_event_size` bounds the head.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._most_connections = config.limit_concurrency
        self.limit_concurrency = None
        self._head_s = config.timeout_keep_alive
        self._most_head_bytes = config.h11_max_incomplete_event_size or _DEFAULT_HEAD_BYTES
        self._head_bytes = 0
        self._in_body = False
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it for want of room."""
        super().connection_made(transport)
        if self._most_connections is not None and len(self.connections) > self._most_connections:
            self._refuse(
                HTTPStatus.SERVICE_UNAVAILABLE, "saturated", "too many connections (api.max_connections)"
            )
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._in_body:
            super().data_received(data)
            return
        self._expect_head()
        self._head_bytes += len(data)
        super().data_received(without_upgrade(data))
        if self._head_bytes > self._most_head_bytes:
            self._refuse(
                HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                "headers_too_large",
                f"the head of the request is larger than {self._most_head_bytes:,} bytes (api.max_header_bytes)",
            )

    def on_headers_complete(self) -> None:
        """The head is whole. What follows is the body, also of a request that was answered before it was read."""
        self._in_body = True
        self._head_came()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole: a head comes next, if anything."""
        self._in_body = False
        super().on_message_complete()

    def _expect_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self._head_s, self._cut)

    def _head_came(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _cut(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: HTTPStatus, code: str, detail: str) -> None:
        """Answer before there is a request: what every other error has, but for a request id."""
        if self.transport.is_closing():
            return
        body = (
            f'{{"type":"about:blank","title":"{status.phrase}","status":{status.value},"code":"{code}",'
            f'"detail":"{detail}","request_id":"","errors":[]}}'
        ).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
            f"content-length: {len(body)}\r\nretry-after: 5\r\nconnection: close\r\n\r\n"
        ).encode()
        self.transport.write(head + body)
        self.transport.close()


def without_upgrade(data: bytes) -> bytes:
    """The beginning of a request without the wish for another protocol, which a server need not heed (RFC 9110, 7.8). Pure.

    Java's client has it in each request (`h2c`). The parser would take everything behind the head for that protocol, and lose it.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"x-upgrd", head) + end + rest

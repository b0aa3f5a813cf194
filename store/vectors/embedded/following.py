"""Requests to the store process of a folder, wherever it listens by now: one that was restarted has another port and token."""

from pathlib import Path

import httpx

from store.vectors.embedded.endpoint import Endpoint, find_endpoint

_REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
_TOKEN = "api-key"  # noqa: S105 - the name of the header
_HOST = "folio-vectors"


class FollowingTransport(httpx.AsyncBaseTransport):
    """Sends to the process that was found last; where nobody answers or the token is wrong, looks for it once more.

    Only what the process has not begun is sent again: no connection was made, or the token was refused.
    """

    def __init__(self, folder: Path, endpoint: Endpoint, *, limits: httpx.Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._opened: list[httpx.AsyncHTTPTransport] = []
        self._endpoint, self._transport = endpoint, self._open(endpoint)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the process.

        Raises:
            httpx.TransportError: It does not answer, and no other one serves the folder.
        """
        asked = self._endpoint
        try:
            response = await self._send(request)
        except httpx.ConnectError:
            if not self._has_moved(asked):
                raise
            return await self._send(request)
        if response.status_code in _REFUSED and self._has_moved(asked):
            await response.aclose()
            return await self._send(request)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in self._opened:
            await transport.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        endpoint = self._endpoint
        # In place: an error about the request then names the address that was really asked.
        request.url = request.url.copy_with(**_place(endpoint))
        request.headers["host"] = request.url.netloc.decode("ascii")
        request.headers[_TOKEN] = endpoint.token
        return await self._transport.handle_async_request(request)

    def _has_moved(self, asked: Endpoint) -> bool:
        """Whether there is another process than the one that was asked. Requests that come meanwhile go there, too."""
        if self._endpoint != asked:
            return True
        found = find_endpoint(self._folder)
        if found is None or found == asked:
            return False
        self._endpoint, self._transport = found, self._open(found)
        return True

    def _open(self, endpoint: Endpoint) -> httpx.AsyncHTTPTransport:
        # The former one stays open until the end: requests may still be under way on it.
        transport = httpx.AsyncHTTPTransport(uds=endpoint.socket, limits=self._limits, trust_env=False)
        self._opened.append(transport)
        return transport


def _place(endpoint: Endpoint) -> dict[str, str | int | None]:
    if endpoint.url is None:
        return {"scheme": "http", "host": _HOST, "port": None}
    url = httpx.URL(endpoint.url)
    return {"scheme": url.scheme, "host": url.host, "port": url.port}

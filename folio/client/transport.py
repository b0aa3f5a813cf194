"""What both clients hand to httpx, and how they read what it gives back. Pure."""

from collections.abc import Mapping
from typing import Any

import httpx
from httpx_sse import SSEError

from folio.client.errors import ConnectionFailedError, TimedOutError, UnexpectedReplyError
from folio.client.wire import Reply, Request

DEFAULT_URL = "http://127.0.0.1:8700"
DEFAULT_TIMEOUT_S = 60.0
_USER_AGENT = "folio-python"


def client_options(
    url: str, *, api_key: str | None, timeout_s: float, proxy: str | None, headers: Mapping[str, str] | None
) -> dict[str, Any]:
    """The arguments of an httpx client.

    Redirects are not followed: the key is for one address. The environment is not asked for proxies: `proxy` says it.
    """
    sent = {"User-Agent": _USER_AGENT, "Accept": "application/json", **(headers or {})}
    if api_key is not None:
        sent["Authorization"] = f"Bearer {api_key}"
    return {
        "base_url": url,
        "headers": sent,
        "timeout": timeout_s,
        "proxy": proxy,
        "trust_env": False,
        "follow_redirects": False,
    }


def request_options(request: Request) -> dict[str, Any]:
    """The arguments of an httpx request."""
    options: dict[str, Any] = {
        "method": request.method,
        "url": request.path,
        "params": dict(request.query),
        "headers": dict(request.headers),
    }
    if request.body is not None:
        options["json"] = request.body
    if request.file is not None:
        options["files"] = {"file": (request.file.name, request.file.data)}
    return options


def reply_of(response: httpx.Response) -> Reply:
    """What came back; the response was read."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, response.content)


def unreadable(error: httpx.DecodingError | SSEError) -> UnexpectedReplyError:
    """The error of ours for a reply that came and is not what its headers say, or not a stream where one was asked for."""
    is_stream = isinstance(error, SSEError)
    return UnexpectedReplyError(
        "the reply is no stream of events"
        if is_stream
        else "the reply cannot be unpacked as its Content-Encoding says"
    )


def failure_of(error: httpx.TransportError, url: str) -> ConnectionFailedError:
    """The error of ours for one of httpx."""
    if isinstance(error, httpx.TimeoutException):
        return TimedOutError(f"the service at {url} did not answer in time")
    return ConnectionFailedError(f"the service at {url} does not answer ({type(error).__name__})")

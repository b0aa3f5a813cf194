"""Asking a model server over HTTP: what may pass is tried again, what cannot help is refused at once."""

import asyncio
import functools
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from core.errors import DependencyDownError, SettingsError
from core.tracing import headers_for_model_server
from inference.retry import MAX_ATTEMPTS, delay_before_retry_s

_PASSING = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model on a server. `section` of the settings describes it; `kind` is what people call such a model."""

    kind: str
    section: str
    url: str
    model: str | None
    api_key: SecretStr | None
    timeout_s: float


class ModelServer:
    """One address of a model server. Each client opens its own connections, so one object serves several event loops."""

    def __init__(
        self,
        served: ServedModel,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Talk to a server.

        Args:
            served: Where, with which key, for how long; `url` is the whole address that is posted to.
            transport: What carries the requests; None: the network.
            sleep: How to wait between attempts, in seconds.
        """
        self._served = served
        self._transport = transport
        self._sleep = sleep

    def client(self) -> httpx.AsyncClient:
        """Connections for a few requests; close it."""
        key = self._served.api_key
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        return httpx.AsyncClient(
            headers=headers, timeout=self._served.timeout_s, transport=self._transport, verify=_tls()
        )

    async def post(
        self,
        client: httpx.AsyncClient,
        body: Mapping[str, Any],
        *,
        tolerates: Callable[[httpx.Response], bool] = lambda _: False,
    ) -> httpx.Response:
        """The answer: a success, or one that the caller `tolerates`.

        Raises:
            SettingsError: The server refuses, and would again. Its words may quote our texts: they are left out.
            DependencyDownError: It does not answer, or is overloaded.
        """
        served, failure = self._served, ""
        for attempt in range(1, MAX_ATTEMPTS + 1):
            retry_after: str | None = None
            try:
                response = await client.post(served.url, json=dict(body), headers=headers_for_model_server())
            except httpx.TransportError as error:
                failure = f"does not answer ({type(error).__name__})"
            except httpx.InvalidURL:
                raise SettingsError(f"{served.section}.base_url is not a URL: {served.url}") from None
            else:
                if response.is_success or tolerates(response):
                    return response
                self._refuse_if_permanent(response.status_code)
                failure = f"answers with status {response.status_code}"
                retry_after = response.headers.get("Retry-After")
            delay_s = delay_before_retry_s(attempt, retry_after=retry_after)
            if delay_s is None:
                break
            await self._sleep(delay_s)
        raise DependencyDownError(
            f"the {served.kind} server {served.url} {failure}. Check that it is up, or raise {served.section}.timeout_s."
        )

    def _refuse_if_permanent(self, status: int) -> None:
        if status in _PASSING or status >= 500:
            return
        served = self._served
        section = served.section
        ways_out = {
            401: f"check {section}.api_key",
            403: f"check what {section}.api_key may do",
            404: f"check {section}.base_url, and that the server has the model '{served.model}'",
            413: f"lower {section}.batch_count",
        }
        way_out = ways_out.get(status, f"check {section}.model '{served.model}' and {section}.base_url")
        raise SettingsError(f"the {served.kind} server {served.url} refuses with status {status}: {way_out}")


@functools.cache
def _tls() -> ssl.SSLContext:
    """Reading the certificate authorities takes longer than a request, so it is done once."""
    return httpx.create_ssl_context()

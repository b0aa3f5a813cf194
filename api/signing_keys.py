"""The keys that an OpenID Connect provider signs with: fetched, kept, and asked for again within bounds."""

import asyncio
import json
import logging
from typing import Any

import httpx
import jwt

from core.errors import DependencyDownError
from core.identity_settings import OidcSettings
from core.ports import Clock

_LOG = logging.getLogger(__name__)
_MAX_BYTES = 1024 * 1024
_MAX_KEYS = 100
_DISCOVERY = "/.well-known/openid-configuration"
_KINDS = frozenset({"RSA", "EC", "OKP"})

Key = dict[str, Any]
"""A key as the provider publishes it (JWK)."""

Keys = dict[str | None, list[Key]]
"""Keys by their `kid`."""


class _UnusableError(Exception):
    """The provider answered something else than was asked for. Says what, never what it answered."""


class SigningKeys:
    """Asks the provider rarely: every `oidc.refresh_s`, and for an unknown `kid`, but never twice within `oidc.retry_s`.

    While it does not answer, the keys that it gave last are used, for `oidc.keys_kept_s`.
    """

    def __init__(
        self, settings: OidcSettings, clock: Clock, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`transport` is what carries the requests; None: the network."""
        self._settings = settings
        self._clock = clock
        self._transport = transport
        self._keys: Keys | None = None
        self._fetched_s = 0.0
        self._asked_s: float | None = None
        self._asking: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> list[Key]:
        """The keys of this name; without a name, the only key that there is.

        Raises:
            DependencyDownError: No keys are known, and the provider does not give them now.
        """
        if self._is_due():
            asking = self._ask()
            if self._usable() is None:
                await asyncio.shield(asking)
        keys = self._present()
        if kid not in keys and kid is not None and self._may_ask():
            # It may have begun to sign with a new key.
            await asyncio.shield(self._ask())
            keys = self._present()
        if kid is not None:
            return keys.get(kid, [])
        every = [key for named in keys.values() for key in named]
        return every if len(every) == 1 else []

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def _usable(self) -> Keys | None:
        age_s = self._clock.monotonic_s() - self._fetched_s
        return self._keys if age_s < self._settings.refresh_s + self._settings.keys_kept_s else None

    def _present(self) -> Keys:
        keys = self._usable()
        if keys is None:
            raise DependencyDownError(
                "the OpenID Connect provider gives no keys now: tokens cannot be checked. See oidc.issuer and oidc.jwks_url"
            )
        return keys

    def _is_due(self) -> bool:
        fresh = self._keys is not None and (
            self._clock.monotonic_s() - self._fetched_s < self._settings.refresh_s
        )
        return not fresh and self._may_ask()

    def _may_ask(self) -> bool:
        """Also while it is being asked: whoever needs the answer waits for the same one."""
        if self._asking is not None and not self._asking.done():
            return True
        return self._asked_s is None or self._clock.monotonic_s() - self._asked_s >= self._settings.retry_s

    def _ask(self) -> "asyncio.Task[None]":
        if self._asking is None or self._asking.done():
            self._asked_s = self._clock.monotonic_s()
            self._asking = asyncio.create_task(self._refresh())
        return self._asking

    async def _refresh(self) -> None:
        begun_s = self._clock.monotonic_s()
        try:
            async with asyncio.timeout(2 * self._settings.timeout_s):
                self._keys = await self._fetch()
            self._fetched_s = begun_s
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, _UnusableError) as error:
            why = str(error) if isinstance(error, _UnusableError) else type(error).__name__
            _LOG.warning("the keys of the OpenID Connect provider were not fetched: %s", why)

    async def _fetch(self) -> Keys:
        timeout_s = self._settings.timeout_s
        async with httpx.AsyncClient(timeout=timeout_s, transport=self._transport) as client:
            url = self._settings.jwks_url or await self._discovered(client)
            keys = _parsed(await _get(client, url))
        if not keys:
            raise _UnusableError("it names no key that a token can be checked with")
        return keys

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        issuer = self._settings.issuer or ""
        found = await _get(client, issuer.rstrip("/") + _DISCOVERY)
        url = found.get("jwks_uri")
        if found.get("issuer") != issuer:
            raise _UnusableError("it says that it is another issuer than oidc.issuer")
        scheme = issuer.partition("://")[0]
        if not isinstance(url, str) or not url.startswith(("https://", f"{scheme}://")):
            raise _UnusableError("its discovery document names no usable jwks_uri")
        return url


async def _get(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """A JSON object of bounded size. Redirects are not followed."""
    data = b""
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
        if response.status_code != httpx.codes.OK:
            raise _UnusableError(f"it answered with status {response.status_code}")
        async for part in response.aiter_bytes():
            data += part
            if len(data) > _MAX_BYTES:
                raise _UnusableError(f"its answer is larger than {_MAX_BYTES:,} bytes")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _UnusableError("its answer is no JSON object")
    return found


def _parsed(document: dict[str, Any]) -> Keys:
    """The keys of a JWK set that can check signatures; others, and those that cannot be read, are left out."""
    rows = document.get("keys")
    keys: Keys = {}
    for row in rows[:_MAX_KEYS] if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("kty") not in _KINDS or row.get("use", "sig") != "sig":
            continue
        try:
            jwt.PyJWK(row)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        kid = row.get("kid")
        keys.setdefault(kid if isinstance(kid, str) else None, []).append(row)
    return keys

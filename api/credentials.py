"""Finds out who sent a request: an API key, a token of the provider, the operator's token, or a program of this machine."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import Scope

from api.acting import as_user
from api.json_web_tokens import JsonWebTokens
from core.api_keys import PREFIX, ApiKey, ApiKeys
from core.callers import Caller
from core.config import Settings
from core.errors import ForbiddenError
from core.ports import Clock
from core.scopes import OPERATOR_SCOPES
from folio.key_checking import KeyChecker

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

_LOOPBACK_NAMES = frozenset({"localhost"})
# A proxy of this machine calls from this machine, whoever called it.
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens on the host."""
    if host.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def everybody_needs_one(settings: Settings) -> bool:
    """Whether programs of this machine, too, need a credential."""
    api = settings.api
    return bool(api.token or api.require_key or settings.oidc.issuer) or not is_loopback(api.host)


class Credentials:
    """Checks what a request shows. One for a process."""

    def __init__(
        self, settings: Settings, opened: Callable[[], Awaitable["KnowledgeBase"]], clock: Clock
    ) -> None:
        """`opened` gives the open knowledge base, whose catalog keeps the keys."""

        async def open_keys() -> ApiKeys:
            return await (await opened()).key_store()

        self._settings = settings
        self._is_closed = everybody_needs_one(settings)
        self._keys = KeyChecker(open_keys, settings=settings.keys, clock=clock)
        self._tokens = JsonWebTokens(settings.oidc, clock)

    async def caller(self, scope: Scope) -> Caller | None:
        """Who sent the request with this scope, on behalf of whom; None where its credential is missing or wrong.

        Raises:
            ForbiddenError: It comes from elsewhere without a credential, or asks for a user that it may not ask for.
            InvalidInputError: It does not say well which user it asks for.
            TransientError: What is needed to check the credential does not answer: nobody comes in meanwhile.
        """
        headers = Headers(scope=scope)
        found = await self._sender(scope, headers)
        return as_user(found, headers) if found else None

    async def close(self) -> None:
        """Let go of what goes on in the background."""
        await self._keys.close()
        await self._tokens.close()

    async def _sender(self, scope: Scope, headers: Headers) -> Caller | None:
        shown = headers.getlist("authorization")
        if len(shown) > 1:
            return None
        kind, _, text = (shown[0] if shown else "").partition(" ")
        bearer = text.strip() if kind.lower() == "bearer" else ""
        found = await self._bearer(bearer) if bearer else None
        if found or self._is_closed or bearer.startswith(PREFIX):
            return found
        if _from_elsewhere(scope) or _from_other_site(headers):
            raise ForbiddenError(
                "without a credential only programs and pages of this machine may call: send `Authorization: Bearer <API key>`"
            )
        return self._operator("local")

    async def _bearer(self, text: str) -> Caller | None:
        if self._is_operator_token(text):
            return self._operator("token")
        if text.startswith(PREFIX):
            key = await self._keys.check(text)
            return _of_key(key) if key else None
        return await self._tokens.caller(text)

    def _is_operator_token(self, text: str) -> bool:
        token = self._settings.api.token
        return token is not None and hmac.compare_digest(
            text.encode("latin-1"), token.get_secret_value().encode()
        )

    def _operator(self, credential: str) -> Caller:
        who = self._settings.principal("api")
        return Caller(replace(who, scopes=who.scopes | OPERATOR_SCOPES), credential)


def _of_key(key: ApiKey) -> Caller:
    return Caller(key.principal, f"key:{key.key_id}", key.priority, key.expires_at)


def _from_elsewhere(scope: Scope) -> bool:
    """Whether another machine calls: the server may listen on more than `api.host` says, or a proxy stand before it."""
    client = scope.get("client")
    headers = Headers(scope=scope)
    return (client is not None and not is_loopback(client[0])) or any(
        name in headers for name in _PROXY_HEADERS
    )


def _from_other_site(headers: Headers) -> bool:
    """Whether a web page from elsewhere has the browser of this machine call.

    Such a page can post a form across sites, or point its own name at 127.0.0.1; both show in these headers.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    return not is_loopback(_without_port(host)) or (origin is not None and origin.split("://")[-1] != host)


def _without_port(host: str) -> str:
    return host[: host.rfind("]") + 1] if host.startswith("[") else host.split(":", maxsplit=1)[0]

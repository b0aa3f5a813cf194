"""Who may call, and on whose behalf."""

import hmac
import ipaddress
from dataclasses import replace

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import folio_problem, problem
from core.callers import Caller
from core.config import Settings
from core.errors import ForbiddenError, SettingsError
from core.scopes import OPERATOR_SCOPES
from core.service_settings import ApiSettings

# Everything else needs the token: a route that is added later is closed until it is named here.
_OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})
_LOOPBACK_NAMES = frozenset({"localhost"})


def check_exposure(settings: ApiSettings) -> None:
    """Refuse to be reachable from other machines without a token.

    Raises:
        SettingsError: The host is not loopback and no token is set, or the token is empty.
    """
    if settings.token is not None and not settings.token.get_secret_value():
        raise SettingsError("api.token is empty: set a long random value (FOLIO_API__TOKEN), or leave it out")
    if settings.token is None and not is_loopback(settings.host):
        raise SettingsError(
            f"api.host is {settings.host}, which other machines can reach, and there is no api.token: "
            "set FOLIO_API__TOKEN, or listen on 127.0.0.1"
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a service that listens on the host."""
    if host.lower() in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def carries_token(scope: Scope, token: SecretStr | None) -> bool:
    """Whether the request may use the API: it carries the bearer token, or none is set."""
    if token is None:
        return True
    kind, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
    wanted = token.get_secret_value().encode()
    return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), wanted)


class Authentication:
    """Asks for the token before the body is read, so that a stranger cannot make the service store an upload."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._token = settings.api.token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or self._is_open(scope):
            await self._app(scope, receive, send)
        elif self._token is None and (_from_elsewhere(scope) or _from_other_site(scope)):
            error = ForbiddenError("without api.token only programs and pages of this machine may call")
            await folio_problem(scope, error)(scope, receive, send)
        elif carries_token(scope, self._token):
            scope.setdefault("state", {})["caller"] = self._operator()
            await self._app(scope, receive, send)
        else:
            response = problem(
                scope,
                401,
                code="unauthorized",
                detail="this needs the header `Authorization: Bearer <api.token>`",
                headers={"WWW-Authenticate": "Bearer"},
            )
            await response(scope, receive, send)

    def _operator(self) -> Caller:
        who = self._settings.principal("api")
        who = replace(who, scopes=who.scopes | OPERATOR_SCOPES)
        return Caller(who, "token" if self._token else "local")

    def _is_open(self, scope: Scope) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return path in _OPEN_PATHS


def _from_elsewhere(scope: Scope) -> bool:
    """Whether another machine calls: the server may listen on more than `api.host` says."""
    client = scope.get("client")
    return client is not None and not is_loopback(client[0])


def _from_other_site(scope: Scope) -> bool:
    """Whether a web page from elsewhere has the browser of this machine call.

    Such a page can post a form across sites, or point its own name at 127.0.0.1; both show in these headers.
    """
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    origin = headers.get("origin")
    return not is_loopback(_without_port(host)) or (origin is not None and origin.split("://")[-1] != host)


def _without_port(host: str) -> str:
    return host[: host.rfind("]") + 1] if host.startswith("[") else host.split(":", maxsplit=1)[0]

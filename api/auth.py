"""Lets in who may call. What is not named here as open is closed."""

import logging
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.credentials import Credentials, is_loopback
from api.errors import folio_problem, problem
from api.load.rates import retry_after_s
from api.load.strangers import Strangers, address_of
from api.request_context import request_id
from core import metrics
from core.callers import Caller
from core.config import Settings
from core.errors import FolioError, SettingsError, TransientError
from core.limit_ports import Standing
from store.limits.window_counter import memory_counter

_LOG = logging.getLogger(__name__)
# Everything else needs a credential: a route that is added later is closed until it is named here.
_OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/docs", "/docs/oauth2-redirect", "/openapi.json"})
# Open, and says more to those who have a credential.
_TELLING_PATHS = frozenset({"/readyz"})
_POLICY_VIOLATION = 1008


def check_exposure(settings: Settings) -> None:
    """Refuse to be reachable from other machines where nobody has said how callers are known.

    Raises:
        SettingsError: The host is not loopback and neither a token, nor a provider, nor keys were asked for; or the token is empty.
    """
    api = settings.api
    if api.token is not None and not api.token.get_secret_value():
        raise SettingsError("api.token is empty: set a long random value (FOLIO_API__TOKEN), or leave it out")
    if not (is_loopback(api.host) or api.token or api.require_key or settings.oidc.issuer):
        raise SettingsError(
            f"api.host is {api.host}, which other machines can reach, and nothing says how callers are known: set "
            "FOLIO_API__REQUIRE_KEY=true and make a key with `folio keys create`, or set FOLIO_OIDC__ISSUER or "
            "FOLIO_API__TOKEN, or listen on 127.0.0.1"
        )


class Authentication:
    """Asks for a credential before the body is read, so that a stranger cannot make the service store an upload.

    Sets `scope["state"]["caller"]`.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._strangers = Strangers(
            settings.limits.refusals_per_minute, memory_counter(), share_count=settings.api.worker_count
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            # There is no other protocol yet: one that is added is closed.
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        elif (path := _path(scope)) in _OPEN_PATHS:
            if path in _TELLING_PATHS:
                _set_caller(scope, await self._known(scope))
            await self._app(scope, receive, send)
        else:
            await self._let_in(scope, receive, send)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        address, shown = address_of(scope), Headers(scope=scope).get("authorization", "")
        kept_out = await self._strangers.kept_out(address, shown)
        if kept_out is not None:
            await _too_often(scope, kept_out)(scope, receive, send)
            return
        try:
            caller = await _credentials(scope).caller(scope)
        except FolioError as error:
            if isinstance(error, TransientError):
                _LOG.warning("request %s: nobody can be let in: %s", request_id(scope), error.code)
            await folio_problem(scope, error)(scope, receive, send)
            return
        if caller is None:
            await self._strangers.failed(address)
            # The same for every wrong credential: it tells nobody which keys there are.
            detail = "this needs the header `Authorization: Bearer <credential>`, with a credential that is valid now"
            headers = {"WWW-Authenticate": "Bearer"}
            response = problem(scope, 401, code="unauthorized", detail=detail, headers=headers)
            await response(scope, receive, send)
            return
        self._strangers.opened(shown)
        _set_caller(scope, caller)
        await self._app(scope, receive, send)

    async def _known(self, scope: Scope) -> Caller | None:
        """The caller of an open path, if it is one: a probe is answered whatever it shows, and whatever is down."""
        try:
            return await _credentials(scope).caller(scope)
        except FolioError:
            return None


def _too_often(scope: Scope, standing: Standing) -> Response:
    metrics.rate_limited("refusal")
    return problem(
        scope,
        HTTPStatus.TOO_MANY_REQUESTS,
        code="rate_limited",
        detail="too many requests without a valid credential came from this address (limits.refusals_per_minute): try again after "
        "the time in Retry-After",
        headers={"Retry-After": str(retry_after_s(standing))},
    )


def _credentials(scope: Scope) -> Credentials:
    found: Credentials = scope["app"].state.services.credentials
    return found


def _set_caller(scope: Scope, caller: Caller | None) -> None:
    scope.setdefault("state", {})["caller"] = caller


def _path(scope: Scope) -> str:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path

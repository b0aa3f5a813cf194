"""`Idempotency-Key` for requests that create something: sent again, they create nothing more and are answered as before.

Uploads have their own way (`api.uploading`): their bodies are files, and their answers are jobs.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLargeError, folio_problem
from api.lifespan import Services, services_of
from core.callers import Caller
from core.errors import FolioError, PermanentError, TooLargeError
from core.jobs import KeptAnswer
from core.ports import IdempotencyKeys
from folio.submitting import KEEP_KEYS_S, InFlightError, KeyReusedError, key_hash

_HOLD_S = 120.0
# Well before somebody else may have the key.
_LATE_S = 100.0
# What creates something. The answers of the first are kept; those of the others hold a secret, or words of a person that
# must not outlive what they were said for.
_KEPT = re.compile(r"/v1/(sources|sessions)")
_UNKEPT = re.compile(r"/v1/(webhooks|keys|keys/[^/]+/rotate|sessions/[^/]+/facts)")
_REPLAYED = {"Idempotency-Replayed": "true"}


class AlreadyDoneError(PermanentError):
    """A request was answered before, and its answer was not kept."""

    status = 409
    code = "already_done"


class IdempotentCreation:
    """Answers a repeated request as the first one. Stands behind authentication: a key is its caller's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        caller = scope.get("state", {}).get("caller") if scope["type"] == "http" else None
        key = Request(scope).headers.get("idempotency-key") if isinstance(caller, Caller) else None
        if key is None or not _creates(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request, key)
        except BodyTooLargeError as error:
            response = folio_problem(scope, TooLargeError(error.detail))
        except FolioError as error:
            response = folio_problem(scope, error)
        await response(scope, receive, send)

    async def _answer(self, request: Request, key: str) -> Response:
        services = services_of(request)
        body = await request.body()
        keys = (await services.stores()).keys
        name = _key_hash(key, services)
        claim = await keys.claim(
            name, request_hash=_request_hash(request, body), hold_s=_HOLD_S, keep_s=KEEP_KEYS_S
        )
        if not claim.same_request:
            raise KeyReusedError(
                "this Idempotency-Key was used for another request: use a new key for each request"
            )
        if claim.answer is not None:
            return _replayed(request, claim.answer)
        if not claim.ours:
            raise InFlightError("the request with this Idempotency-Key is being worked on: ask again later")
        return await self._first(request, body, keys, name)

    async def _first(self, request: Request, body: bytes, keys: IdempotencyKeys, name: str) -> Response:
        answered = _Answered()
        try:
            await self._app(request.scope, _replaying(body, request.receive), answered.take)
        finally:
            # Where the catalog is gone by now: later. What was made is made, and who was refused may try again soon.
            await services_of(request).late.do(
                partial(_note, keys, name, answered, request), within_s=_LATE_S
            )
        return answered.response()


async def _note(keys: IdempotencyKeys, name: str, answered: "_Answered", request: Request) -> None:
    if answered.created:
        await keys.answer(name, answered.kept(request))
    else:
        await keys.forget(name)


@dataclass(slots=True)
class _Answered:
    """The answer of the application, held back until it is kept."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def created(self) -> bool:
        return 200 <= self.status < 300

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def kept(self, request: Request) -> KeptAnswer:
        return KeptAnswer(self.status, self.body.decode() if _KEPT.fullmatch(_path(request.scope)) else None)

    def response(self) -> Response:
        response = Response(self.body, self.status)
        response.raw_headers = self.headers
        return response


def _replayed(request: Request, answer: KeptAnswer) -> Response:
    if answer.body is None:
        raise AlreadyDoneError(
            "the request with this Idempotency-Key was done. Its answer is not kept: look at the list of what there is; "
            "a secret that got lost is replaced by making a new one"
        )
    location = f"{_path(request.scope).rsplit('/', 1)[-1]}/{json.loads(answer.body)['id']}"
    headers = {**_REPLAYED, "Location": location}
    return Response(answer.body, answer.status, headers, media_type="application/json")


def _creates(scope: Scope) -> bool:
    path = _path(scope)
    return scope["method"] == "POST" and bool(_KEPT.fullmatch(path) or _UNKEPT.fullmatch(path))


def _path(scope: Scope) -> str:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path


def _key_hash(key: str, services: Services) -> str:
    """Not met by anybody else, nor by the same caller with other rights: those are asked for before an answer is replayed."""
    who = services.caller
    rights = [who.credential, *sorted(who.principal.scopes), *who.principal.keys]
    own = key_hash(key, who.principal)
    return hashlib.sha256(json.dumps([own, *rights]).encode()).hexdigest()


def _request_hash(request: Request, body: bytes) -> str:
    said = [request.method, _path(request.scope), request.url.query, hashlib.sha256(body).hexdigest()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _replaying(body: bytes, receive: Receive) -> Receive:
    """The body again, and then whatever comes: a disconnection."""
    sent = False

    async def again() -> Message:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again

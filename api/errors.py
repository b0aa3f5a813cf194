"""Every error as a problem (RFC 9457). Details are our own words: nothing a caller sent is repeated."""

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.conditional import NotModifiedError
from api.dify_errors import dify_error, is_dify
from api.openai_errors import speaks_openai, with_openai_error
from api.request_context import request_id
from api.schemas.problem import MEDIA_TYPE, FieldError, Problem
from core.errors import FolioError, TransientError
from core.personal_shapes import without_personal_shapes

_LOG = logging.getLogger(__name__)
RETRY_AFTER_S = 5
_MAX_ERRORS = 20
_MAX_FIELD_CHARS = 100
# Fields and places are named like this; what somebody made up may be a name, a number or a key.
_FIELD_NAME = re.compile(r"[a-z][a-z_-]{0,31}|\d{1,4}")
# What pydantic says of a missing Content-Type does not help anybody.
_CLEARER = {
    "model_attributes_type": "must be a JSON object, sent with the header `Content-Type: application/json`",
    # Its own message repeats the tag.
    "union_tag_invalid": "is of none of the kinds that there are",
}
_HTTP_ERRORS = {
    400: ("invalid_request", "the request body cannot be read as what its Content-Type says"),
    404: ("not_found", "there is nothing at this address; /docs lists what there is"),
    405: ("method_not_allowed", "this address does not take this method; see the Allow header"),
    408: ("request_timeout", ""),
    413: ("too_large", ""),
}
_JSON = "application/json"
_FORM = "multipart/form-data"


class BodyTooLargeError(HTTPException):
    """Raised while a body is read; an HTTPException because FastAPI turns every other error there into a 400."""

    def __init__(self, detail: str) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)


class RateLimitedError(TransientError):
    """A caller has used up a quota; `retry_after_s` says when there is more."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate_limited"

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


def problem(
    scope: Scope,
    status: int,
    *,
    code: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem response for the request with this scope."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        request_id=request_id(scope),
        errors=list(errors),
    )
    if is_dify(scope):
        return dify_error(body, headers=headers or {})
    if speaks_openai(scope["path"].removeprefix(scope.get("root_path", ""))):
        body = with_openai_error(body)
    return Response(body.model_dump_json(), status, dict(headers or {}), media_type=MEDIA_TYPE)


def folio_problem(scope: Scope, error: FolioError) -> Response:
    """The problem for an error of ours; one that may pass says when to try again."""
    wait_s = error.retry_after_s if isinstance(error, RateLimitedError) else RETRY_AFTER_S
    headers = {"Retry-After": str(wait_s)} if isinstance(error, TransientError) else {}
    detail = without_personal_shapes(_encodable(error.detail))
    return problem(scope, error.status, code=error.code, detail=detail, headers=headers)


def add_error_handlers(app: FastAPI) -> None:
    """Render every error that a route can raise."""
    app.exception_handler(FolioError)(_on_folio_error)
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(HTTPException)(_on_http_error)
    app.exception_handler(NotModifiedError)(_on_not_modified)


class UnexpectedErrors:
    """The last resort: a bug becomes a 500 that says nothing, and a log entry without the data it failed on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception as error:  # the process boundary: a bug in one request is answered and logged
            if scope["type"] != "http":
                raise
            _log_unexpected(scope, error)
            if started:
                raise
            detail = "an unexpected error; the service's log has it under this request_id"
            response = problem(scope, 500, code="internal_error", detail=detail)
            await response(scope, receive, send)


async def _on_folio_error(request: Request, error: FolioError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.warning("request %s: %s: %s", request_id(request.scope), error.code, error.detail)
    return folio_problem(request.scope, error)


async def _on_not_modified(request: Request, error: NotModifiedError) -> Response:
    del request
    return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": error.tag})


async def _on_invalid_request(request: Request, error: RequestValidationError) -> Response:
    if _is_of_another_type(request, error):
        detail = f"this takes a body of the type {_expected_type(error)}: see the header Content-Type"
        return problem(request.scope, 415, code="unsupported_media_type", detail=detail)
    errors = [
        FieldError(field=_field(row["loc"]), message=_message(row)) for row in error.errors()[:_MAX_ERRORS]
    ]
    places = ", ".join(dict.fromkeys(one.field for one in errors))
    detail = f"the request is not valid: see `errors` for {places}"
    return problem(request.scope, 422, code="invalid_request", detail=detail, errors=errors)


async def _on_http_error(request: Request, error: HTTPException) -> Response:
    default = ("http_error", HTTPStatus(error.status_code).phrase)
    code, detail = _HTTP_ERRORS.get(error.status_code, default)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (allowed := _methods_at(request)):
        headers["Allow"] = ", ".join(allowed)
    return problem(
        request.scope, error.status_code, code=code, detail=detail or error.detail, headers=headers
    )


def _methods_at(request: Request) -> list[str]:
    """What the address takes: the router names only the methods of one of its routes."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    found: set[str] = set()
    for template, operations in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path):
            found |= {method.upper() for method in operations}
    return sorted(found)


def _is_of_another_type(request: Request, error: RequestValidationError) -> bool:
    """Whether the body could not be read because its Content-Type is of something else. An empty body is of no type."""
    given = request.headers.get("content-type", "").split(";", maxsplit=1)[0].strip().lower()
    at_body = any(row["loc"][:1] == ("body",) for row in error.errors())
    return at_body and bool(given) and not _is_of_type(given, _expected_type(error))


def _expected_type(error: RequestValidationError) -> str:
    """A form has fields that can be missing; JSON is read as a whole first."""
    at_file = any(row["loc"][:2] == ("body", "file") for row in error.errors())
    return _FORM if at_file else _JSON


def _is_of_type(given: str, expected: str) -> bool:
    return given == expected or (
        expected == _JSON and given.startswith("application/") and given.endswith("+json")
    )


def _message(row: Mapping[str, Any]) -> str:
    """What is wrong, in words that hold nothing of what was sent."""
    sent = row.get("input")
    message: str = _CLEARER.get(row["type"], row["msg"])
    quotes = isinstance(sent, str) and len(sent) > 2 and sent in message
    return "is not one of what it may be" if quotes else without_personal_shapes(message)


def _field(location: Sequence[object]) -> str:
    parts = (part if _FIELD_NAME.fullmatch(part) else "(other)" for part in map(str, location) if part)
    return ".".join(parts)[:_MAX_FIELD_CHARS]


def _encodable(text: str) -> str:
    """A file name may be decoded to half a surrogate pair, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode()


def _log_unexpected(scope: Scope, error: Exception) -> None:
    # The message and the chained errors are left out: they can hold a query or a document's words.
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("request %s: unexpected %s\n%s", request_id(scope), type(error).__name__, where)

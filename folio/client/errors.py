"""What can go wrong between a client and the service.

ClientError
|-- ConnectionFailedError      the service was not reached, or the connection broke off
|   `-- TimedOutError          it did not answer in time
|-- UnexpectedReplyError       what came is not what the API says: another program, or another version of it
|-- WaitedTooLongError         a job did not end in time; it goes on
|-- JobFailedError             a job ended without success
|-- StreamBrokenError          a stream of an answer ended before its end
`-- ApiError                   the service answered with a problem (RFC 9457)
    |-- BadRequestError        400
    |-- AuthenticationError    401: no credential, or one that is wrong
    |-- PermissionDeniedError  403: the credential lacks a scope
    |-- NotFoundError          404: it does not exist, or not for this caller
    |-- ConflictError          409: the same key is being worked on, or belongs to another request
    |-- PreconditionError      412: it has changed since `if_match`
    |-- TooLargeError          413
    |-- InvalidRequestError    422: see `errors`; or a file that gives no text
    |-- RateLimitedError       429: see `retry_after_s`
    `-- ServiceError           5xx
        `-- UnavailableError   503, 504: a dependency is down, or the service is saturated; see `retry_after_s`
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from folio.client.wire import Reply


class ClientError(Exception):
    """Base of all errors of the client."""


class ConnectionFailedError(ClientError):
    """The service was not reached, or the connection broke off."""


class TimedOutError(ConnectionFailedError):
    """The service did not answer in time."""


class UnexpectedReplyError(ClientError):
    """What came is not what the API says: another program answers there, or another version of it."""


class WaitedTooLongError(ClientError):
    """A job did not end in time. It goes on: ask for it again."""


class JobFailedError(ClientError):
    """A job ended without success; the message says why."""


class StreamBrokenError(ClientError):
    """A stream of an answer ended before its end, and could not be taken up again."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that is wrong with a request: where it is, and what."""

    field: str
    message: str


class ApiError(ClientError):
    """The service answered with a problem. `code` is for programs, `detail` for people."""

    def __init__(self, reply: Reply) -> None:
        body = _problem(reply)
        self.status = reply.status
        self.code = str(body.get("code", "http_error"))
        self.detail = str(body.get("detail") or body.get("title") or f"status {reply.status}")
        self.request_id = str(body.get("request_id") or reply.headers.get("x-request-id", ""))
        self.errors = _field_problems(body)
        self.retry_after_s = reply.retry_after_s
        super().__init__(f"{self.status} {self.code}: {self.detail}")


class BadRequestError(ApiError):
    """The request cannot be."""


class AuthenticationError(ApiError):
    """There is no credential, or it is wrong."""


class PermissionDeniedError(ApiError):
    """The credential lacks a scope."""


class NotFoundError(ApiError):
    """It does not exist, or not for this caller."""


class ConflictError(ApiError):
    """The same idempotency key is being worked on, or belongs to another request."""


class PreconditionError(ApiError):
    """It has changed since the version that was named."""


class TooLargeError(ApiError):
    """The request or the file is over a limit."""


class InvalidRequestError(ApiError):
    """A field is wrong (see `errors`), or a file gives no text."""


class RateLimitedError(ApiError):
    """There were too many requests. `retry_after_s` says when to try again."""


class ServiceError(ApiError):
    """The service failed."""


class UnavailableError(ServiceError):
    """A dependency is down, or the service is saturated. Trying again later may help."""


_BY_STATUS: Mapping[int, type[ApiError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    412: PreconditionError,
    413: TooLargeError,
    422: InvalidRequestError,
    429: RateLimitedError,
    503: UnavailableError,
    504: UnavailableError,
}
_SERVER_ERROR = 500


def error_of(reply: Reply) -> ApiError:
    """The error that a reply with an error status stands for."""
    default = ServiceError if reply.status >= _SERVER_ERROR else ApiError
    return _BY_STATUS.get(reply.status, default)(reply)


def _problem(reply: Reply) -> Mapping[str, Any]:
    # Unlike the standard library's, this reader ends at a depth with an error of its own.
    try:
        body = from_json(reply.content, allow_inf_nan=False)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _field_problems(body: Mapping[str, Any]) -> tuple[FieldProblem, ...]:
    rows = body.get("errors")
    if not isinstance(rows, list):
        return ()
    return tuple(
        FieldProblem(str(row.get("field", "")), str(row.get("message", "")))
        for row in rows
        if isinstance(row, dict)
    )

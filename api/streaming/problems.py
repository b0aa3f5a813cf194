"""How a stream that did not come to its end says so: its last event is a problem, as an answer with a status would have been."""

import logging
import traceback
from http import HTTPStatus

from api.schemas.problem import Problem
from core.errors import DependencyDownError, FolioError, TransientError
from core.personal_shapes import without_personal_shapes

_LOG = logging.getLogger(__name__)


class StoppingError(TransientError):
    """The service is going to end, and takes no stream or ends one."""

    code = "service_stopping"


class AbandonedError(TransientError):
    """Nobody has read a stream for so long that it was ended."""

    code = "stream_abandoned"


class StreamTimeoutError(TransientError):
    """A stream took longer than it may."""

    code = "stream_timeout"


class BrokenStreamError(DependencyDownError):
    """The process that wrote a stream is gone."""

    code = "stream_broken"


class WithdrawnError(FolioError):
    """What a stream cites has changed, or may not be read any more."""

    status = 410
    code = "sources_changed"


def problem_of(error: FolioError, request_id: str) -> Problem:
    """The body of an error event."""
    return Problem(
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        code=error.code,
        # A file name may be decoded to half a surrogate pair, which UTF-8 cannot hold.
        detail=without_personal_shapes(error.detail.encode("utf-8", "replace").decode()),
        request_id=request_id,
    )


def unexpected(error: Exception, request_id: str) -> Problem:
    """The body for a bug; it is logged without its message, which can hold a question or a document's words."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error(
        "request %s: a stream ended with an unexpected %s\n%s", request_id, type(error).__name__, where
    )
    return Problem(
        title=HTTPStatus.INTERNAL_SERVER_ERROR.phrase,
        status=500,
        code="internal_error",
        detail="an unexpected error; the service's log has it under this request_id",
        request_id=request_id,
    )

"""What Dagster is told of an error. Its event log keeps messages, tracebacks and causes of whatever a step or a tick raises.

The message of a foreign error may quote a document, so none is handed on: not as a cause either.
"""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from core.errors import FolioError, TransientError
from core.personal_shapes import without_personal_shapes

_LOG = logging.getLogger("folio.runs")
_DEEPEST = 5


@contextmanager
def told_to_dagster() -> Iterator[None]:
    """Turn every error of a step into one that says what failed and where, and quotes nothing.

    Raises:
        Failure: In place of what was raised; only errors that may pass are retried.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested, dg.DagsterError):
        raise
    except FolioError as error:
        raise _failure(error) from None
    except Exception as error:  # noqa: BLE001 - the boundary to Dagster, which writes down all that an error says
        _LOG.exception("a step met a bug")
        raise dg.Failure(_bug(error), allow_retries=False) from None


def _failure(error: FolioError) -> dg.Failure:
    return dg.Failure(without_personal_shapes(error.detail), allow_retries=isinstance(error, TransientError))


def _bug(error: Exception) -> str:
    """Type and innermost frames."""
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"unexpected {type(error).__name__} at {where}"

"""What goes wrong between us and a Qdrant store, as errors that tell the caller what to do.

The server's own words are left out: an error about a request may quote the request, and requests carry document text.
"""

import errno
import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from qdrant_client.common.client_exceptions import QdrantException, ResourceExhaustedResponse
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse

from core.errors import (
    DependencyDownError,
    DiskFullError,
    FolioError,
    NotFoundError,
    PermanentError,
    SettingsError,
    TransientError,
)

_NO_SPACE = (b"no space left", b"out of disk")


# What the client lets through when an answer is no JSON.
_UNREADABLE = (json.JSONDecodeError, UnicodeDecodeError)


@contextmanager
def classified(*, url: str | None = None) -> Iterator[None]:
    """Whatever the client raises inside leaves as an error of `core.errors`, which names `url` if the error itself cannot."""
    try:
        yield
    except (ApiException, QdrantException, httpx.HTTPError, OSError, *_UNREADABLE) as error:
        raise classify(error, url=url) from error


def classify(error: Exception, *, url: str | None = None) -> FolioError:
    """The error of `core.errors` that stands for a failure of the client, the network or the server."""
    if isinstance(error, ResponseHandlingException):
        return _classify_transport(error.source, url)
    if isinstance(error, UnexpectedResponse):
        return _classify_response(error)
    if isinstance(error, ResourceExhaustedResponse):
        return TransientError(f"the vector store is overloaded; try again in {error.retry_after_s} s")
    return _classify_transport(error, url)


def _classify_transport(error: Exception, url: str | None) -> FolioError:
    """No usable answer arrived."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _disk_full()
    where = _address(error) or (f" at {url}" if url else "")
    if isinstance(error, httpx.TimeoutException):
        # The server may be alive and busy, hence the second way out.
        return DependencyDownError(
            f"the vector store{where} did not answer in time; check that it runs, or raise FOLIO_VECTORS__TIMEOUT_S"
        )
    if isinstance(error, httpx.HTTPError | OSError):
        return DependencyDownError(
            f"the vector store{where} does not answer ({type(error).__name__}); "
            "start it (`folio up` runs the embedded one), or check FOLIO_VECTORS__URL"
        )
    # Anything else was raised while an answer was read: something answers, but not a Qdrant.
    return DependencyDownError(
        f"what answers{where} is no Qdrant server ({type(error).__name__}); check FOLIO_VECTORS__URL"
    )


def _classify_response(error: UnexpectedResponse) -> FolioError:
    """The server answered, with an error status."""
    status = error.status_code or 500
    answer = f"the vector store answered {status} {error.reason_phrase}".rstrip()
    if status == 507 or any(words in error.content.lower() for words in _NO_SPACE):
        return _disk_full()
    if status == 429 or status >= 500:
        return TransientError(f"{answer}; try again, and read the store's log if it stays")
    if status in (401, 403):
        return SettingsError(f"{answer}; check FOLIO_VECTORS__API_KEY")
    if status == 404:
        return NotFoundError(f"{answer}: the collection was removed while in use; start the command again")
    return PermanentError(f"{answer}: the request does not fit the collection or the version of the server")


def _disk_full() -> DiskFullError:
    return DiskFullError(
        "no space is left on the disk of the vector store; what was acknowledged is kept. "
        "Free some space, then run the command again."
    )


def _address(error: Exception) -> str:
    """` at http://host:port`, without credentials and path, where the error knows it."""
    if not isinstance(error, httpx.RequestError):
        return ""
    try:
        url = error.request.url
    except RuntimeError:
        return ""
    return f" at {url.scheme}://{url.netloc.decode('ascii')}"

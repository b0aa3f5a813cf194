import errno

import httpx
import pytest
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from core.errors import (
    DependencyDownError,
    DiskFullError,
    NotFoundError,
    PermanentError,
    SettingsError,
    TransientError,
)
from store.vectors.failures import classified, classify

REQUEST = httpx.Request("POST", "http://user:secret@store:6333/collections/x/points")
DOCUMENT_TEXT = "Jane Roe earns 90,000"


def answered(status: int, content: bytes = b"{}") -> UnexpectedResponse:
    return UnexpectedResponse(status, "Reason", content, httpx.Headers())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, PermanentError),
        (401, SettingsError),
        (403, SettingsError),
        (404, NotFoundError),
        (409, PermanentError),
        (422, PermanentError),
        (429, TransientError),
        (500, TransientError),
        (503, TransientError),
        (507, DiskFullError),
    ],
)
def test_a_status_says_whether_trying_again_helps(status: int, expected: type[Exception]) -> None:
    error = classify(answered(status))
    assert type(error) is expected
    assert str(status) in str(error) or status == 507


@pytest.mark.parametrize("status", [400, 500])
def test_a_full_disk_is_recognised_by_the_servers_words(status: int) -> None:
    content = b'{"status": {"error": "Service internal error: No space left on device"}}'
    assert type(classify(answered(status, content))) is DiskFullError


def test_a_full_disk_is_recognised_by_its_number() -> None:
    assert type(classify(OSError(errno.ENOSPC, "x"))) is DiskFullError


def test_what_the_server_quotes_is_not_repeated() -> None:
    error = classify(answered(400, f"expected a number in {DOCUMENT_TEXT}".encode()))
    assert DOCUMENT_TEXT not in str(error)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (httpx.ConnectError("refused", request=REQUEST), "does not answer"),
        (httpx.ReadError("", request=REQUEST), "does not answer"),
        (httpx.RemoteProtocolError("illegal", request=REQUEST), "does not answer"),
        (httpx.ReadTimeout("", request=REQUEST), "FOLIO_VECTORS__TIMEOUT_S"),
        (ValueError("no JSON"), "no Qdrant server"),
    ],
)
def test_no_usable_answer_means_the_store_is_down(source: Exception, words: str) -> None:
    error = classify(ResponseHandlingException(source))
    assert type(error) is DependencyDownError
    assert words in str(error)


def test_the_address_is_named_without_credentials() -> None:
    message = str(classify(httpx.ConnectError("refused", request=REQUEST)))
    assert "http://store:6333" in message
    assert "secret" not in message


def test_an_error_that_knows_no_request_has_a_message_all_the_same() -> None:
    assert str(classify(httpx.ConnectError("refused"))).startswith("the vector store does not answer")


def test_an_overloaded_server_says_when_to_come_back() -> None:
    error = classify(ResourceExhaustedResponse("slow down", 7))
    assert type(error) is TransientError
    assert "7 s" in str(error)


def test_errors_of_our_own_pass_unchanged() -> None:
    with pytest.raises(NotFoundError, match="as it was"), classified():
        raise NotFoundError("as it was")

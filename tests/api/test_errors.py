import logging

import httpx
import pytest

from core.errors import DiskFullError, FolioError, StoreBusyError
from tests.fakes.knowledge_base import FakeKnowledgeBase

JSON = {"content-type": "application/json"}
REQUEST_ID = "6f1d2b3c-1234-4567-8910-aaaabbbbcccc"


async def test_an_unknown_address_is_a_problem(client: httpx.AsyncClient):
    response = await client.get("/v1/nothing")
    body = response.json()
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert body.pop("request_id") == response.headers["x-request-id"]
    assert body == {
        "type": "urn:folio:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": "there is nothing at this address; /docs lists what there is",
        "errors": [],
    }


async def test_a_wrong_method_is_a_problem_and_names_those_allowed(client: httpx.AsyncClient):
    response = await client.put("/v1/answer")
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("error", [StoreBusyError("held by process 7"), DiskFullError("no space left")])
async def test_an_error_of_ours_keeps_its_status_and_code(client, kb: FakeKnowledgeBase, error: FolioError):
    kb.down = error
    response = await client.get("/v1/status")
    assert response.status_code == error.status
    assert (response.json()["code"], response.json()["detail"]) == (error.code, str(error))


async def test_a_bug_is_a_500_without_details_in_response_or_log(client, kb: FakeKnowledgeBase, caplog):
    kb.bug = RuntimeError("Zaphod's salary is 42")
    with caplog.at_level(logging.ERROR):
        response = await client.post(
            "/v1/search", json={"query": "Zaphod"}, headers={"X-Request-ID": REQUEST_ID}
        )
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert response.json()["request_id"] == response.headers["x-request-id"] == REQUEST_ID
    assert "Zaphod" not in response.text + caplog.text
    assert f"{REQUEST_ID}: unexpected RuntimeError" in caplog.text
    assert "in search" in caplog.text


@pytest.mark.parametrize(
    "given", [REQUEST_ID, "4bf92f3577b34da6a3ce929d0e0e4736", "01ARZ3NDEKTSV4RRFFQ69G5FAV"]
)
async def test_a_well_formed_request_id_is_returned(client: httpx.AsyncClient, given: str):
    response = await client.get("/healthz", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "a b",
        "a" * 65,
        "<script>",
        "a\tb",
        "é",
        "Jane-Smith",
        "4556737586899855",
        "1968-11-23-536-22-8726",
    ],
)
async def test_any_other_request_id_is_replaced(client: httpx.AsyncClient, given: str):
    response = await client.get("/healthz", headers=[(b"x-request-id", given.encode())])
    assert len(response.headers["x-request-id"]) == 32


async def test_every_response_has_the_security_headers(client: httpx.AsyncClient):
    for path in ("/healthz", "/v1/nothing", "/docs"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"query": NaN}',
        b"[" * 30_000,
        b'{"limit": ' + b"9" * 5000 + b"}",
    ],
)
async def test_a_broken_body_is_the_callers_error(client: httpx.AsyncClient, body: bytes):
    response = await client.post("/v1/search", content=body, headers=JSON)
    assert response.status_code in {400, 422}
    assert response.json()["code"] == "invalid_request"


async def test_a_forgotten_content_type_is_named(client: httpx.AsyncClient):
    response = await client.post("/v1/search", content=b'{"query": "leave"}')
    assert response.status_code == 422
    assert "Content-Type: application/json" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "x", "Ludmilla Quillfeather": 1},
        {"query": ["Ludmilla Quillfeather"]},
        {"query": "x", "limit": "Ludmilla Quillfeather"},
        {"query": "x", "filters": {"Ludmilla Quillfeather": 1}},
        {"query": "x", "filters": "Ludmilla Quillfeather"},
    ],
)
async def test_nothing_that_was_sent_is_repeated(client: httpx.AsyncClient, body: dict[str, object]):
    response = await client.post("/v1/search", json=body)
    assert response.status_code == 422
    assert response.json()["errors"]
    assert "uillfeather" not in response.text

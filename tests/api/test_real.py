"""The service over the real parts: embedded store in process, SQLite, the ONNX model. Redaction is off but once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from core.access import Tier
from core.config import AccessSettings, RedactionSettings, Settings, VectorSettings
from tests.api.conftest import serving

TRAVEL = b"# Travel policy\n\n## Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n"
LEAVE = b"# Leave policy\n\nEvery employee has thirty days of annual leave.\n"


async def upload(client: httpx.AsyncClient, name: str, data: bytes) -> httpx.Response:
    return await client.post("/v1/documents?wait=60", files={"file": (name, data)})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", redaction=RedactionSettings(policy="off"))


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings) as client:
        yield client


async def test_an_uploaded_document_answers_with_a_checkable_citation(client: httpx.AsyncClient):
    travel = (await upload(client, "policies/travel.md", TRAVEL)).json()
    await upload(client, "leave.md", LEAVE)
    answer = (await client.post("/v1/answer", json={"question": "How much may a hotel in Oslo cost?"})).json()
    text = (await client.get(f"/v1/documents/{travel['doc_id']}/text")).json()
    citation = answer["citations"][0]
    assert answer["status"] == "grounded"
    assert "180 EUR" in answer["answer"]
    assert (citation["doc_id"], citation["path"]) == (travel["doc_id"], "policies/travel.md")
    assert text["version"] == citation["version"]
    assert text["text"][citation["start"] : citation["end"]] == citation["quote"]


async def test_search_ranks_and_filters(client: httpx.AsyncClient):
    travel = (await upload(client, "travel.md", TRAVEL)).json()
    leave = (await upload(client, "leave.md", LEAVE)).json()
    free = (await client.post("/v1/search", json={"query": "hotel prices"})).json()
    body = {"query": "hotel prices", "filters": {"doc_id": leave["doc_id"]}}
    narrowed = (await client.post("/v1/search", json=body)).json()
    past = {"query": "hotel prices", "filters": {"modified_before": "2001-01-01T00:00:00Z"}}
    assert free["hits"][0]["doc_id"] == travel["doc_id"]
    assert {hit["doc_id"] for hit in narrowed["hits"]} == {leave["doc_id"]}
    assert (await client.post("/v1/search", json=past)).json()["hits"] == []


async def test_a_search_explains_itself_and_filters_by_a_tree(client: httpx.AsyncClient):
    travel = (await upload(client, "travel.md", TRAVEL)).json()
    leave = (await upload(client, "leave.md", LEAVE)).json()
    tree = {"type": "not", "filter": {"type": "eq", "key": "doc_id", "value": travel["doc_id"]}}
    body = {
        "query": "hotel prices",
        "where": tree,
        "explain": True,
        "explain_document": travel["doc_id"],
    }
    found = (await client.post("/v1/search", json=body)).json()
    assert {hit["doc_id"] for hit in found["hits"]} == {leave["doc_id"]}
    assert found["explanation"]["verdict"] == "filtered"
    assert found["trace"]["filtered_count"] >= 1
    assert {hit["doc_id"] for stage in found["trace"]["stages"] for hit in stage["hits"]} == {leave["doc_id"]}


async def test_a_new_version_replaces_the_old_answer(client: httpx.AsyncClient):
    first = (await upload(client, "travel.md", TRAVEL)).json()
    second = (await upload(client, "travel.md", TRAVEL.replace(b"180", b"210"))).json()
    hits = (await client.get("/v1/search", params={"q": "hotel in Oslo"})).json()["hits"]
    assert second["doc_id"] == first["doc_id"]
    assert second["version"] > first["version"]
    assert {hit["version"] for hit in hits} == {second["version"]}
    assert "210 EUR" in hits[0]["text"]


async def test_a_deleted_document_is_found_no_more(client: httpx.AsyncClient):
    travel = (await upload(client, "travel.md", TRAVEL)).json()
    assert (await client.delete(f"/v1/documents/{travel['doc_id']}")).status_code == 204
    assert (await client.get("/v1/search", params={"q": "hotel in Oslo"})).json()["hits"] == []
    assert (await client.get(f"/v1/documents/{travel['doc_id']}/text")).status_code == 404
    answer = (await client.post("/v1/answer", json={"question": "How much may a hotel in Oslo cost?"})).json()
    assert answer["status"] == "refused"


async def test_a_corrupt_upload_is_reported_with_its_reason(client: httpx.AsyncClient):
    response = await upload(client, "broken.pdf", b"%PDF-1.7 this is no document")
    listed = (await client.get("/v1/documents", params={"state": "quarantined"})).json()["data"]
    assert response.status_code == 422
    assert response.json()["code"] == "unreadable_file"
    assert [(row["path"], bool(row["reason"])) for row in listed] == [("broken.pdf", True)]


async def test_a_name_that_leaves_the_upload_folder_is_refused(client, settings: Settings):
    names = ["../../escape.md", "/etc/escape.md", "..\\..\\escape.md", ".hidden.md", "a/../../escape.md"]
    responses = [await upload(client, name, LEAVE) for name in names]
    assert [response.status_code for response in responses] == [400] * 5
    assert {response.json()["code"] for response in responses} == {"invalid_input"}
    assert not list(settings.home.parent.rglob("*escape*"))


async def test_a_name_in_a_strange_charset_is_refused(client: httpx.AsyncClient):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\\ud800.md"\r\n\r\ntext\r\n--x--\r\n'
    )
    headers = {"content-type": "multipart/form-data; boundary=x; charset=unicode_escape"}
    response = await client.post("/v1/documents", content=body, headers=headers)
    assert response.status_code in {400, 422}


async def test_a_principal_without_clearance_finds_nothing(settings: Settings):
    async with serving(settings) as client:
        travel = (await upload(client, "travel.md", TRAVEL)).json()
    lowered = settings.model_copy(update={"access": AccessSettings(clearance=Tier.PUBLIC)})
    async with serving(lowered) as client:
        assert (await client.get("/v1/search", params={"q": "hotel in Oslo"})).json()["hits"] == []
        assert (await client.get("/v1/documents")).json()["data"] == []
        assert (await client.get(f"/v1/documents/{travel['doc_id']}")).status_code == 404


async def test_uploads_and_searches_at_once_do_not_disturb_each_other(client: httpx.AsyncClient):
    names = ["a.md", "b.md", "same.md", "same.md"]
    uploads = [upload(client, name, TRAVEL + name.encode()) for name in names]
    searches = [client.get("/v1/search", params={"q": "hotel in Oslo"}) for _ in range(4)]
    responses = await asyncio.gather(*uploads, *searches)
    assert {response.status_code for response in responses[:2]} == {201}
    assert {response.status_code for response in responses[2:]} <= {200, 201}
    hits = (await client.get("/v1/search", params={"q": "hotel in Oslo"})).json()["hits"]
    assert sorted(hit["path"] for hit in hits) == ["a.md", "b.md", "same.md"]


async def test_a_qdrant_server_that_is_down_is_named_and_does_not_stop_the_service(settings: Settings):
    away = settings.model_copy(update={"vectors": VectorSettings(url="http://127.0.0.1:9")})
    async with serving(away) as client:
        assert (await client.get("/healthz")).status_code == 200
        ready = await client.get("/readyz")
        search = await client.post("/v1/search", json={"query": "hotel"})
    assert ready.status_code == 503
    assert "http://127.0.0.1:9" in ready.text
    assert (search.status_code, search.json()["code"]) == (503, "dependency_down")


async def test_status_counts_what_was_uploaded(client: httpx.AsyncClient):
    await upload(client, "travel.md", TRAVEL)
    body = (await client.get("/v1/status")).json()
    assert body["state_counts"] == {"indexed": 1}
    assert body["chunk_count"] >= 1
    assert body["runs"][0]["finished_at"] is not None
    assert (await client.get("/readyz")).json()["ready"] is True


async def test_personal_data_is_neither_found_nor_shown(settings: Settings):
    standard = settings.model_copy(update={"redaction": RedactionSettings()})
    async with serving(standard) as client:
        data = b"# Contacts\n\nFor travel questions write to maria.lindqvist@example.com at any time.\n"
        record = (await upload(client, "contacts.md", data)).json()
        text = (await client.get(f"/v1/documents/{record['doc_id']}/text")).json()["text"]
    assert "maria.lindqvist@example.com" not in text
    assert record["redaction_counts"]["EMAIL_ADDRESS"] == 1

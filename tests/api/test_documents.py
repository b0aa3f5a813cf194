from pathlib import Path

import httpx
import pytest

from core.access import AccessLabel, Tier
from core.config import Settings
from core.documents import DocumentState
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

HIDDEN = AccessLabel(tier=Tier.RESTRICTED)


async def test_list_pages_through_readable_documents_only(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    readable = {kb.add(f"{number}.txt", "text").doc_id for number in range(7)}
    for number in range(20):
        kb.add(f"hidden-{number}.txt", "text", access=HIDDEN)
    pages = [(await client.get("/v1/documents", params={"limit": 3})).json()]
    while pages[-1]["has_more"]:
        cursor = pages[-1]["next_cursor"]
        pages.append((await client.get("/v1/documents", params={"limit": 3, "cursor": cursor})).json())
    assert [len(page["data"]) for page in pages] == [3, 3, 1]
    assert [row["doc_id"] for page in pages for row in page["data"]] == sorted(readable)
    assert pages[-1]["next_cursor"] is None


async def test_a_full_last_page_has_no_more(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.add("a.txt", "text")
    kb.add("b.txt", "text")
    page = (await client.get("/v1/documents", params={"limit": 2})).json()
    assert (len(page["data"]), page["has_more"], page["next_cursor"]) == (2, False, None)


async def test_list_selects_states(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.add("good.txt", "text")
    kb.add("bad.pdf", "", state=DocumentState.FAILED, reason="the file is locked")
    kb.add("gone.txt", "", state=DocumentState.DELETED)
    page = (await client.get("/v1/documents?state=failed&state=indexed")).json()
    assert {(row["path"], row["reason"]) for row in page["data"]} == {
        ("good.txt", None),
        ("bad.pdf", "the file is locked"),
    }


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "state=lost", "cursor=%27%3B--", "cursor=%00", "cursor="]
)
async def test_list_refuses_bad_parameters(client: httpx.AsyncClient, query: str):
    response = await client.get(f"/v1/documents?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].split(".")[1] == query.split("=", maxsplit=1)[0]


async def test_a_document_shows_its_label_and_counts(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    record = kb.add("a.txt", "text", access=AccessLabel(tier=Tier.PUBLIC))
    body = (await client.get(f"/v1/documents/{record.doc_id}")).json()
    assert (body["path"], body["state"], body["tier"], body["groups"]) == ("a.txt", "indexed", "public", [])
    assert body["updated_at"] == "2026-01-02T00:00:00Z"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("label", [HIDDEN, AccessLabel(groups=frozenset({"board"}))])
async def test_a_hidden_document_looks_like_one_that_never_was(client, kb, method: str, label: AccessLabel):
    record = kb.add("secret.txt", "text", access=label)
    hidden = await client.request(method, f"/v1/documents/{record.doc_id}")
    absent = await client.request(method, f"/v1/documents/{'0' * 32}")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
    assert kb.records[record.doc_id].state is DocumentState.INDEXED


async def test_text_is_what_offsets_point_into(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    record = kb.add("a.txt", "thirty days")
    body = (await client.get(f"/v1/documents/{record.doc_id}/text")).json()
    assert body == {"doc_id": record.doc_id, "version": 1, "text": "thirty days", "restored": []}


async def test_text_of_a_hidden_document_is_not_there(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    record = kb.add("secret.txt", "text", access=HIDDEN)
    assert (await client.get(f"/v1/documents/{record.doc_id}/text")).status_code == 404


async def test_delete_takes_the_document_out(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    record = kb.add("a.txt", "thirty days")
    response = await client.delete(f"/v1/documents/{record.doc_id}")
    assert (response.status_code, response.content) == (204, b"")
    assert (await client.get(f"/v1/documents/{record.doc_id}")).json()["state"] == "deleted"
    assert (await client.get(f"/v1/documents/{record.doc_id}/text")).status_code == 404


@pytest.mark.parametrize(
    "doc_id", ["..%2F..%2Fetc", "%00", "'; drop table documents", "é", "A" * 32, "f" * 65]
)
async def test_a_malformed_id_is_not_found(client: httpx.AsyncClient, doc_id: str):
    assert (await client.get(f"/v1/documents/{doc_id}")).status_code == 404


async def test_upload_creates_a_document(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    response = await client.post(
        "/v1/documents?wait=30", files={"file": ("handbook/leave.txt", b"thirty days")}
    )
    assert response.status_code == 201
    assert (response.json()["path"], response.json()["version"]) == ("handbook/leave.txt", 1)
    location = response.request.url.join(response.headers["location"])
    assert location.path == f"/v1/documents/{response.json()['doc_id']}"
    assert kb.texts[response.json()["doc_id"]] == "thirty days"


async def test_the_same_name_again_is_a_new_version(client: httpx.AsyncClient):
    first = await client.post("/v1/documents?wait=30", files={"file": ("leave.txt", b"thirty days")})
    second = await client.post("/v1/documents?wait=30", files={"file": ("leave.txt", b"twenty days")})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["doc_id"] == first.json()["doc_id"]
    assert second.json()["version"] == 2


async def test_an_unreadable_upload_says_why(client: httpx.AsyncClient):
    response = await client.post("/v1/documents?wait=30", files={"file": ("scan.bin", b"\xff\xfe\xff")})
    assert response.status_code == 422
    assert response.json()["code"] == "unreadable_file"
    assert response.json()["detail"].endswith("the file is not text")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\na\r\n--x--',
        ),
        ("text/plain", b"hello"),
    ],
)
async def test_an_upload_without_a_file_is_refused(client, kb, content_type: str, body: bytes):
    response = await client.post("/v1/documents", content=body, headers={"content-type": content_type})
    form = content_type.startswith("multipart/")
    assert response.status_code in ({400, 422} if form else {415})
    assert response.json()["code"] == ("invalid_request" if form else "unsupported_media_type")
    assert kb.records == {}


async def test_an_upload_over_the_limit_names_limit_and_setting(kb: FakeKnowledgeBase, tmp_path: Path):
    settings = Settings(home=tmp_path, api=ApiSettings(max_upload_bytes=1000))
    async with serving(settings, kb) as client:
        at_limit = await client.post("/v1/documents?wait=30", files={"file": ("a.txt", b"x" * 1000)})
        over = await client.post("/v1/documents?wait=30", files={"file": ("b.txt", b"x" * 1001)})
    assert at_limit.status_code == 201
    assert over.status_code == 413
    assert over.json()["code"] == "too_large"
    assert "1,000 bytes" in over.json()["detail"]
    assert "api.max_upload_bytes" in over.json()["detail"]
    assert [record.path for record in kb.records.values()] == ["a.txt"]

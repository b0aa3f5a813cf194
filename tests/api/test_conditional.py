"""ETags: what one has already is not sent again, and what has changed is not overwritten."""

import httpx
import pytest

from tests.fakes.knowledge_base import FakeKnowledgeBase


async def test_what_one_has_is_not_sent_again(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    doc_id = kb.add("a.txt", "text").doc_id
    source_id = (await client.get("/v1/sources")).json()["data"][0]["id"]
    session_id = (await client.post("/v1/sessions")).json()["id"]
    paths = [f"documents/{doc_id}", f"documents/{doc_id}/text", f"sources/{source_id}", "collections/all"]
    for path in [*paths, f"sessions/{session_id}"]:
        first = await client.get(f"/v1/{path}")
        tag = first.headers["etag"]
        assert tag.startswith('"')
        for same in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await client.get(f"/v1/{path}", headers={"If-None-Match": same})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await client.get(f"/v1/{path}", headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_new_version_has_another_tag(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    doc_id = kb.add("a.txt", "text").doc_id
    before = (await client.get(f"/v1/documents/{doc_id}")).headers["etag"]
    kb.add("a.txt", "other")
    assert (await client.get(f"/v1/documents/{doc_id}")).headers["etag"] != before


@pytest.mark.parametrize(("tag", "status"), [('"old"', 412), ("", 412), ("*", 204), (None, 204)])
async def test_a_document_is_deleted_as_it_was_read(client, kb: FakeKnowledgeBase, tag, status: int):
    doc_id = kb.add("a.txt", "text").doc_id
    headers = {} if tag is None else {"If-Match": tag}
    response = await client.delete(f"/v1/documents/{doc_id}", headers=headers)
    assert response.status_code == status
    assert (doc_id in kb.texts) is (status == 412)


async def test_an_upload_replaces_only_what_it_expects(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    async def upload(**headers: str) -> httpx.Response:
        files = {"file": ("a.txt", b"text")}
        return await client.post("/v1/documents?wait=5", files=files, headers=headers)

    assert (await upload(**{"If-Match": "*"})).status_code == 412
    first = await upload(**{"If-None-Match": "*"})
    assert first.status_code == 201
    assert (await upload(**{"If-None-Match": "*"})).status_code == 412
    assert (await upload(**{"If-Match": first.headers["etag"]})).status_code == 200
    refused = await upload(**{"If-Match": first.headers["etag"]})
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")


async def test_a_source_is_changed_as_it_was_read(client: httpx.AsyncClient):
    made = await client.post("/v1/sources", json={"root": "/srv/docs", "name": "docs"})
    path, tag = f"/v1/sources/{made.json()['id']}", made.headers["etag"]
    changed = await client.patch(path, json={"language": "de"}, headers={"If-Match": tag})
    late = await client.patch(path, json={"language": "fr"}, headers={"If-Match": tag})
    assert (changed.status_code, late.status_code) == (200, 412)
    assert changed.headers["etag"] == (await client.get(path)).headers["etag"] != tag
    assert (await client.delete(path, headers={"If-Match": tag})).status_code == 412
    assert (await client.get(path)).json()["options"]["language"] == "de"


async def test_a_key_is_changed_as_it_was_read(client: httpx.AsyncClient):
    made = (await client.post("/v1/keys", json={"name": "shop", "scopes": ["read"]})).json()
    path = f"/v1/keys/{made['id']}"
    tag = (await client.get(path)).headers["etag"]
    assert (await client.get(path, headers={"If-None-Match": tag})).status_code == 304
    changed = await client.patch(path, json={"name": "till"}, headers={"If-Match": tag})
    late = await client.patch(path, json={"name": "desk"}, headers={"If-Match": tag})
    assert (changed.status_code, late.status_code) == (200, 412)
    assert (await client.post(f"{path}/rotate", headers={"If-Match": tag})).status_code == 412
    assert (await client.delete(path, headers={"If-Match": tag})).status_code == 412
    newer = (await client.get(path)).headers["etag"]
    assert changed.headers["etag"] == newer != tag
    assert (await client.get(path)).json()["name"] == "till"
    rotated = await client.post(f"{path}/rotate", headers={"If-Match": newer})
    assert rotated.status_code == 200
    assert (await client.delete(path, headers={"If-Match": newer})).status_code == 412, "it was rotated since"
    assert (await client.delete(path)).status_code == 204
    unknown = await client.delete("/v1/keys/0000", headers={"If-Match": newer})
    assert unknown.status_code == 404


async def test_a_conversation_that_has_gone_on_is_not_deleted_as_it_was_read(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
):
    kb.add("leave.txt", "thirty days of leave")
    path = f"/v1/sessions/{(await client.post('/v1/sessions')).json()['id']}"
    tag = (await client.get(path)).headers["etag"]
    await client.post(f"{path}/facts", json={"text": "I work in Oslo."})
    assert (await client.delete(path, headers={"If-Match": tag})).status_code == 412
    now = (await client.get(path)).headers["etag"]
    assert (await client.delete(path, headers={"If-Match": now})).status_code == 204
    assert (await client.get(path)).status_code == 404

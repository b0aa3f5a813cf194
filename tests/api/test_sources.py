"""`/v1/sources`: what a caller may see and change."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from core.config import Settings
from core.documents import SourceOptions
from tests.api.conftest import serving
from tests.fakes.knowledge_base import UPLOADS, FakeKnowledgeBase

LEGAL = {"root": "/data/legal", "tier": "confidential", "groups": ["law"], "chunking": "sentence"}


async def add(client: httpx.AsyncClient, **body: object) -> dict:
    response = await client.post("/v1/sources", json={**LEGAL, **body})
    assert response.status_code == 201, response.text
    return response.json()


async def test_an_added_source_is_listed_with_its_options(client: httpx.AsyncClient) -> None:
    made = await add(client)
    assert (made["name"], made["kind"], made["root"], made["origin"]) == (
        "legal",
        "folder",
        "/data/legal",
        "catalog",
    )
    options = made["options"]
    assert (options["tier"], options["groups"], options["chunking"]) == ("confidential", ["law"], "sentence")
    assert options["redaction"] is None
    listed = (await client.get("/v1/sources")).json()["data"]
    assert [row["id"] for row in listed] == [UPLOADS.source_id, made["id"]]
    assert (await client.get(f"/v1/sources/{made['id']}")).json() == made


async def test_the_answer_says_where_the_source_is(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/sources", json=LEGAL)
    assert response.headers["Location"] == f"sources/{response.json()['id']}"


async def test_a_change_leaves_what_was_not_sent_and_takes_back_what_is_null(
    client: httpx.AsyncClient,
) -> None:
    source_id = (await add(client))["id"]
    body = {"chunking": None, "language": "de", "name": "rules"}
    changed = (await client.patch(f"/v1/sources/{source_id}", json=body)).json()
    assert changed["name"] == "rules"
    said = {name: value for name, value in changed["options"].items() if value is not None}
    assert said == {"tier": "confidential", "groups": ["law"], "language": "de"}
    assert (await client.get(f"/v1/sources/{source_id}")).json() == changed


async def test_an_empty_change_changes_nothing(client: httpx.AsyncClient) -> None:
    made = await add(client)
    assert (await client.patch(f"/v1/sources/{made['id']}", json={})).json() == made


async def test_a_removed_source_is_gone(client: httpx.AsyncClient) -> None:
    source_id = (await add(client))["id"]
    response = await client.delete(f"/v1/sources/{source_id}")
    assert (response.status_code, response.content) == (204, b"")
    assert (await client.get(f"/v1/sources/{source_id}")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_another_tenants_source_is_not_there(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase, method: str
) -> None:
    theirs = replace(UPLOADS, source_id="b" * 16, tenant="acme", root="/srv/acme")
    kb.registered[theirs.source_id] = theirs
    response = await client.request(method, f"/v1/sources/{theirs.source_id}", json={})
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
    assert "acme" not in (await client.get("/v1/sources")).text
    assert kb.registered[theirs.source_id] == theirs


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"schedule": "daily"}, "body.schedule"),
        ({"tier": "secret"}, "body.tier"),
        ({"chunking": "magic"}, "body.chunking"),
        ({"redaction": "some"}, "body.redaction"),
        ({"language": "German"}, "body.language"),
        ({"include": []}, "body.include"),
        ({"max_file_bytes": 0}, "body.max_file_bytes"),
        ({"name": "a b"}, "body.name"),
        ({"root": ""}, "body.root"),
        ({"colour": "red"}, "body.colour"),
    ],
)
async def test_what_cannot_be_is_a_problem_with_its_field(
    client: httpx.AsyncClient, body: dict, field: str
) -> None:
    response = await client.post("/v1/sources", json={**LEGAL, **body})
    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]


async def test_credentials_are_refused_and_not_repeated(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/sources", json={"root": "ftp://anna:hunter2@host/x"})
    assert response.status_code == 400
    assert "password or key" in response.json()["detail"]
    assert "hunter2" not in response.text


async def test_a_place_in_another_source_is_a_problem(client: httpx.AsyncClient) -> None:
    await add(client)
    response = await client.post("/v1/sources", json={"root": "/data/legal/contracts"})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
    assert "lies inside the source 'legal'" in response.json()["detail"]


async def test_a_declared_source_says_so(tmp_path: Path, kb: FakeKnowledgeBase) -> None:
    settings = Settings(home=tmp_path, sources=[{"name": "legal", "path": "/data/legal"}])
    await kb.add_source("/data/legal", name="legal", options=SourceOptions())
    async with serving(settings, kb) as client:
        listed = (await client.get("/v1/sources")).json()["data"]
    assert {row["name"]: row["origin"] for row in listed}["legal"] == "settings"


@pytest.mark.parametrize("root", ["\0", "\ud800", "~nobody-at-all\n", "a://\0", "://", "~/../..//x\x7f"])
async def test_a_root_that_is_junk_is_a_problem_and_no_crash(client: httpx.AsyncClient, root: str) -> None:
    body = json.dumps({"root": root}).encode()
    response = await client.post("/v1/sources", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"

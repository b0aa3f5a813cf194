"""`Idempotency-Key` where something is created: sent again, nothing more is made, and nobody meets another's answer."""

import asyncio
from pathlib import Path

import httpx
import pytest

from core.config import Settings
from tests.api.acting import caller, serving_callers
from tests.fakes.knowledge_base import FakeKnowledgeBase

KEY = {"Idempotency-Key": "8e0f3d5c"}
SOURCE = {"root": "/srv/docs", "name": "docs"}


async def test_a_source_is_added_once_and_answered_as_before(client: httpx.AsyncClient):
    first = await client.post("/v1/sources", json=SOURCE, headers=KEY)
    again = await client.post("/v1/sources", json=SOURCE, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again.headers["location"]) == (first.json(), first.headers["location"])
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_session_is_begun_once(client: httpx.AsyncClient):
    made = [(await client.post("/v1/sessions", headers=KEY)).json()["id"] for _ in range(2)]
    assert len(set(made)) == 1
    assert len((await client.get("/v1/sessions")).json()["data"]) == 1


async def test_a_key_is_for_one_request_only(client: httpx.AsyncClient):
    await client.post("/v1/sources", json=SOURCE, headers=KEY)
    for path, body in (("sources", {"root": "/srv/other"}), ("sessions", None)):
        other = await client.post(f"/v1/{path}", json=body, headers=KEY)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_refused_request_may_be_put_right_with_the_same_key(client: httpx.AsyncClient):
    refused = await client.post("/v1/sources", json={"root": ""}, headers=KEY)
    assert refused.status_code == 422
    assert (await client.post("/v1/sources", json=SOURCE, headers=KEY)).status_code == 201


async def test_of_requests_at_once_one_is_done(client: httpx.AsyncClient):
    sent = [client.post("/v1/sessions", headers=KEY) for _ in range(5)]
    statuses = [response.status_code for response in await asyncio.gather(*sent)]
    assert set(statuses) <= {201, 409}
    assert len((await client.get("/v1/sessions")).json()["data"]) == 1


async def test_a_secret_is_not_kept_to_be_shown_again(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    body = {"url": "https://hooks.example.com/x"}
    first = await client.post("/v1/webhooks", json=body, headers=KEY)
    again = await client.post("/v1/webhooks", json=body, headers=KEY)
    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "already_done")
    assert len(kb.webhooks.rows) == 1
    assert first.json()["secret"] not in repr(vars(kb.keys))


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
async def test_a_key_that_cannot_be_is_refused(client: httpx.AsyncClient, key: str):
    response = await client.post("/v1/sessions", headers={"Idempotency-Key": key.encode()})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


async def test_a_body_over_the_limit_is_refused_as_without_a_key(client: httpx.AsyncClient):
    content = b'{"root": "' + b"x" * 70_000 + b'"}'
    response = await client.post("/v1/sources", content=content, headers=KEY)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_callers_do_not_meet_each_others_keys_nor_their_own_with_fewer_rights(tmp_path: Path):
    few = caller("acme", subject="app", scopes=frozenset())
    callers = {"app": caller("acme", subject="app"), "few": few, "other": caller("beta", subject="app")}
    async with serving_callers(Settings(home=tmp_path), callers, FakeKnowledgeBase()) as clients:
        made = {name: await one.post("/v1/sessions", headers=KEY) for name, one in clients.items()}
    assert {name: response.status_code for name, response in made.items()} == {
        "app": 201,
        "few": 403,
        "other": 201,
        "operator": 201,
    }
    assert len({response.json()["id"] for name, response in made.items() if name != "few"}) == 3

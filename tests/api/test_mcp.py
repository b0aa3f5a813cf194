"""The protocol over HTTP, inside the application: who is let in, and what a request may be. No test here opens a port."""

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import SecretStr

from api.app import create_app
from core.access import AccessLabel, Tier
from core.config import AccessSettings, Settings
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

URL = "http://127.0.0.1:8700"
TOKEN = "a-long-random-token-of-the-tests"
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "search", "arguments": {"query": "hotel"}},
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@asynccontextmanager
async def running(settings: Settings, kb: FakeKnowledgeBase):
    app = create_app(settings, knowledge_base=kb)
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def talking(app, *, token: str | None = None, mode: str = "auto"):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(app)
    async with (
        httpx2.AsyncClient(transport=transport, base_url=URL, headers=headers) as http,
        Client(streamable_http_client(f"{URL}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


def with_token(settings: Settings) -> Settings:
    return settings.model_copy(update={"api": ApiSettings(token=SecretStr(TOKEN))})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_official_client_searches_over_http(kb, settings, mode):
    kb.add("travel.md", "A hotel in Oslo costs 180 EUR.")
    async with running(settings, kb) as app, talking(app, mode=mode) as client:
        result = await client.call_tool("search", {"query": "hotel in Oslo"})
    assert result.structured_content["results"][0]["title"] == "travel"


async def test_what_is_read_depends_on_the_caller(kb, tmp_path: Path):
    record = kb.add("board.md", "The merger closes in May.", access=AccessLabel(tier=Tier.RESTRICTED))

    async def read(clearance: Tier) -> tuple[int, str]:
        settings = Settings(home=tmp_path, access=AccessSettings(clearance=clearance))
        async with running(settings, kb) as app, talking(app) as client:
            found = await client.call_tool("search", {"query": "merger"})
            fetched = await client.call_tool("fetch", {"id": record.doc_id})
        return len(found.structured_content["results"]), fetched.content[0].text

    count, _ = await read(Tier.RESTRICTED)
    hidden_count, hidden = await read(Tier.INTERNAL)
    assert (count, hidden_count) == (1, 0)
    assert hidden == "not_found: there is no document with this id, or not for you"


async def test_without_the_credential_nothing_is_served(kb, settings):
    async with serving(with_token(settings), kb) as client:
        refused = [
            await client.request(method, "/mcp", json=CALL, headers=ACCEPT | extra)
            for method in ("GET", "POST", "DELETE", "PUT")
            for extra in ({}, {"Authorization": "Bearer wrong"})
        ]
    assert {response.status_code for response in refused} == {401}
    assert kb.narrowed is None


async def test_the_token_opens_it(kb, settings):
    kb.add("travel.md", "hotel")
    async with running(with_token(settings), kb) as app, talking(app, token=TOKEN) as client:
        assert not (await client.call_tool("search", {"query": "hotel"})).is_error


async def test_a_page_of_another_site_is_refused(kb, settings):
    async with serving(with_token(settings), kb) as client:
        headers = ACCEPT | {"Authorization": f"Bearer {TOKEN}"}
        elsewhere = await client.post("/mcp", json=CALL, headers=headers | {"Origin": "https://evil.example"})
        own = await client.post("/mcp", json=CALL, headers=headers | {"Origin": URL})
        none = await client.post("/mcp", json=CALL, headers=headers)
    assert (elsewhere.status_code, own.status_code, none.status_code) == (403, 200, 200)
    assert elsewhere.headers["content-type"] == "application/problem+json"


async def test_a_name_of_elsewhere_that_points_here_is_refused(kb, settings):
    async with serving(settings, kb, base_url="http://evil.example:8700") as client:
        headers = ACCEPT | {"Origin": "http://evil.example:8700"}
        assert (await client.post("/mcp", json=CALL, headers=headers)).status_code == 403


async def test_there_are_no_sessions_to_listen_to_or_to_end(kb, settings):
    async with serving(settings, kb) as client:
        answers = [
            await client.request(method, "/mcp", headers=ACCEPT) for method in ("GET", "DELETE", "PUT")
        ]
    assert {(one.status_code, one.headers["allow"]) for one in answers} == {(405, "POST")}
    assert {one.json()["code"] for one in answers} == {"method_not_allowed"}


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"query=hotel", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "no/such", "params": {}}', "application/json", 200),
        (json.dumps(CALL | {"padding": "x" * 300_000}).encode(), "application/json", 413),
    ],
)
async def test_what_is_no_request_gets_a_clear_status(kb, settings, content, kind, status):
    async with serving(settings, kb) as client:
        answer = await client.post("/mcp", content=content, headers=ACCEPT | {"Content-Type": kind})
    assert answer.status_code == status
    assert "Traceback" not in answer.text


async def test_many_clients_at_once_keep_apart(kb, settings):
    for number in range(10):
        kb.add(f"{number}.md", f"word{number} stands here")

    async def ask(app, number: int) -> str:
        async with talking(app) as client:
            found = await client.call_tool("search", {"query": f"word{number}"})
        return found.structured_content["results"][0]["path"]

    async with running(settings, kb) as app:
        paths = await asyncio.gather(*(ask(app, number) for number in range(10)))
    assert paths == [f"{number}.md" for number in range(10)]


async def test_any_replica_serves_any_request(kb, settings):
    kb.add("travel.md", "hotel")
    initialize = {
        "jsonrpc": "2.0",
        "id": 0,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    async with serving(settings, kb) as first, serving(settings, kb) as second:
        begun = await first.post("/mcp", json=initialize, headers=ACCEPT)
        called = await second.post("/mcp", json=CALL, headers=ACCEPT)
    assert "mcp-session-id" not in begun.headers
    assert called.json()["result"]["structuredContent"]["results"][0]["title"] == "travel"


async def test_an_application_can_be_started_twice(kb, settings):
    app = create_app(settings, knowledge_base=kb)
    for _ in range(2):
        async with app.router.lifespan_context(app), talking(app) as client:
            assert len((await client.list_tools()).tools) == 5


async def test_the_description_of_the_api_does_not_list_it(client: httpx.AsyncClient):
    assert "/mcp" not in (await client.get("/openapi.json")).json()["paths"]

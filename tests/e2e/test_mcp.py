"""The protocol with the official client: over HTTP on a real port and over stdio with the real program, on real documents.

With `FOLIO_TEST_WRITE_TRANSCRIPTS=1` what was said is written to `docs/transcripts/mcp.md`; otherwise it must be what stands there.
"""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from api.app import create_app
from core.config import RedactionSettings, Settings
from folio.knowledge_base import KnowledgeBase
from tests.fakes.knowledge_base import FakeKnowledgeBase
from tests.fakes.served_app import served

TRANSCRIPT = Path(__file__).parents[2] / "docs" / "transcripts" / "mcp.md"
TRAVEL = "# Travel policy\n\n## Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n"
HEADING = """# What an MCP client and Folio say to each other

Made by `tests/e2e/test_mcp.py` with the official Python client, over HTTP and over stdio alike. Ids and scores are left out.
`make transcripts` writes it anew.
"""
QUESTIONS = (
    ("search", {"query": "What may a hotel in Oslo cost?", "limit": 1}),
    ("fetch", {"id": "<the id of the first result>"}),
    ("ask", {"question": "How much may a hotel in Oslo cost?", "mode": "extractive"}),
    ("list_documents", {"limit": 10}),
    ("graph_neighbors", {"entity": "no such entity"}),
    ("fetch", {"id": "0123456789abcdef"}),
    ("search", {"query": ""}),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one document: several are listed by ids, which depend on where the home is."""
    place = tmp_path_factory.mktemp("mcp")
    docs = place / "docs"
    docs.mkdir()
    (docs / "travel.md").write_text(TRAVEL)

    async def index() -> None:
        async with KnowledgeBase(settings_of(place / "home")) as kb:
            await kb.ingest([docs])

    asyncio.run(index())
    shutil.copytree(place / "home", place / "home-of-the-program")
    return place / "home"


@pytest.fixture(scope="module")
def own_home(home: Path) -> Path:
    """The same, for a program that holds the store by itself."""
    return home.with_name("home-of-the-program")


def settings_of(home: Path) -> Settings:
    return Settings(home=home, redaction=RedactionSettings(policy="off"))


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    with served(create_app(settings_of(home))) as url:
        yield f"{url}/mcp"


def program(home: Path, *options: str) -> StdioServerParameters:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FOLIO_")}
    environment = {**clean, "FOLIO_HOME": str(home), "FOLIO_REDACTION__POLICY": "off"}
    return StdioServerParameters(
        command=sys.executable, args=["-m", "folio.cli.main", "mcp", *options], env=environment
    )


async def conversation(client: Client) -> list[tuple[str, dict, str]]:
    """What was asked and what came, in order; ids are told from each other by their places alone."""
    said, first_id = [], ""
    for tool, arguments in QUESTIONS:
        real = {
            name: first_id if str(value).startswith("<the id") else value for name, value in arguments.items()
        }
        result = await client.call_tool(tool, real)
        if tool == "search" and not result.is_error:
            first_id = result.structured_content["results"][0]["id"]
        shown = result.content[0].text if result.is_error else result.structured_content
        said.append((tool, arguments, printed(shown)))
    return said


def printed(shown: object) -> str:
    text = shown if isinstance(shown, str) else json.dumps(shown, indent=2, ensure_ascii=False)
    text = re.sub(r"[0-9a-f]{32,64}", "<id>", text)
    text = re.sub(r'"(score|confidence)": [0-9.e-]+', r'"\1": "<number>"', text)
    return re.sub(r'"(updated_at|answer_id)": "[^"]*"', r'"\1": "<\1>"', text)


def page_of(tools: list[str], said: list[tuple[str, dict, str]]) -> str:
    parts = [HEADING, "## tools/list\n", "".join(f"- `{name}`\n" for name in tools)]
    for tool, arguments, shown in said:
        parts.append(
            f"\n## {tool}\n\nAsked:\n\n```json\n{json.dumps(arguments)}\n```\n\nAnswered:\n\n```json\n{shown}\n```\n"
        )
    return "".join(parts)


async def talk(client: Client) -> str:
    tools = [tool.name for tool in (await client.list_tools()).tools]
    return page_of(tools, await conversation(client))


async def test_the_transcript_is_what_clients_see_over_http(url: str):
    async with Client(url) as client:
        said = await talk(client)
    if os.environ.get("FOLIO_TEST_WRITE_TRANSCRIPTS") == "1":
        TRANSCRIPT.parent.mkdir(exist_ok=True)
        TRANSCRIPT.write_text(said)
    assert said == TRANSCRIPT.read_text()


async def test_older_clients_see_the_same(url: str):
    async with Client(url, mode="legacy") as client:
        assert await talk(client) == TRANSCRIPT.read_text()


@pytest.mark.slow
async def test_the_program_says_the_same_over_stdio(own_home: Path):
    async with Client(program(own_home)) as client:
        assert await talk(client) == TRANSCRIPT.read_text()


@pytest.mark.slow
async def test_the_program_can_be_told_to_read_less(own_home: Path):
    async with Client(program(own_home, "--clearance", "public", "--groups", "")) as client:
        listed = await client.call_tool("list_documents", {})
        found = await client.call_tool("search", {"query": "hotel in Oslo"})
    assert listed.structured_content["documents"] == []
    assert found.structured_content["results"] == []


async def test_without_a_credential_a_client_gets_nothing(tmp_path: Path):
    from pydantic import SecretStr

    from core.service_settings import ApiSettings

    closed = settings_of(tmp_path).model_copy(update={"api": ApiSettings(token=SecretStr("t" * 32))})
    with served(create_app(closed, knowledge_base=FakeKnowledgeBase())) as url:
        async with httpx2.AsyncClient() as http:
            refused = await http.post(f"{url}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        headers = {"Authorization": f"Bearer {'t' * 32}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            tools = (await client.list_tools()).tools
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert len(tools) == 5


async def test_concurrent_calls_over_one_connection_all_answer(url: str):
    async with Client(url) as client:
        calls = [client.call_tool("search", {"query": f"hotel {number}"}) for number in range(10)]
        results = await asyncio.gather(*calls)
    assert all(result.structured_content["results"] for result in results)

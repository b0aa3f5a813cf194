"""Vector stores with OpenAI's own client, over a real port."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
import uvicorn

from api.app import create_app
from core.config import RedactionSettings, Settings
from folio.knowledge_base import KnowledgeBase

FILES = {
    "hotels.md": "# Hotels\n\nA hotel in Oslo may cost at most 180 EUR a night.\n",
    "leave.md": "# Leave policy\n\nEvery employee has thirty days of annual leave.\n",
}


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The service on a free port, for as long as the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error", lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        listening.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place: Path = tmp_path_factory.mktemp("openai")
    settings = Settings(home=place / "home", redaction=RedactionSettings(policy="off"))
    for name, text in FILES.items():
        (place / name).write_text(text)

    async def fill() -> None:
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([place / name for name in FILES])

    asyncio.run(fill())
    with served(settings) as url:
        yield url


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=address, api_key="unused", max_retries=0) as client:
        yield client


def test_stores_and_files_are_listed_page_by_page(client: openai.OpenAI) -> None:
    stores = list(client.vector_stores.list(limit=1))
    assert stores[0].id == "all"
    assert (stores[0].object, stores[0].status, stores[0].file_counts.total) == (
        "vector_store",
        "completed",
        2,
    )
    assert client.vector_stores.retrieve("all") == stores[0]
    files = list(client.vector_stores.files.list("all", limit=1))
    assert {one.attributes["path"] for one in files if one.attributes} == set(FILES)
    assert {(one.object, one.vector_store_id) for one in files} == {("vector_store.file", "all")}


def test_a_search_is_parsed_with_its_scores_and_attributes(client: openai.OpenAI) -> None:
    page = client.vector_stores.search(
        "all",
        query="How much may a hotel cost?",
        max_num_results=2,
        filters={"type": "or", "filters": [{"type": "eq", "key": "mime_type", "value": "text/markdown"}]},
        ranking_options={"ranker": "auto", "score_threshold": 0.2},
        rewrite_query=True,
    )
    assert page.object == "vector_store.search_results.page"
    best = page.data[0]
    assert best.filename == "hotels.md"
    assert 0.2 <= best.score <= 1
    assert "180 EUR" in best.content[0].text
    assert best.attributes is not None
    assert best.attributes["doc_id"] == best.file_id


def test_several_queries_and_one_source(client: openai.OpenAI) -> None:
    source = next(one.id for one in client.vector_stores.list() if one.id != "all")
    found = list(client.vector_stores.search(source, query=["hotel", "annual leave"]))
    assert len(found) >= 1
    assert {one.filename for one in found} <= set(FILES)


def test_errors_are_openai_s_with_our_words(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.vector_stores.search("vs_nothing", query="hotel")
    assert unknown.value.code == "not_found"
    assert "no collection with this id" in str(unknown.value)
    with pytest.raises(openai.BadRequestError, match="cannot filter by 'tenant'"):
        client.vector_stores.search("all", query="a", filters={"type": "eq", "key": "tenant", "value": "x"})
    with pytest.raises(openai.UnprocessableEntityError):
        client.vector_stores.search("all", query="a", max_num_results=51)


async def test_the_asynchronous_client(address: str) -> None:
    async with openai.AsyncOpenAI(base_url=address, api_key="unused", max_retries=0) as client:
        found = [one async for one in client.vector_stores.search("all", query="annual leave")]
    assert found[0].filename == "leave.md"

import math
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from core.config import EmbeddingSettings
from core.errors import DependencyDownError, FolioError, SettingsError
from inference.embed.openai_server import OpenAiServer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.embedding_server import EmbeddingServer


class Waits(list[float]):
    async def __call__(self, delay_s: float) -> None:
        self.append(delay_s)


def client(server: EmbeddingServer, waits: Waits | None = None, **settings: object) -> OpenAiServer:
    values = {"base_url": "http://models/v1", "dimension": 32, "model": "words", "api_key": "k-1", **settings}
    return OpenAiServer(
        EmbeddingSettings.model_validate({"provider": "openai", **values}),
        transport=httpx.ASGITransport(server.app),
        sleep=Waits() if waits is None else waits,
    )


async def test_texts_go_out_in_batches_with_prefix_key_and_dimension() -> None:
    server = EmbeddingServer(32)
    await client(server, batch_count=2, passage_prefix="passage: ").embed_passages(["a", "b", "c"])
    assert [request["input"] for request in server.requests] == [["passage: a", "passage: b"], ["passage: c"]]
    assert server.requests[0]["dimensions"] == 32
    assert server.keys == ["Bearer k-1"] * 2


async def test_vectors_come_back_in_order_and_at_unit_length() -> None:
    vectors = await client(EmbeddingServer(32), query_prefix="").embed_passages(["one bee", "two cats"])
    assert vectors == [
        pytest.approx(vector) for vector in await FakeEmbedder(32).embed_passages(["one bee", "two cats"])
    ]
    assert math.hypot(*vectors[0]) == pytest.approx(1.0)


async def test_a_query_has_its_own_prefix() -> None:
    server = EmbeddingServer(32)
    await client(server, query_prefix="query: ").embed_query("a")
    assert server.requests[0]["input"] == ["query: a"]


async def test_a_busy_server_is_asked_again_when_it_says() -> None:
    waits = Waits()
    server = EmbeddingServer(32, failures=[(429, "7"), (503, None)])
    vectors = await client(server, waits).embed_passages(["a"])
    assert len(vectors) == 1
    assert 7.0 <= waits[0] <= 8.75
    assert 0.5 <= waits[1] <= 1.0


async def test_a_server_that_stays_busy_is_down() -> None:
    server = EmbeddingServer(32, failures=[(500, None)] * 4)
    with pytest.raises(DependencyDownError, match="http://models/v1/embeddings answers with status 500"):
        await client(server).embed_passages(["a"])
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    ("status", "way_out"),
    [(401, "embedding.api_key"), (404, "'words'"), (413, "embedding.batch_count"), (422, "embedding.model")],
)
async def test_a_refusal_names_the_setting_and_is_not_repeated(status: int, way_out: str) -> None:
    server = EmbeddingServer(32, failures=[(status, None)])
    with pytest.raises(SettingsError, match=way_out):
        await client(server).embed_passages(["a"])
    assert len(server.requests) == 1


async def test_a_server_with_one_size_is_asked_without_a_dimension() -> None:
    server = EmbeddingServer(32, fixed_size=True)
    embedder = client(server)
    await embedder.embed_passages(["a"])
    await embedder.embed_passages(["b"])
    assert ["dimensions" in request for request in server.requests] == [True, False, False]


async def test_another_dimension_than_configured_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"gives 16 dimensions, but embedding.dimension is 32"):
        await client(EmbeddingServer(16)).embed_passages(["a"])


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{}",
        b'{"data": []}',
        b'{"data": [{"index": 1, "embedding": [1, 0]}]}',
        b'{"data": [{"index": 0, "embedding": [0, 0, 0, 0, 0, 0, 0, 0]}]}',
    ],
)
async def test_an_answer_that_is_no_embedding_is_the_servers_fault(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    settings = EmbeddingSettings(provider="openai", base_url="http://models/v1", dimension=8)
    with pytest.raises(DependencyDownError, match="answer"):
        await OpenAiServer(settings, transport=transport).embed_passages(["secret words"])


async def test_no_message_repeats_the_text_or_the_reply() -> None:
    reply = httpx.Response(400, text="cannot embed: secret words")
    settings = EmbeddingSettings(provider="openai", base_url="http://models/v1", dimension=8)
    with pytest.raises(FolioError) as caught:
        await OpenAiServer(settings, transport=httpx.MockTransport(lambda _: reply)).embed_query(
            "secret words"
        )
    assert "secret" not in str(caught.value)


def test_a_missing_url_or_dimension_is_named() -> None:
    with pytest.raises(SettingsError, match=r"embedding\.base_url"):
        OpenAiServer(EmbeddingSettings(provider="openai", dimension=8))
    with pytest.raises(SettingsError, match=r"embedding\.dimension"):
        OpenAiServer(EmbeddingSettings(provider="openai", base_url="http://models/v1"))


@pytest.fixture
def real_server() -> Iterator[str]:
    """The fake server on a real port, in a thread."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(EmbeddingServer(32).app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/"
    server.should_exit = True
    thread.join()
    listener.close()


async def test_it_talks_to_a_server_over_the_network(real_server: str) -> None:
    settings = EmbeddingSettings(provider="openai", base_url=real_server, dimension=32)
    assert len(await OpenAiServer(settings).embed_query("a")) == 32


async def test_a_server_that_is_not_there_is_down() -> None:
    settings = EmbeddingSettings(provider="openai", base_url="http://127.0.0.1:9/v1", dimension=32)
    with pytest.raises(DependencyDownError, match="does not answer"):
        await OpenAiServer(settings, sleep=Waits()).embed_query("a")

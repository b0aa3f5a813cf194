"""The requests of every search: what is sent, and what becomes of answers that are none."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import orjson
import pytest
from qdrant_client import AsyncQdrantClient, models

from core.errors import DependencyDownError, NotFoundError, SettingsError, TransientError
from store.vectors.reading import payloads, scored_ids

UUID = "0b0e1a52-9d2c-4a8e-8f0e-3a1d7c5b9f10"
RED = models.Filter(must=[models.FieldCondition(key="tag", match=models.MatchValue(value="red"))])
Answer = Callable[[httpx.Request], httpx.Response]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[AsyncQdrantClient]:
    client = AsyncQdrantClient(
        url="http://store", transport=httpx.MockTransport(answer), check_compatibility=False
    )
    try:
        yield client
    finally:
        await client.close()


async def ids_from(answer: Answer) -> list[list[tuple[str, float]]]:
    async with answering(answer) as client:
        return await scored_ids(client, "folio", [{"query": [1.0], "using": "dense"}])


async def payloads_from(answer: Answer) -> list[tuple[str, dict]]:
    async with answering(answer) as client:
        return await payloads(client, "folio", wanted=RED, limit=3, fields=["title"])


async def test_a_filter_travels_as_a_qdrant_server_reads_it():
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.path, orjson.loads(request.content)))
        return httpx.Response(200, json={"result": {"points": [{"id": UUID, "payload": {"title": "A"}}]}})

    assert await payloads_from(answer) == [(UUID, {"title": "A"})]
    wanted = {"must": [{"key": "tag", "match": {"value": "red"}}]}
    body = {"filter": wanted, "limit": 3, "with_payload": ["title"]}
    assert sent == [("/collections/folio/points/scroll", body)]


async def test_every_query_has_its_own_list_and_ids_are_text():
    points = [{"id": 7, "score": 0.5, "payload": None}, {"id": UUID, "score": 0.25}]
    found = await ids_from(
        lambda _: httpx.Response(200, json={"result": [{"points": points}, {"points": []}]})
    )
    assert found == [[("7", 0.5), (UUID, 0.25)], []]


@pytest.mark.parametrize(
    "body", [b"hello", b"[]", b"{}", b'{"result": 3}', b'{"result": [{"rows": []}]}', b'{"result": {"a": 1}}']
)
@pytest.mark.parametrize("ask", [ids_from, payloads_from])
async def test_an_answer_of_another_shape_comes_from_no_qdrant(ask, body):
    with pytest.raises(DependencyDownError, match="no Qdrant server"):
        await ask(lambda _: httpx.Response(200, content=body))


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, SettingsError), (404, NotFoundError), (500, TransientError)],
)
async def test_a_refusal_says_what_to_do(status, error):
    with pytest.raises(error):
        await ids_from(lambda _: httpx.Response(status, json={"status": {"error": "no"}}))


async def test_no_answer_names_the_way_to_start_the_store():
    def refused(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(DependencyDownError, match="folio up"):
        await ids_from(refused)

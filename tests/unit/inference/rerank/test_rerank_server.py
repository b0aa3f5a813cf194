"""Remote rerankers, over a real ASGI application."""

import httpx
import pytest

from core.errors import DependencyDownError, SettingsError
from core.retrieval_settings import RerankSettings
from inference.rerank.rerank_server import RerankServer
from tests.fakes.rerank_server import RerankingServer

PASSAGES = ["bb", "a", "cccc"]


async def no_wait(_: float) -> None:
    return


def client(server: RerankingServer, **settings: object) -> RerankServer:
    values = {"provider": "cohere", "base_url": "http://models/v1", "model": "m", **settings}
    return RerankServer(
        RerankSettings.model_validate(values), transport=httpx.ASGITransport(server.app), sleep=no_wait
    )


def tei(server: RerankingServer, **settings: object) -> RerankServer:
    return client(server, provider="tei", base_url="http://models", model=None, **settings)


async def test_scores_come_back_in_the_order_of_the_passages() -> None:
    server = RerankingServer()
    assert await client(server, api_key="k-1").scores("q", PASSAGES) == [2.0, 1.0, 4.0]
    assert server.requests == [{"model": "m", "query": "q", "documents": PASSAGES}]
    assert server.keys == ["Bearer k-1"]


async def test_tei_has_its_own_form() -> None:
    server = RerankingServer()
    assert await tei(server).scores("q", PASSAGES) == [2.0, 1.0, 4.0]
    assert server.requests == [{"query": "q", "texts": PASSAGES, "truncate": True}]


async def test_no_passages_no_request() -> None:
    server = RerankingServer()
    assert await client(server).scores("q", []) == []
    assert server.requests == []


async def test_a_busy_server_is_asked_again() -> None:
    server = RerankingServer(failures=[429, 503])
    assert await client(server).scores("q", ["a"]) == [1.0]
    assert len(server.requests) == 3


async def test_what_is_not_there_in_time_has_no_score() -> None:
    server = RerankingServer(delay_s=30)
    assert await client(server).scores("q", PASSAGES, budget_s=0.05) == [None] * 3


@pytest.mark.parametrize(
    ("status", "way_out"), [(401, "rerank.api_key"), (404, "'m'"), (422, "rerank.model")]
)
async def test_a_refusal_names_the_setting(status: int, way_out: str) -> None:
    with pytest.raises(SettingsError, match=way_out):
        await client(RerankingServer(failures=[status])).scores("q", PASSAGES)


@pytest.mark.parametrize(
    "reply",
    [
        {"results": [{"index": 0, "relevance_score": 1.0}]},
        {"results": [{"index": at, "relevance_score": 1.0} for at in (0, 1, 1)]},
        {"results": [{"index": at, "relevance_score": "much"} for at in (0, 1, 2)]},
        {"scores": [1, 2, 3]},
        "no",
    ],
)
async def test_what_is_no_scores_is_told(reply: object) -> None:
    with pytest.raises(DependencyDownError, match="rerank"):
        await client(RerankingServer(reply=reply)).scores("q", PASSAGES)


@pytest.mark.parametrize("settings", [{"base_url": None}, {"model": None}])
def test_a_missing_setting_is_named(settings: dict[str, None]) -> None:
    with pytest.raises(SettingsError, match=r"rerank\.base_url and rerank\.model"):
        client(RerankingServer(), **settings)

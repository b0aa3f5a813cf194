import asyncio

from api.lifespan import SharedKnowledgeBase
from core.config import Settings
from core.errors import DependencyDownError
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

DOWN = DependencyDownError("the vector store http://qdrant:6333 does not answer: check vectors.url")


async def test_a_ready_service_says_what_it_reached(client):
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    response = await client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": [
            {"name": "catalog", "healthy": True, "required": True, "took_ms": 0.0, "detail": "SQLite"},
            {
                "name": "vectors",
                "healthy": True,
                "required": True,
                "took_ms": 0.0,
                "detail": "embedded store",
            },
        ],
        "draining": False,
    }


async def test_a_store_that_is_down_at_start_is_reported_and_tried_again(kb, settings):
    kb.down = DOWN
    async with serving(settings, kb) as client:
        assert (await client.get("/healthz")).status_code == 200
        not_ready = await client.get("/readyz")
        search = await client.post("/v1/search", json={"query": "leave"})
        kb.down = None
        ready = await client.get("/readyz")
        assert kb.is_open
    assert not_ready.status_code == 503
    (found,) = not_ready.json()["checks"]
    assert (found["name"], found["healthy"], found["detail"]) == ("knowledge base", False, str(DOWN))
    assert search.status_code == 503
    assert search.json()["code"] == "dependency_down"
    assert search.headers["retry-after"] == "5"
    assert ready.json()["ready"] is True
    assert not kb.is_open


async def test_a_store_that_goes_down_later_is_named(client, kb: FakeKnowledgeBase):
    kb.down = DOWN
    response = await client.get("/readyz")
    assert response.status_code == 503
    assert [check["name"] for check in response.json()["checks"] if not check["healthy"]] == ["vectors"]


async def test_strangers_learn_what_is_down_but_not_where_it_is(kb: FakeKnowledgeBase):
    kb.down = DOWN
    async with serving(Settings(api=ApiSettings(token="t")), kb) as client:
        stranger = await client.get("/readyz")
        friend = await client.get("/readyz", headers={"Authorization": "Bearer t"})
    assert "qdrant" not in stranger.text
    assert "qdrant" in friend.text


async def test_requests_that_come_while_it_opens_share_one_opening(kb: FakeKnowledgeBase):
    shared = SharedKnowledgeBase(kb)
    opened = await asyncio.gather(*(shared.opened() for _ in range(5)))
    assert opened == [kb] * 5
    assert kb.open_count == 1
    await shared.close()
    assert not kb.is_open


class SlowToOpen(FakeKnowledgeBase):
    """Opens when `may_open` is set; counts what was begun."""

    def __init__(self) -> None:
        super().__init__()
        self.may_open = asyncio.Event()
        self.begun_count = 0

    async def __aenter__(self):
        self.begun_count += 1
        await self.may_open.wait()
        return await super().__aenter__()


async def test_a_cancelled_request_does_not_cancel_the_opening_for_the_others():
    slow = SlowToOpen()
    shared = SharedKnowledgeBase(slow)
    first, second = (asyncio.create_task(shared.opened()) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    slow.may_open.set()
    assert await second is slow
    assert first.cancelled()
    assert slow.begun_count == 1


async def test_the_root_leads_to_the_documentation(client):
    response = await client.get("/")
    assert response.is_redirect
    assert response.next_request.url.path == "/docs"


async def test_status_shows_states_sources_and_progress(client, kb: FakeKnowledgeBase):
    kb.add("a.txt", "text")
    body = (await client.get("/v1/status")).json()
    assert body["state_counts"] == {"indexed": 1}
    assert [source["root"] for source in body["sources"]] == ["/srv/uploads"]
    assert body["service"]["worker_count"] == 1
    assert body["service"]["language_model"] is None
    assert body["last_sync_at"] is None
    assert [(run["done_count"], run["total_count"], run["finished_at"]) for run in body["runs"]] == [
        (4, 10, None)
    ]

"""Streamed answers over real HTTP: a server of its own for each test, on a free port."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from httpx_sse import ServerSentEvent, aconnect_sse

from api.app import create_app
from core.access import AccessLabel, Tier
from core.config import CacheSettings, Settings
from core.documents import DocumentState
from core.errors import DependencyDownError
from core.stream_settings import StreamSettings
from tests.contract.test_cache import REDIS, skip_without_redis
from tests.fakes.knowledge_base import FakeKnowledgeBase

QUESTION = {"question": "how much leave", "stream": True}


@dataclass
class Server:
    """A running service, and a client of it."""

    app: FastAPI
    web: uvicorn.Server
    client: httpx.AsyncClient

    @property
    def running_count(self) -> int:
        return self.app.state.streams.running_count

    async def until_idle(self) -> None:
        while self.running_count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def served(
    kb: FakeKnowledgeBase, home: Path, *, redis: bool = False, **streams: Any
) -> AsyncIterator[Server]:
    quick = {"heartbeat_s": 10, "poll_s": 0.02, "lease_s": 0.5, "grace_s": 5, "drain_s": 0, **streams}
    cache = CacheSettings(url=REDIS) if redis else CacheSettings()
    settings = Settings(home=home, streams=StreamSettings(**quick), cache=cache)
    app = create_app(settings, knowledge_base=kb)
    web = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=2, lifespan="on")
    )
    task = asyncio.create_task(web._serve())
    while not web.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    port = web.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield Server(app, web, client)
    finally:
        web.should_exit = True
        await task


@dataclass
class Reading:
    """A stream that is read: what has come of it so far."""

    source: AsyncIterator[ServerSentEvent]
    response: httpx.Response
    events: list[ServerSentEvent] = field(default_factory=list)

    async def next(self) -> ServerSentEvent:
        async with asyncio.timeout(10):
            self.events.append(await anext(self.source))
        return self.events[-1]

    async def until(self, kind: str) -> ServerSentEvent:
        while (event := await self.next()).event != kind:
            pass
        return event

    async def rest(self) -> list[ServerSentEvent]:
        async with asyncio.timeout(10):
            return [event async for event in self.source]


@asynccontextmanager
async def reading(client: httpx.AsyncClient, body: dict[str, Any] | None = None) -> AsyncIterator[Reading]:
    async with aconnect_sse(client, "POST", "/v1/answer", json=body or QUESTION) as found:
        yield Reading(found.aiter_sse(), found.response)


@asynccontextmanager
async def resuming(client: httpx.AsyncClient, name: str, after: int | None) -> AsyncIterator[Reading]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with aconnect_sse(client, "GET", f"/v1/answer/streams/{name}", headers=headers) as found:
        yield Reading(found.aiter_sse(), found.response)


@pytest.fixture
def kb() -> FakeKnowledgeBase:
    made = FakeKnowledgeBase()
    made.add("leave.txt", "thirty days of leave")
    made.script = ("It is paid.", "Ask in April.")
    return made


async def name_of(stream: Reading) -> str:
    return (await stream.next()).json()["stream_id"]


async def test_events_come_in_order_and_are_numbered(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    async with served(kb, tmp_path) as server:
        async with reading(server.client) as stream:
            events = await stream.rest()
        whole = (await server.client.post("/v1/answer", json={"question": "how much leave"})).json()
    assert [event.event for event in events] == [
        *("status", "search_results", "citation", "status"),
        *("token", "token", "token", "usage", "done"),
    ]
    assert [event.id for event in events] == [str(number) for number in range(1, 10)]
    assert stream.response.headers["content-type"].startswith("text/event-stream")
    assert stream.response.headers["x-accel-buffering"] == "no"
    assert stream.response.headers["cache-control"] == "no-store"
    done = events[-1].json()
    assert "".join(event.json()["text"] for event in events if event.event == "token") == done["answer"]
    citation = events[2].json()
    assert citation.pop("number") == 1
    assert [citation] == done["citations"] == whole["citations"]
    assert set(done) == set(whole)


async def test_the_search_results_hold_no_words_of_documents(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    async with served(kb, tmp_path) as server, reading(server.client) as stream:
        found = await stream.until("search_results")
    assert found.json()["results"][0]["path"] == "leave.txt"
    assert "thirty" not in found.data


async def test_the_accept_header_asks_for_a_stream_too(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    async with served(kb, tmp_path) as server:
        response = await server.client.post(
            "/v1/answer", json={"question": "leave"}, headers={"Accept": "text/event-stream"}
        )
    assert response.headers["content-type"].startswith("text/event-stream")


async def test_a_refusal_is_streamed_as_done(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    body = {"question": "who won", "stream": True}
    async with served(kb, tmp_path) as server, reading(server.client, body) as stream:
        events = await stream.rest()
    assert [event.event for event in events] == ["status", "search_results", "usage", "done"]
    assert events[-1].json()["status"] == "refused"


async def test_a_silent_stream_sends_heartbeats(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    kb.may_write.clear()
    async with (
        served(kb, tmp_path, heartbeat_s=0.05) as server,
        server.client.stream("POST", "/v1/answer", json=QUESTION) as response,
    ):
        lines = response.aiter_lines()
        async with asyncio.timeout(10):
            found = [line async for line in lines if line.startswith(":") and not kb.may_write.set()]
    assert found


async def test_what_is_wrong_at_once_is_answered_with_its_status(
    kb: FakeKnowledgeBase, tmp_path: Path
) -> None:
    async with served(kb, tmp_path) as server:
        kb.bug = DependencyDownError("the vector store does not answer")
        down = await server.client.post("/v1/answer", json=QUESTION)
        restored = await server.client.post("/v1/answer", json={**QUESTION, "restore": True})
        filtered = await server.client.post("/v1/answer", json={**QUESTION, "where": {"type": "magic"}})
    assert (down.status_code, down.json()["code"]) == (503, "dependency_down")
    assert down.headers["content-type"] == "application/problem+json"
    assert "Retry-After" in down.headers
    assert (restored.status_code, filtered.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DependencyDownError("the model broke off"), "dependency_down"),
        (ValueError("secret"), "internal_error"),
    ],
)
async def test_an_error_on_the_way_is_the_last_event(
    kb: FakeKnowledgeBase, tmp_path: Path, error: Exception, code: str
) -> None:
    kb.breaks = error
    async with served(kb, tmp_path) as server, reading(server.client) as stream:
        events = await stream.rest()
    assert [event.event for event in events][-2:] == ["token", "error"]
    problem = events[-1].json()
    assert problem["code"] == code
    assert problem["request_id"] == stream.response.headers["x-request-id"]
    assert "secret" not in events[-1].data


async def test_an_answer_that_takes_too_long_ends_with_an_error(
    kb: FakeKnowledgeBase, tmp_path: Path
) -> None:
    kb.may_write.clear()
    async with served(kb, tmp_path, total_s=0.1) as server, reading(server.client) as stream:
        events = await stream.rest()
    assert events[-1].json()["code"] == "stream_timeout"
    assert kb.left_count == 1


@pytest.mark.parametrize("redis", [False, True])
async def test_a_broken_stream_is_taken_up_after_the_last_event(
    kb: FakeKnowledgeBase, tmp_path: Path, *, redis: bool
) -> None:
    if redis:
        await skip_without_redis()
    kb.may_write.clear()
    async with served(kb, tmp_path, redis=redis) as server:
        async with reading(server.client) as first:
            name = await name_of(first)
            await first.until("search_results")
        async with resuming(server.client, name, 1) as second:
            assert (await second.next()).event == "search_results"
            kb.may_write.set()
            rest = await second.rest()
        async with resuming(server.client, name, None) as again:
            everything = await again.rest()
    assert [int(event.id) for event in rest] == list(range(3, 10))
    assert rest[-1].event == "done"
    assert [event.data for event in everything][2:] == [event.data for event in rest]


async def test_another_replica_takes_a_stream_up_over_redis(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    await skip_without_redis()
    kb.may_write.clear()
    async with (
        served(kb, tmp_path, redis=True) as one,
        served(kb, tmp_path, redis=True, grace_s=0.3) as other,
    ):
        async with reading(one.client) as first:
            name = await name_of(first)
            await first.until("search_results")
        async with resuming(other.client, name, 2) as second:
            # Longer than the first would have gone on without a reader.
            await asyncio.sleep(0.5)
            kb.may_write.set()
            events = await second.rest()
    assert events[-1].event == "done"
    assert [int(event.id) for event in events] == list(range(3, 10))


async def test_a_reader_elsewhere_is_told_when_the_writer_has_died(
    kb: FakeKnowledgeBase, tmp_path: Path
) -> None:
    await skip_without_redis()
    kb.may_write.clear()
    async with served(kb, tmp_path, redis=True) as one, served(kb, tmp_path, redis=True) as other:
        async with reading(one.client) as first:
            name = await name_of(first)
        async with resuming(other.client, name, 2) as second:
            # As a process that is killed: nothing says that it has ended.
            for task in one.app.state.streams._keeping:
                task.cancel()
            events = await second.rest()
    assert [(event.event, event.json()["code"]) for event in events] == [("error", "stream_broken")]


async def test_without_a_reader_the_answer_goes_on_for_a_while_and_no_longer(
    kb: FakeKnowledgeBase, tmp_path: Path
) -> None:
    kb.may_write.clear()
    async with served(kb, tmp_path, grace_s=0.3) as server:
        async with reading(server.client) as stream:
            name = await name_of(stream)
        assert server.running_count == 1
        async with asyncio.timeout(10):
            await server.until_idle()
        assert kb.left_count == 1
        async with resuming(server.client, name, 1) as again:
            events = await again.rest()
    assert events[-1].json()["code"] == "stream_abandoned"


async def test_a_stream_that_is_unknown_or_not_ones_own_is_the_same_404(
    kb: FakeKnowledgeBase, tmp_path: Path
) -> None:
    async with served(kb, tmp_path) as server:
        async with reading(server.client) as stream:
            name = await name_of(stream)
            await stream.rest()
        unknown = await server.client.get(f"/v1/answer/streams/{'0' * 64}")
        services = server.app.state.services
        access = services.settings.access.model_copy(update={"clearance": Tier.PUBLIC})
        assert (await server.client.get(f"/v1/answer/streams/{name}")).status_code == 200
        server.app.state.services.settings.__dict__["access"] = access
        other = await server.client.get(f"/v1/answer/streams/{name}")
        malformed = await server.client.get("/v1/answer/streams/nonsense")
    assert (unknown.status_code, other.status_code, malformed.status_code) == (404, 404, 422)
    assert {**unknown.json(), "request_id": ""} == {**other.json(), "request_id": ""}


@pytest.mark.parametrize("change", ["deleted", "new version", "withdrawn"])
async def test_what_is_gone_is_not_read_again(kb: FakeKnowledgeBase, tmp_path: Path, change: str) -> None:
    async with served(kb, tmp_path) as server:
        async with reading(server.client) as stream:
            name = await name_of(stream)
            await stream.rest()
        match change:
            case "deleted":
                kb.add("leave.txt", "thirty", state=DocumentState.DELETED)
            case "new version":
                kb.add("leave.txt", "forty days of leave")
            case _:
                kb.add("leave.txt", "thirty days of leave", access=AccessLabel(groups=frozenset({"board"})))
        response = await server.client.get(f"/v1/answer/streams/{name}")
    assert response.status_code == 404


async def test_the_log_holds_no_words(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    async with served(kb, tmp_path) as server:
        async with reading(server.client) as stream:
            name = await name_of(stream)
            await stream.rest()
        log = server.app.state.streams._log
        held = repr(log._streams) + repr([one.events for one in log._streams.values()])
    assert len(log._streams) == 1
    for word in ("thirty", "leave", name, "anonymous", "api"):
        assert word not in held


async def test_a_stopping_service_lets_streams_end_and_then_ends_them(
    kb: FakeKnowledgeBase, tmp_path: Path
) -> None:
    async with served(kb, tmp_path, drain_s=0.4) as server:
        kb.may_write.clear()
        async with reading(server.client) as quick, reading(server.client) as slow:
            for stream in (quick, slow):
                await stream.until("search_results")
            server.app.state.streams.stop()
            refused = await server.client.post("/v1/answer", json=QUESTION)
            ended = [(await stream.rest())[-1] for stream in (quick, slow)]
    assert (refused.status_code, refused.json()["code"]) == (503, "service_stopping")
    assert [event.json()["code"] for event in ended] == ["service_stopping"] * 2


async def test_streams_beyond_the_limit_are_refused(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    kb.may_write.clear()
    async with served(kb, tmp_path, max_count=1) as server, reading(server.client) as stream:
        await stream.until("search_results")
        response = await server.client.post("/v1/answer", json=QUESTION)
        kb.may_write.set()
        events = await stream.rest()
    assert (response.status_code, response.json()["code"]) == (503, "temporarily_unavailable")
    assert events[-1].event == "done"


async def test_what_nobody_reads_is_bounded(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    kb.script = ("word " * 2000,) * 20
    async with served(kb, tmp_path, max_bytes=64 * 1024) as server, reading(server.client) as stream:
        events = await stream.rest()
    assert (events[-1].event, events[-1].json()["code"]) == ("error", "too_large")
    assert sum(len(event.data) for event in events) < 70 * 1024


async def test_events_are_as_the_openapi_document_says(kb: FakeKnowledgeBase, tmp_path: Path) -> None:
    from api.streaming.events import AnswerEvent

    async with served(kb, tmp_path) as server:
        async with reading(server.client) as stream:
            for event in await stream.rest():
                AnswerEvent.model_validate(
                    {"id": int(event.id), "event": event.event, "data": json.loads(event.data)}
                )
        document = (await server.client.get("/openapi.json")).json()
    assert "AnswerEvent" in document["components"]["schemas"]
    content = document["paths"]["/v1/answer"]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "text/event-stream"}

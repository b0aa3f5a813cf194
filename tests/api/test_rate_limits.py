"""How much of the service a caller gets, as it sees it over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from api.load.fair_queue import Place
from api.load.gate import Gate
from api.load.slots import keep_slot
from api.load.strangers import address_of
from api.rate_limits import RateLimits
from core.access import Principal
from core.callers import Caller
from core.config import Settings
from core.limit_settings import LimitOverride, LimitSettings
from core.metering import add_tokens
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.api_keys import key_for
from tests.fakes.knowledge_base import FakeKnowledgeBase

SEARCH = {"query": "leave"}


class SlowKnowledgeBase(FakeKnowledgeBase):
    """Searches only go on once they may."""

    def __init__(self) -> None:
        super().__init__()
        self.begun_count = 0
        self.may_go_on = asyncio.Event()

    async def search(self, *args: Any, **kwargs: Any) -> Any:
        self.begun_count += 1
        await self.may_go_on.wait()
        return await super().search(*args, **kwargs)


def settings(tmp_path: Path, **limits: Any) -> Settings:
    return Settings(home=tmp_path, limits=LimitSettings(**limits))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.005)


async def test_without_limits_nothing_is_said_about_them(client: httpx.AsyncClient):
    response = await client.post("/v1/search", json=SEARCH)
    assert response.status_code == 200
    assert "ratelimit" not in response.headers


async def test_a_quota_counts_down_and_is_then_refused_with_the_time_to_wait(kb, tmp_path: Path):
    async with serving(settings(tmp_path, requests_per_minute=2), kb) as client:
        first = await client.post("/v1/search", json=SEARCH)
        await client.get("/v1/documents")
        third = await client.post("/v1/search", json=SEARCH)
        health = await client.get("/healthz")
    assert first.headers["ratelimit-policy"] == '"requests";q=2;w=60'
    assert first.headers["ratelimit"].startswith('"requests";r=1;t=')
    assert third.status_code == 429
    assert third.headers["content-type"] == "application/problem+json"
    assert third.json()["code"] == "rate_limited"
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert third.headers["ratelimit"].startswith('"requests";r=0;t=')
    assert third.headers["x-request-id"]
    assert health.status_code == 200


async def test_searches_have_a_quota_of_their_own(kb, tmp_path: Path):
    async with serving(settings(tmp_path, searches_per_minute=1), kb) as client:
        statuses = [(await client.post("/v1/search", json=SEARCH)).status_code for _ in range(2)]
        answer = await client.post("/v1/answer", json={"question": "leave"})
    assert statuses == [200, 429]
    assert answer.status_code == 200


async def test_more_than_can_be_served_wait_and_what_does_not_fit_is_told_so(tmp_path: Path):
    slow = SlowKnowledgeBase()
    limits = settings(tmp_path, concurrent_searches=1, queue_length=1)
    async with serving(limits, slow) as client:
        served = asyncio.create_task(client.post("/v1/search", json=SEARCH))
        await until(lambda: slow.begun_count == 1)
        waiting = asyncio.create_task(client.post("/v1/search", json=SEARCH))
        await asyncio.sleep(0.05)
        refused = await client.post("/v1/search", json=SEARCH)
        health = await client.get("/healthz")
        assert slow.begun_count == 1
        slow.may_go_on.set()
        assert [(await served).status_code, (await waiting).status_code] == [200, 200]
    assert (refused.status_code, refused.json()["code"]) == (503, "saturated")
    assert int(refused.headers["retry-after"]) >= 1
    assert health.status_code == 200


async def test_waiting_ends(tmp_path: Path):
    slow = SlowKnowledgeBase()
    async with serving(settings(tmp_path, concurrent_searches=1, queue_wait_s=0.02), slow) as client:
        served = asyncio.create_task(client.post("/v1/search", json=SEARCH))
        await until(lambda: slow.begun_count == 1)
        refused = await client.post("/v1/search", json=SEARCH)
        slow.may_go_on.set()
        await served
    assert (refused.status_code, refused.json()["code"]) == (503, "saturated")


async def test_what_takes_too_long_is_stopped_and_gives_its_place_back(tmp_path: Path):
    slow = SlowKnowledgeBase()
    async with serving(settings(tmp_path, concurrent_searches=1, search_s=1.0), slow) as client:
        late = await client.post("/v1/search", json=SEARCH)
        slow.may_go_on.set()
        next_one = await client.post("/v1/search", json=SEARCH)
    assert (late.status_code, late.json()["code"]) == (504, "timeout")
    assert "limits" in late.json()["detail"]
    assert next_one.status_code == 200


async def test_a_body_that_trickles_is_cut_off(kb, tmp_path: Path):
    async def trickle() -> AsyncIterator[bytes]:
        yield b'{"query": "'
        for _ in range(1000):
            await asyncio.sleep(0.01)
            yield b"a"

    slow_line = Settings(home=tmp_path, api=ApiSettings(body_timeout_s=0.1))
    async with serving(slow_line, kb) as client:
        headers = {"content-type": "application/json"}
        response = await client.post("/v1/search", content=trickle(), headers=headers)
    assert (response.status_code, response.json()["code"]) == (408, "request_timeout")
    assert "api.body_timeout_s" in response.json()["detail"]


async def test_no_more_requests_at_once_than_the_process_may_hold(tmp_path: Path):
    slow = SlowKnowledgeBase()
    async with serving(settings(tmp_path, concurrent_requests=1), slow) as client:
        served = asyncio.create_task(client.post("/v1/search", json=SEARCH))
        await until(lambda: slow.begun_count == 1)
        refused = await client.get("/v1/documents")
        slow.may_go_on.set()
        await served
    assert (refused.status_code, refused.json()["code"]) == (503, "saturated")


class Limited:
    """The middleware around a small application, called as several callers."""

    def __init__(
        self, tmp_path: Path, app: Callable[[Scope, Receive, Send], Awaitable[None]], **limits: Any
    ) -> None:
        self._app = RateLimits(app, settings=settings(tmp_path, **limits))
        self.served: list[str] = []

    async def ask(
        self,
        tenant: str,
        *,
        path: str = "/v1/search",
        credential: str = "key:1",
        receive: Receive | None = None,
    ) -> tuple[int, dict[str, str]]:
        """The status and the headers of the response; 0: there was none."""
        found: list[dict[str, Any]] = []
        caller = Caller(Principal(tenant), credential)

        async def nothing_more() -> dict[str, Any]:
            await asyncio.Event().wait()
            return {}

        async def send(message: Any) -> None:
            found.append(message)

        scope = {
            "type": "http", "method": "POST", "path": path, "headers": [],
            "state": {"caller": caller, "request_id": "1"},
        }  # fmt: skip
        await self._app(scope, receive or nothing_more, send)
        self.served.append(tenant)
        if not found:
            return 0, {}
        return found[0]["status"], {name.decode(): value.decode() for name, value in found[0]["headers"]}


async def respond(send: Send, *, stream: bool = False) -> None:
    kind = b"text/event-stream" if stream else b"application/json"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    await send({"type": "http.response.body", "body": b"{}"})


async def quick(_scope: Scope, _receive: Receive, send: Send) -> None:
    await respond(send)


async def test_one_tenant_is_served_among_the_next_while_another_has_a_hundred_waiting(tmp_path: Path):
    turns = asyncio.Semaphore(0)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await turns.acquire()
        await respond(send)

    limited = Limited(tmp_path, app, concurrent_searches=1, queue_length=100)
    heavy = [asyncio.create_task(limited.ask("heavy")) for _ in range(101)]
    await asyncio.sleep(0.1)
    light = asyncio.create_task(limited.ask("light"))
    await asyncio.sleep(0.05)
    for _ in range(3):
        turns.release()
        await asyncio.sleep(0.02)
    assert "light" in limited.served
    for _ in range(101):
        turns.release()
    statuses = [status for status, _ in await asyncio.gather(*heavy)]
    assert (await light)[0] == 200
    # The room was full: the last of the heavy tenant made place.
    assert sorted(set(statuses)) == [200, 503]
    assert statuses.count(503) == 1


async def test_a_client_that_goes_while_it_waits_leaves_the_queue(tmp_path: Path):
    go_on, begun = asyncio.Event(), list[str]()

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        begun.append(scope["state"]["caller"].principal.tenant)
        await go_on.wait()
        await respond(send)

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    limited = Limited(tmp_path, app, concurrent_searches=1)
    first = asyncio.create_task(limited.ask("a"))
    await until(lambda: begun)
    assert await limited.ask("b", receive=gone) == (0, {})
    go_on.set()
    assert (await first)[0] == 200
    assert begun == ["a"]


async def test_a_body_that_came_while_its_request_waited_is_whole(tmp_path: Path):
    go_on, bodies = asyncio.Event(), list[bytes]()

    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part["body"], part["more_body"]
        bodies.append(body)
        await go_on.wait()
        await respond(send)

    def sender(text: str) -> Receive:
        parts = iter(text)

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.001)
            part = next(parts, None)
            if part is None:
                await asyncio.Event().wait()
            return {"type": "http.request", "body": str(part).encode(), "more_body": part != "."}

        return receive

    limited = Limited(tmp_path, app, concurrent_searches=1)
    first = asyncio.create_task(limited.ask("a", receive=sender("first.")))
    await until(lambda: bodies)
    second = asyncio.create_task(limited.ask("b", receive=sender("second.")))
    await asyncio.sleep(0.05)
    go_on.set()
    assert [(await first)[0], (await second)[0]] == [200, 200]
    assert bodies == [b"first.", b"second."]


async def test_a_stream_holds_its_place_until_it_is_made_and_not_while_it_is_read(tmp_path: Path):
    made, read = asyncio.Event(), asyncio.Event()
    streams = 0

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal streams
        streams += 1
        if streams > 1:
            await respond(send)
            return
        give_back = keep_slot(scope)

        async def make() -> None:
            await made.wait()
            give_back()
            give_back()

        making = asyncio.create_task(make())
        await respond(send, stream=True)
        await read.wait()
        await making

    limited = Limited(tmp_path, app, concurrent_answers=1)
    first = asyncio.create_task(limited.ask("a", path="/v1/answer"))
    await until(lambda: streams == 1)
    second = asyncio.create_task(limited.ask("a", path="/v1/answer"))
    await asyncio.sleep(0.02)
    assert streams == 1
    made.set()
    assert (await second)[0] == 200
    assert not first.done()
    read.set()
    await first


async def test_a_tenant_s_quota_is_shared_by_its_credentials_and_unknown_to_others(tmp_path: Path):
    limited = Limited(tmp_path, quick, tenant_requests_per_minute=2)
    statuses = [(await limited.ask("a", credential=f"key:{number}"))[0] for number in range(3)]
    other_status, other_headers = await limited.ask("b")
    assert statuses == [200, 200, 429]
    assert other_status == 200
    assert other_headers["ratelimit"].startswith('"tenant-requests";r=1;')


async def test_a_credential_may_have_limits_of_its_own(tmp_path: Path):
    overrides = (LimitOverride(credential="key:1", requests_per_minute=1),)
    limited = Limited(tmp_path, quick, requests_per_minute=3, overrides=overrides)
    assert [(await limited.ask("a"))[0] for _ in range(2)] == [200, 429]
    assert [(await limited.ask("a", credential="key:2"))[0] for _ in range(4)] == [200, 200, 200, 429]


async def test_tokens_are_paid_for_by_later_requests_once_they_are_known(tmp_path: Path):
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        add_tokens(70)
        await respond(send)

    limited = Limited(tmp_path, app, tokens_per_minute=100)
    found = [await limited.ask("a", path="/v1/answer") for _ in range(3)]
    assert [status for status, _ in found] == [200, 200, 429]
    assert '"tokens";r=30;' in found[1][1]["ratelimit"]


@pytest.mark.parametrize(
    "wrong", [{}, {"credential": "a", "tenant": "b"}, {"credential": "a", "weight": 2.0}]
)
def test_an_override_names_one_credential_or_one_tenant(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match="tenant"):
        LimitOverride(**wrong)


async def test_a_batch_counts_as_many_searches_as_it_has(kb, tmp_path: Path):
    limits = settings(tmp_path, searches_per_minute=10, tenant_requests_per_minute=100)
    batch = {"searches": [SEARCH] * 6}
    async with serving(limits, kb) as client:
        first = await client.post("/v1/search/batch", json=batch)
        second = await client.post("/v1/search/batch", json=batch)
        third = await client.post("/v1/search", json=SEARCH)
    assert (first.status_code, second.status_code) == (200, 429)
    assert '"searches";r=4;' in first.headers["ratelimit"]
    assert '"tenant-requests";r=94;' in first.headers["ratelimit"]
    assert second.json()["code"] == "rate_limited"
    assert 1 <= int(second.headers["retry-after"]) <= 60
    assert third.status_code == 200, "what was refused took one"


async def test_a_batch_larger_than_a_whole_quota_is_not_refused_for_ever(kb, tmp_path: Path):
    async with serving(settings(tmp_path, searches_per_minute=5), kb) as client:
        first = await client.post("/v1/search/batch", json={"searches": [SEARCH] * 20})
        second = await client.post("/v1/search", json=SEARCH)
    assert (first.status_code, second.status_code) == (200, 429)


async def test_after_a_batch_other_tenants_have_their_turns_first():
    gate = Gate("search", slot_count=1, room_count=100, wait_s=20)
    heavy, light = Place("heavy", "key:1"), Place("light", "key:2")
    served: list[str] = []

    async def search(place: Place) -> None:
        await gate.enter(place)
        served.append(place.tenant)
        gate.leave()

    assert gate.try_enter(heavy)
    gate.count_turns(heavy, 9)
    waiting = [asyncio.create_task(search(place)) for place in [heavy] * 3 + [light] * 8]
    await asyncio.sleep(0)
    gate.leave()
    await asyncio.gather(*waiting)
    assert served == ["light"] * 8 + ["heavy"] * 3


def shown(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_an_address_that_shows_wrong_credentials_again_and_again_is_held_off(kb, tmp_path: Path):
    closed = Settings(
        home=tmp_path,
        limits=LimitSettings(refusals_per_minute=3),
        api=ApiSettings(token=SecretStr("the-right-token-of-the-tests")),
    )
    async with serving(closed, kb) as client:
        right, path = shown("the-right-token-of-the-tests"), "/v1/me"
        assert (await client.get(path, headers=right)).status_code == 200
        wrong = [await client.get(path, headers=shown(f"folio_{number}")) for number in range(5)]
        bare = await client.get(path)
        friend = await client.get(path, headers=right)
        health = await client.get("/healthz")
    assert [one.status_code for one in wrong] == [401, 401, 401, 429, 429]
    assert wrong[-1].json()["code"] == bare.json()["code"] == "rate_limited"
    assert 1 <= int(wrong[-1].headers["retry-after"]) <= 60
    assert (friend.status_code, health.status_code) == (200, 200), "what has opened before opens"


async def test_keys_are_not_looked_up_for_an_address_that_is_held_off(kb, tmp_path: Path):
    limited = Settings(
        home=tmp_path, limits=LimitSettings(refusals_per_minute=2), api=ApiSettings(require_key=True)
    )
    async with serving(limited, kb) as client:
        headers = await key_for(kb, Principal("default", "jo", scopes=frozenset({"read"})))
        unknown = {"Authorization": headers["Authorization"][:-4] + "AAAA"}
        for _ in range(2):
            await client.get("/v1/me", headers=unknown)
        before = len(kb.keys_of_callers.reads)
        held_off = [(await client.get("/v1/me", headers=unknown)).status_code for _ in range(5)]
    assert held_off == [429] * 5
    assert len(kb.keys_of_callers.reads) == before


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
    ],
)
def test_addresses_of_one_client_are_one(first: str, second: str, is_one: bool):
    names = {address_of({"type": "http", "client": (one, 1)}) for one in (first, second)}
    assert (len(names) == 1) is is_one

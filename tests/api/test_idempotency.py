"""Whatever is sent with whatever key, in whatever order: each key does its work at most once and answers the same."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.config import Settings
from core.errors import DependencyDownError
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

REQUESTS = st.lists(
    st.tuples(
        st.sampled_from([None, "k1", "k2"]),
        st.sampled_from(["a.txt", "b.txt"]),
        st.sampled_from([b"x", b"y"]),
    ),
    min_size=1,
    max_size=8,
)


Service = tuple[asyncio.Runner, httpx.AsyncClient]
numbers = itertools.count()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """One service for all examples: it takes longer to build than to ask."""
    with asyncio.Runner() as runner:
        opened = serving(Settings(home=tmp_path), FakeKnowledgeBase())
        yield runner, runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=REQUESTS)
def test_a_key_does_its_work_once(service: Service, requests: list[tuple[str | None, str, bytes]]):
    runner, client = service
    runner.run(_check(client, requests, prefix=f"example-{next(numbers)}"))


async def _check(client: httpx.AsyncClient, requests: list[tuple[str | None, str, bytes]], prefix: str):
    first: dict[str, tuple[tuple[str, bytes], bytes]] = {}
    job_ids = set()
    worked_count = 0
    for key, name, data in requests:
        headers = {"Idempotency-Key": f"{prefix}-{key}"} if key else {}
        response = await client.post("/v1/documents", files={"file": (name, data)}, headers=headers)
        if key in first and first[key][0] != (name, data):
            assert response.status_code == 422
            continue
        assert response.status_code == 202
        job_ids.add(response.json()["id"])
        if key in first:
            assert response.content == first[key][1]
            continue
        worked_count += 1
        if key:
            first[key] = ((name, data), response.content)
    assert len(job_ids) == worked_count


async def test_of_requests_at_once_one_works_and_the_others_are_told_to_come_again(
    client, kb: FakeKnowledgeBase
):
    kb.may_index.clear()
    files, headers = {"file": ("a.txt", b"x")}, {"Idempotency-Key": "k"}

    async def send() -> object:
        return await client.post("/v1/documents?wait=30", files=files, headers=headers)

    first = asyncio.create_task(send())
    await kb.began.wait()
    conflict = await send()
    kb.may_index.set()
    answer = await first
    assert (conflict.status_code, conflict.json()["code"]) == (409, "request_in_flight")
    assert int(conflict.headers["retry-after"]) > 0
    assert answer.status_code == 201
    assert (await send()).json() == answer.json()


async def test_a_catalog_that_goes_meanwhile_keeps_no_key_from_its_sender(
    client, kb: FakeKnowledgeBase, monkeypatch: pytest.MonkeyPatch
):
    """The upload fails, and so does giving its key free: that is done once the catalog is back, not when the key expires."""
    files, headers = {"file": ("a.txt", b"x")}, {"Idempotency-Key": "k"}
    gone = asyncio.Event()
    monkeypatch.setattr(kb.jobs, "add", _unless(gone, kb.jobs.add))
    monkeypatch.setattr(kb.keys, "forget", _unless(gone, kb.keys.forget))
    gone.set()
    refused = await client.post("/v1/documents", files=files, headers=headers)
    gone.clear()
    assert (refused.status_code, refused.json()["code"]) == (503, "dependency_down")
    assert int(refused.headers["retry-after"]) > 0
    again = await _patiently(lambda: client.post("/v1/documents", files=files, headers=headers))
    assert again.status_code == 202
    assert "idempotency-replayed" not in again.headers


@pytest.mark.parametrize("path", ["/v1/documents", "/v1/sessions"])
async def test_what_was_done_is_answered_though_it_cannot_be_noted_yet(
    client, kb: FakeKnowledgeBase, monkeypatch: pytest.MonkeyPatch, path: str
):
    async def send() -> httpx.Response:
        body = {"files": {"file": ("a.txt", b"x")}} if path == "/v1/documents" else {"json": {}}
        return await client.post(path, headers={"Idempotency-Key": "k"}, **body)

    gone = asyncio.Event()
    monkeypatch.setattr(kb.keys, "answer", _unless(gone, kb.keys.answer))
    gone.set()
    done = await send()
    gone.clear()
    assert done.is_success
    again = await _patiently(send)
    assert again.json()["id"] == done.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"


def _unless(gone: asyncio.Event, work: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def tried(*given: object, **named: object) -> None:
        if gone.is_set():
            raise DependencyDownError("the catalog does not answer")
        await work(*given, **named)

    return tried


async def _patiently(send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """The first answer that is no 409: as a client does that is told to come again."""
    response = await send()
    async with asyncio.timeout(30):
        while response.status_code == httpx.codes.CONFLICT:
            await asyncio.sleep(0.1)
            response = await send()
    return response

"""`/v1/jobs`: what a job says, to whom, and how it is followed."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from core.config import Settings
from core.jobs import JobState
from core.service_settings import ApiSettings
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

Event = tuple[str, str, dict[str, object]]


def parsed(stream: str) -> list[Event]:
    """The events of a stream: kind, id, data."""
    found = []
    for block in stream.strip().split("\n\n"):
        lines = [line.split(": ", maxsplit=1) for line in block.splitlines() if not line.startswith(":")]
        fields = {line[0]: line[1] for line in lines if len(line) == 2}
        if fields:
            found.append((fields["event"], fields["id"], json.loads(fields["data"])))
    return found


async def upload(client: httpx.AsyncClient, name: str = "a.txt", data: bytes = b"text") -> str:
    response = await client.post("/v1/documents", files={"file": (name, data)})
    job_id: str = response.json()["id"]
    return job_id


async def test_a_job_ends_with_the_version_of_its_document(client: httpx.AsyncClient):
    job_id = await upload(client)
    await client.get(f"/v1/jobs/{job_id}/events")
    job = (await client.get(f"/v1/jobs/{job_id}")).json()
    assert (job["state"], job["progress"], job["version"], job["error"]) == ("succeeded", 1.0, 1, None)
    assert (await client.get(f"/v1/documents/{job['doc_id']}")).json()["state"] == "indexed"


async def test_a_job_that_failed_says_why_as_a_problem(client: httpx.AsyncClient):
    job_id = await upload(client, "scan.bin", b"\xff\xfe")
    await client.get(f"/v1/jobs/{job_id}/events")
    job = (await client.get(f"/v1/jobs/{job_id}")).json()
    assert job["state"] == "failed"
    assert (job["error"]["status"], job["error"]["code"]) == (422, "unreadable_file")


async def test_jobs_are_listed_newest_first_by_pages(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    uploaded = [await upload(client, f"{number}.txt") for number in range(5)]
    pages = [(await client.get("/v1/jobs", params={"limit": 2})).json()]
    while pages[-1]["has_more"]:
        cursor = {"limit": 2, "cursor": pages[-1]["next_cursor"]}
        pages.append((await client.get("/v1/jobs", params=cursor)).json())
    listed = [row["id"] for page in pages for row in page["data"]]
    assert [len(page["data"]) for page in pages] == [2, 2, 1]
    assert listed == sorted(uploaded, reverse=True)


async def test_a_job_of_another_tenant_looks_like_one_that_never_was(client, kb: FakeKnowledgeBase):
    job_id = await upload(client)
    await client.get(f"/v1/jobs/{job_id}/events")
    kb.jobs.rows[job_id] = replace(kb.jobs.rows[job_id], tenant="other")
    for path in (f"/v1/jobs/{job_id}", f"/v1/jobs/{job_id}/events"):
        hidden = await client.get(path)
        absent = await client.get(path.replace(job_id, "0" * 32))
        assert hidden.status_code == absent.status_code == 404
        assert hidden.json() | {"request_id": ""} == absent.json() | {"request_id": ""}
    assert (await client.get("/v1/jobs")).json()["data"] == []


@pytest.mark.parametrize("job_id", ["x", "..%2F", "%00", "f" * 65])
async def test_a_malformed_id_is_not_found(client: httpx.AsyncClient, job_id: str):
    assert (await client.get(f"/v1/jobs/{job_id}")).status_code == 404


async def test_the_stream_tells_every_state_and_ends(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.may_index.clear()
    job_id = await upload(client)
    following = asyncio.create_task(client.get(f"/v1/jobs/{job_id}/events"))
    await kb.began.wait()
    kb.may_index.set()
    response = await following
    events = parsed(response.text)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert [kind for kind, _, _ in events][-1] == "done"
    assert {kind for kind, _, _ in events} <= {"status", "progress", "done"}
    assert events[-1][2]["state"] == "succeeded"
    ids = [int(number) for _, number, _ in events]
    assert ids == sorted(set(ids))


async def test_a_failure_is_the_last_event_as_a_problem(client: httpx.AsyncClient):
    job_id = await upload(client, "scan.bin", b"\xff\xfe")
    events = parsed((await client.get(f"/v1/jobs/{job_id}/events")).text)
    kind, _, problem = events[-1]
    assert (kind, problem["status"], problem["code"]) == ("error", 422, "unreadable_file")
    assert problem["request_id"]


async def test_a_stream_goes_on_where_it_broke_off(client: httpx.AsyncClient, kb: FakeKnowledgeBase):
    kb.may_index.clear()
    job_id = await upload(client)
    await kb.began.wait()
    seen = str(kb.jobs.rows[job_id].revision)
    following = asyncio.create_task(client.get(f"/v1/jobs/{job_id}/events", headers={"Last-Event-ID": seen}))
    kb.may_index.set()
    events = parsed((await following).text)
    assert [int(number) > int(seen) for _, number, _ in events] == [True] * len(events)
    assert events[-1][0] == "done"


async def test_a_process_without_workers_leaves_jobs_to_others(kb: FakeKnowledgeBase, tmp_path: Path):
    settings = Settings(home=tmp_path, api=ApiSettings(job_worker_count=0))
    async with serving(settings, kb) as client:
        job_id = await upload(client)
        assert (await client.get(f"/v1/jobs/{job_id}")).json()["state"] == "queued"
    async with serving(Settings(home=tmp_path), kb) as client:
        await client.get(f"/v1/jobs/{job_id}/events")
    assert kb.jobs.rows[job_id].state is JobState.SUCCEEDED


async def test_a_service_that_stops_gives_its_jobs_back(kb: FakeKnowledgeBase, settings: Settings):
    kb.may_index.clear()
    async with serving(settings, kb) as client:
        job_id = await upload(client)
        await kb.began.wait()
    job = kb.jobs.rows[job_id]
    assert (job.state, job.owner, job.attempt_count) == (JobState.QUEUED, None, 0)


async def test_streams_and_jobs_are_documented():
    paths = create_app(Settings(), knowledge_base=FakeKnowledgeBase()).openapi()["paths"]
    content = paths["/v1/jobs/{job_id}/events"]["get"]["responses"]["200"]["content"]
    assert list(content) == ["text/event-stream"]
    assert set(paths["/v1/documents"]["post"]["responses"]) >= {"200", "201", "202"}

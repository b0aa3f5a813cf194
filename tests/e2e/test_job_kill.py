"""A killed API process leaves a job that the next one finishes; a file that another run has indexed is not done again."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from core.config import Settings, child_environment, load_settings
from core.service_settings import ApiSettings
from folio.knowledge_base import KnowledgeBase
from folio.ports import choose_port
from tests.api.conftest import serving

FILES = {"file": ("leave.md", b"# Leave\n\nEvery employee has thirty days of annual leave.\n")}


@asynccontextmanager
async def api_process(
    settings: Settings,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """A real API process that answers; killed at the end."""
    port = choose_port("127.0.0.1", 0, setting="a test's port")
    environment = child_environment(settings) | {
        "FOLIO_REDACTION__POLICY": "off",
        "FOLIO_API__JOB_LEASE_S": "1",
        "FOLIO_API__JOB_POLL_S": "0.1",
    }
    command = (sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app", "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            await answers(client, process)
            yield process, client
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    while True:
        assert process.returncode is None, "the process ended before it answered"
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx.TransportError:
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_a_killed_process_leaves_a_job_that_the_next_one_finishes(tmp_path: Path):
    settings = load_settings(home=tmp_path / "home")
    async with api_process(settings) as (process, client):
        job = (await client.post("/v1/documents", files=FILES)).json()
        process.kill()
        await process.wait()
    async with api_process(settings) as (_, client):
        events = (await client.get(f"/v1/jobs/{job['id']}/events")).text
        ended = (await client.get(f"/v1/jobs/{job['id']}")).json()
        found = (await client.get("/v1/search", params={"q": "annual leave"})).json()["hits"]
    assert "event: done" in events
    assert ended["state"] == "succeeded"
    assert [hit["doc_id"] for hit in found] == [job["doc_id"]]
    assert not list((settings.home / "uploads").glob(".upload-*"))


@pytest.mark.slow
async def test_a_job_ends_well_when_another_run_got_there_first(tmp_path: Path):
    settings = load_settings(home=tmp_path / "home", redaction={"policy": "off"})
    idle = settings.model_copy(update={"api": ApiSettings(job_worker_count=0)})
    async with serving(idle) as client:
        job = (await client.post("/v1/documents", files=FILES)).json()
    async with KnowledgeBase(settings) as elsewhere:
        report = await elsewhere.ingest([settings.home / "uploads"])
        assert report.added == 1
    async with serving(settings) as client:
        await client.get(f"/v1/jobs/{job['id']}/events")
        ended = (await client.get(f"/v1/jobs/{job['id']}")).json()
        document = (await client.get(f"/v1/documents/{job['doc_id']}")).json()
    assert (ended["state"], ended["version"]) == ("succeeded", 1)
    assert (document["state"], document["version"]) == ("indexed", 1)

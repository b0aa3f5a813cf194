"""Jobs are done once, whoever does them, and nothing that stops a worker loses one."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import ids
from core.documents import DocumentState
from core.errors import DependencyDownError, InvalidInputError
from core.jobs import Job, JobState
from core.service_settings import ApiSettings
from folio import uploads
from folio.job_worker import JobWorker
from folio.jobs import Bell, Upload, new_job
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import FakeJobs
from tests.fakes.knowledge_base import FakeKnowledgeBase

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SETTINGS = ApiSettings(job_attempt_count=2, job_lease_s=30)


class World:
    """An upload area, its jobs and a knowledge base."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = FakeClock(NOON)
        self.jobs = FakeJobs(self.clock)
        self.kb = FakeKnowledgeBase()

    async def upload(self, name: str, data: bytes = b"text", *, placed: bool = True) -> Job:
        doc_id = self.kb.upload_id(name)
        upload = Upload("default", "api", doc_id, name, ids.content_hash(data), len(data))
        self.clock.advance(0.001)
        job = new_job(upload, now=self.clock.now())
        await self.jobs.add(job)
        if placed:
            await uploads.keep(self.home, name=name, data=data)
            await self.jobs.release(job.job_id)
        return job

    def worker(self) -> JobWorker:
        return JobWorker(self.kb, self.jobs, file_of=self.file_of, settings=SETTINGS, bell=Bell())

    def file_of(self, job: Job) -> Path:
        return uploads.located(self.home, path=job.path)

    def state(self, job: Job) -> JobState:
        return self.jobs.rows[job.job_id].state

    def error(self, job: Job) -> tuple[int, str]:
        error = self.jobs.rows[job.job_id].error
        assert error is not None
        return error.status, error.code


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_uploads_in_a_row_are_indexed_together(world: World):
    uploaded = [await world.upload(f"{name}.txt") for name in "abc"]
    assert await world.worker().run_once() == 3
    assert world.kb.batches == [["a.txt", "b.txt", "c.txt"]]
    assert {world.state(job) for job in uploaded} == {JobState.SUCCEEDED}
    assert await world.worker().run_once() == 0


async def test_one_bad_file_fails_alone(world: World):
    good, bad = await world.upload("a.txt"), await world.upload("b.bin", b"\xff\xfe")
    await world.worker().run_once()
    assert (world.state(good), world.state(bad)) == (JobState.SUCCEEDED, JobState.FAILED)
    assert world.error(bad) == (422, "unreadable_file")


async def test_a_worker_that_is_stopped_gives_its_jobs_back(world: World):
    job = await world.upload("a.txt")
    world.kb.may_index.clear()
    working = asyncio.create_task(world.worker().run_once())
    await world.kb.began.wait()
    assert world.state(job) is JobState.RUNNING
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert (world.state(job), world.jobs.rows[job.job_id].attempt_count) == (JobState.QUEUED, 0)
    world.kb.may_index.set()
    await world.worker().run_once()
    assert world.state(job) is JobState.SUCCEEDED


async def test_what_a_killed_worker_had_is_done_by_another_once_its_lease_has_ended(world: World):
    job = await world.upload("a.txt")
    await world.jobs.claim("killed", limit=1, lease_s=30)
    assert await world.worker().run_once() == 0
    world.clock.advance(30)
    assert await world.worker().run_once() == 1
    assert world.state(job) is JobState.SUCCEEDED


async def test_a_job_that_was_begun_before_is_done_alone(world: World):
    await world.upload("a.txt")
    await world.jobs.claim("killed", limit=1, lease_s=30)
    world.clock.advance(30)
    await world.upload("b.txt")
    await world.upload("c.txt")
    await world.worker().run_once()
    assert world.kb.batches == [["b.txt", "c.txt"], ["a.txt"]]


async def test_a_job_that_kills_every_worker_is_given_up(world: World):
    job = await world.upload("a.txt")
    for _ in range(2):
        await world.jobs.claim("killed", limit=1, lease_s=30)
        world.clock.advance(30)
    await world.worker().run_once()
    assert world.kb.batches == []
    assert world.error(job) == (503, "temporarily_unavailable")


async def test_a_store_that_is_down_puts_jobs_off_and_at_last_fails_them(world: World):
    job = await world.upload("a.txt")
    world.kb.down = DependencyDownError("the vector store does not answer")
    await world.worker().run_once()
    assert world.state(job) is JobState.QUEUED
    assert await world.worker().run_once() == 0
    world.clock.advance(2)
    await world.worker().run_once()
    assert world.error(job) == (503, "dependency_down")


async def test_a_bug_fails_its_jobs_and_tells_nobody_why(world: World, caplog: pytest.LogCaptureFixture):
    job = await world.upload("a.txt")
    world.kb.upload = None  # type: ignore[assignment, method-assign]
    await world.worker().run_once()
    assert world.error(job) == (500, "internal_error")
    assert job.job_id in caplog.text


async def test_a_document_that_another_run_has_indexed_already_counts(world: World):
    job = await world.upload("a.txt", b"text")

    async def nothing_left_to_do(*paths: object, **options: object) -> None:
        await world.kb.upload("a.txt", b"text")

    world.kb.index_uploads = nothing_left_to_do  # type: ignore[method-assign, assignment]
    await world.worker().run_once()
    assert (world.state(job), world.jobs.rows[job.job_id].version) == (JobState.SUCCEEDED, 1)


async def test_a_document_that_another_run_still_works_on_is_looked_at_again(world: World):
    job = await world.upload("a.txt", b"text")
    record = await world.kb.upload("a.txt", b"text")

    async def busy_elsewhere(*paths: object, **options: object) -> None:
        world.kb.records[record.doc_id] = replace(record, state=DocumentState.INDEXING)

    world.kb.index_uploads = busy_elsewhere  # type: ignore[method-assign, assignment]
    await world.worker().run_once()
    assert world.state(job) is JobState.QUEUED
    world.kb.records[record.doc_id] = record
    world.kb.index_uploads = nothing  # type: ignore[method-assign, assignment]
    world.clock.advance(2)
    await world.worker().run_once()
    assert world.state(job) is JobState.SUCCEEDED


async def test_an_old_version_is_not_taken_for_the_new_one(world: World):
    await world.kb.upload("a.txt", b"old")
    job = await world.upload("a.txt", b"new")
    world.kb.index_uploads = nothing  # type: ignore[method-assign, assignment]
    await world.worker().run_once()
    assert world.state(job) is JobState.QUEUED


async def test_an_upload_that_a_later_one_replaced_ends_with_it(world: World):
    first, second = await world.upload("a.txt", b"one"), await world.upload("a.txt", b"two")
    await world.worker().run_once()
    assert world.kb.batches == [["a.txt"]]
    assert {world.state(first), world.state(second)} == {JobState.SUCCEEDED}


async def test_an_upload_that_was_deleted_before_its_turn_is_cancelled(world: World):
    job = await world.upload("a.txt")
    (uploads.folder(world.home) / "a.txt").unlink()
    await world.worker().run_once()
    assert (world.state(job), world.error(job)) == (JobState.CANCELLED, (409, "document_deleted"))


@pytest.mark.parametrize("old", [None, b"old"])
async def test_an_upload_whose_file_never_came_says_so(world: World, old: bytes | None):
    if old:
        await uploads.keep(world.home, name="a.txt", data=old)
        await world.kb.upload("a.txt", old)
    job = await world.upload("a.txt", b"new", placed=False)
    assert await world.worker().run_once() == 0
    world.clock.advance(60)
    await world.worker().run_once()
    assert world.error(job) == (503, "upload_interrupted")


async def test_a_file_that_vanishes_while_a_batch_begins_does_not_harm_the_others(world: World):
    gone, good = await world.upload("a.txt"), await world.upload("b.txt")
    index = world.kb.index_uploads

    async def vanished(paths: list[Path], **options: object) -> None:
        if len(paths) > 1:
            paths[0].unlink()
            raise InvalidInputError("a.txt does not exist")
        await index(paths, **options)  # type: ignore[arg-type]

    world.kb.index_uploads = vanished  # type: ignore[method-assign, assignment]
    await world.worker().run_once()
    world.clock.advance(2)
    await world.worker().run_once()
    assert (world.state(gone), world.state(good)) == (JobState.CANCELLED, JobState.SUCCEEDED)


async def nothing(*paths: object, **options: object) -> None:
    """Another run has all of it."""

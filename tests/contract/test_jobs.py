"""What every store of jobs and idempotency keys must do, over SQLite, Postgres and the fakes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from core.config import Settings, load_settings
from core.jobs import Job, JobError, JobKind, JobOutcome, JobState, KeptAnswer, KeyClaim
from core.ports import IdempotencyKeys, JobQueue, JobStore
from store.catalog.catalog import open_catalog
from tests.contract.migrated import emptied
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import FakeIdempotencyKeys, FakeJobs

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ERROR = JobError(422, "unreadable_file", "the file is locked")
HELD = {"hold_s": 60.0, "keep_s": 3600.0}


@dataclass(frozen=True)
class Stores:
    jobs: JobStore
    queue: JobQueue
    keys: IdempotencyKeys
    clock: FakeClock


def settings_for(kind: str, request: pytest.FixtureRequest) -> Settings:
    if kind == "sqlite":
        return load_settings(home=request.getfixturevalue("tmp_path"))
    url = request.getfixturevalue("postgres_url")
    emptied(url)
    return load_settings(catalog={"url": url})


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def place(request: pytest.FixtureRequest) -> Settings | None:
    """Where the catalog is; None for the fakes."""
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def stores(place: Settings | None) -> AsyncIterator[Stores]:
    clock = FakeClock(NOON)
    if place is None:
        fake = FakeJobs(clock)
        yield Stores(fake, fake, FakeIdempotencyKeys(clock, jobs=fake), clock)
        return
    async with open_catalog(place, clock) as catalog:
        yield Stores(catalog.jobs, catalog.jobs, catalog.keys, clock)


def job(job_id: str, **fields: object) -> Job:
    plain = Job(
        job_id=job_id,
        tenant="default",
        subject="api",
        kind=JobKind.UPLOAD,
        doc_id="d1",
        path="a\u00e9/leave.txt",
        content_hash="f" * 64,
        size_bytes=7,
        created_at=NOON,
        available_at=NOON,
        updated_at=NOON,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


async def ids_of(found: object) -> list[str]:
    return [row.job_id for row in await found]  # type: ignore[attr-defined]


async def test_a_job_comes_back_as_it_was_written(stores: Stores):
    written = job("01", error=ERROR, version=3, started_at=NOON, finished_at=NOON, state=JobState.FAILED)
    await stores.jobs.add(written)
    assert await stores.jobs.job("01") == written
    assert await stores.jobs.job("02") is None


async def test_pages_are_newest_first_and_of_one_tenant_and_subject(stores: Stores):
    for name in ("01", "02", "03", "04"):
        await stores.jobs.add(job(name))
    await stores.jobs.add(job("05", tenant="other"))
    await stores.jobs.add(job("06", subject="somebody"))
    mine = {"subject": "api", "limit": 3}
    assert await ids_of(stores.jobs.page("default", **mine)) == ["04", "03", "02"]
    assert await ids_of(stores.jobs.page("default", **mine, before="02")) == ["01"]
    assert await ids_of(stores.jobs.page("default", subject=None, limit=1)) == ["06"]


async def test_the_oldest_jobs_are_claimed_first_and_once(stores: Stores):
    for name in ("03", "01", "02"):
        await stores.jobs.add(job(name))
    first = await stores.queue.claim("one", limit=2, lease_s=30)
    second = await stores.queue.claim("two", limit=2, lease_s=30)
    assert [row.job_id for row in first] == ["01", "02"]
    assert [row.job_id for row in second] == ["03"]
    assert {(row.state, row.owner, row.attempt_count, row.revision) for row in first} == {
        (JobState.RUNNING, "one", 1, 2)
    }
    assert first[0].started_at == NOON
    assert await stores.queue.claim("three", limit=2, lease_s=30) == []


async def test_claims_at_once_never_share_a_job(stores: Stores):
    for number in range(12):
        await stores.jobs.add(job(f"{number:02d}"))
    claims = [stores.queue.claim(f"owner{number}", limit=4, lease_s=30) for number in range(5)]
    taken = [row.job_id for rows in await asyncio.gather(*claims) for row in rows]
    assert len(taken) == len(set(taken))
    left = [row.job_id for row in await stores.queue.claim("last", limit=12, lease_s=30)]
    assert sorted(taken + left) == [f"{number:02d}" for number in range(12)]


async def test_a_job_that_may_not_begin_yet_waits_until_it_is_released(stores: Stores):
    await stores.jobs.add(job("01", available_at=NOON + timedelta(seconds=60)))
    assert await stores.queue.claim("one", limit=1, lease_s=30) == []
    await stores.jobs.release("01")
    assert [row.job_id for row in await stores.queue.claim("one", limit=1, lease_s=30)] == ["01"]


async def test_a_job_is_taken_over_when_its_lease_has_ended_and_not_before(stores: Stores):
    await stores.jobs.add(job("01"))
    await stores.queue.claim("dead", limit=1, lease_s=30)
    stores.clock.advance(29)
    assert await stores.queue.claim("other", limit=1, lease_s=30) == []
    await stores.queue.extend("dead", lease_s=30)
    stores.clock.advance(29)
    assert await stores.queue.claim("other", limit=1, lease_s=30) == []
    stores.clock.advance(1)
    taken = await stores.queue.claim("other", limit=1, lease_s=30)
    assert [(row.owner, row.attempt_count) for row in taken] == [("other", 2)]


async def test_only_the_owner_can_finish_a_job(stores: Stores):
    await stores.jobs.add(job("01"))
    await stores.queue.claim("late", limit=1, lease_s=30)
    stores.clock.advance(31)
    await stores.queue.claim("owner", limit=1, lease_s=30)
    await stores.queue.finish("late", [JobOutcome("01", JobState.FAILED, error=ERROR)])
    await stores.queue.advance("late", ["01"], progress=0.9)
    await stores.queue.put_back("late", ["01"])
    assert (await stores.jobs.job("01")).state is JobState.RUNNING
    await stores.queue.finish("owner", [JobOutcome("01", JobState.SUCCEEDED, 4)])
    done = await stores.jobs.job("01")
    assert (done.state, done.version, done.progress, done.owner) == (JobState.SUCCEEDED, 4, 1.0, None)
    assert done.finished_at == stores.clock.now()


async def test_a_job_given_back_can_be_taken_at_once_and_does_not_count_as_tried(stores: Stores):
    await stores.jobs.add(job("01"))
    await stores.queue.claim("one", limit=1, lease_s=30)
    await stores.queue.put_back("one", ["01"], counted=False)
    assert [row.attempt_count for row in await stores.queue.claim("two", limit=1, lease_s=30)] == [1]


async def test_a_job_that_is_put_off_waits_its_time(stores: Stores):
    await stores.jobs.add(job("01"))
    await stores.queue.claim("one", limit=1, lease_s=30)
    await stores.queue.put_back("one", ["01"], delay_s=10)
    assert await stores.queue.claim("one", limit=1, lease_s=30) == []
    stores.clock.advance(10)
    assert [row.attempt_count for row in await stores.queue.claim("one", limit=1, lease_s=30)] == [2]


async def test_every_change_has_a_revision_of_its_own(stores: Stores):
    await stores.jobs.add(job("01"))
    revisions = [(await stores.jobs.job("01")).revision]
    await stores.queue.claim("one", limit=1, lease_s=30)
    revisions.append((await stores.jobs.job("01")).revision)
    await stores.queue.advance("one", ["01"], progress=0.5)
    revisions.append((await stores.jobs.job("01")).revision)
    await stores.queue.finish("one", [JobOutcome("01", JobState.FAILED, error=ERROR)])
    revisions.append((await stores.jobs.job("01")).revision)
    assert revisions == [1, 2, 3, 4]
    assert (await stores.jobs.job("01")).error == ERROR


async def test_only_jobs_that_ended_are_purged(stores: Stores):
    await stores.jobs.add(job("01"))
    await stores.jobs.add(job("02"))
    await stores.queue.claim("one", limit=1, lease_s=30)
    await stores.queue.finish("one", [JobOutcome("01", JobState.SUCCEEDED)])
    await stores.queue.purge(NOON)
    assert await stores.jobs.job("01") is not None
    await stores.queue.purge(NOON + timedelta(seconds=1))
    assert await stores.jobs.job("01") is None
    assert await stores.jobs.job("02") is not None


async def test_only_a_queued_job_can_be_taken_back(stores: Stores):
    await stores.jobs.add(job("01"))
    await stores.jobs.add(job("02"))
    await stores.queue.claim("one", limit=1, lease_s=30)
    await stores.jobs.remove("01")
    await stores.jobs.remove("02")
    assert await stores.jobs.job("01") is not None
    assert await stores.jobs.job("02") is None


async def test_a_key_is_claimed_once(stores: Stores):
    claims = [stores.keys.claim("k", request_hash="r", **HELD) for _ in range(6)]
    found = await asyncio.gather(*claims)
    assert [claim.ours for claim in found].count(True) == 1
    assert KeyClaim(ours=False) in found


async def test_an_answer_is_replayed_with_its_job(stores: Stores):
    await stores.keys.claim("k", request_hash="r", **HELD)
    await stores.jobs.add(job("01"), key_hash="k")
    await stores.keys.answer("k", KeptAnswer(202, '{"id": "01"}'))
    again = await stores.keys.claim("k", request_hash="r", **HELD)
    assert again == KeyClaim(False, True, "01", KeptAnswer(202, '{"id": "01"}'))
    other = await stores.keys.claim("k", request_hash="other", **HELD)
    assert (other.ours, other.same_request) == (False, False)


async def test_a_key_of_a_dead_process_is_free_unless_it_has_a_job(stores: Stores):
    await stores.keys.claim("without", request_hash="r", **HELD)
    await stores.keys.claim("with", request_hash="r", **HELD)
    await stores.jobs.add(job("01"), key_hash="with")
    assert await stores.keys.claim("with", request_hash="r", **HELD) == KeyClaim(ours=False)
    stores.clock.advance(60)
    assert (await stores.keys.claim("without", request_hash="r", **HELD)).ours
    assert await stores.keys.claim("with", request_hash="r", **HELD) == KeyClaim(ours=False, job_id="01")


async def test_a_key_is_forgotten_on_request_and_after_its_time(stores: Stores):
    await stores.keys.claim("k", request_hash="r", **HELD)
    await stores.keys.forget("k")
    assert (await stores.keys.claim("k", request_hash="other", **HELD)).ours
    await stores.keys.answer("k", KeptAnswer(201))
    stores.clock.advance(3600)
    assert (await stores.keys.claim("k", request_hash="third", **HELD)).ours
    await stores.keys.purge(stores.clock.now() + timedelta(seconds=1))
    assert (await stores.keys.claim("k", request_hash="fourth", **HELD)).ours

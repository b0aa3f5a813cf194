"""Jobs and idempotency keys in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.jobs import Job, JobOutcome, JobState, KeptAnswer, KeyClaim
from core.ports import Clock


class FakeJobs:
    """Implements JobStore and JobQueue with a dictionary. `of_key` is the job of each idempotency key."""

    def __init__(self, clock: Clock) -> None:
        self.rows: dict[str, Job] = {}
        self.of_key: dict[str, str] = {}
        self._clock = clock

    async def add(self, job: Job, *, key_hash: str | None = None) -> None:
        self.rows[job.job_id] = job
        if key_hash is not None:
            self.of_key[key_hash] = job.job_id

    async def release(self, job_id: str) -> None:
        job = self.rows.get(job_id)
        if job and job.state is JobState.QUEUED:
            self.rows[job_id] = replace(job, available_at=self._clock.now())

    async def remove(self, job_id: str) -> None:
        job = self.rows.get(job_id)
        if job and job.state is JobState.QUEUED:
            del self.rows[job_id]

    async def job(self, job_id: str) -> Job | None:
        return self.rows.get(job_id)

    async def page(
        self, tenant: str, *, subject: str | None, limit: int, before: str | None = None
    ) -> list[Job]:
        return [
            job
            for job_id, job in sorted(self.rows.items(), reverse=True)
            if job.tenant == tenant and subject in {None, job.subject} and (before is None or job_id < before)
        ][:limit]

    async def claim(self, owner: str, *, limit: int, lease_s: float) -> list[Job]:
        now = self._clock.now()
        free = [job for _, job in sorted(self.rows.items()) if _is_free(job, now)][:limit]
        for job in free:
            self._change(
                job,
                state=JobState.RUNNING,
                owner=owner,
                lease_until=now + timedelta(seconds=lease_s),
                attempt_count=job.attempt_count + 1,
                started_at=job.started_at or now,
            )
        return [self.rows[job.job_id] for job in free]

    async def extend(self, owner: str, *, lease_s: float) -> None:
        until = self._clock.now() + timedelta(seconds=lease_s)
        for job in self._of(owner):
            self.rows[job.job_id] = replace(job, lease_until=until)

    async def advance(self, owner: str, job_ids: Collection[str], *, progress: float) -> None:
        for job in self._of(owner):
            if job.job_id in job_ids:
                self._change(job, progress=progress)

    async def put_back(
        self, owner: str, job_ids: Collection[str], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        for job in self._of(owner):
            if job.job_id in job_ids:
                self._change(
                    job,
                    state=JobState.QUEUED,
                    owner=None,
                    lease_until=None,
                    progress=0.0,
                    available_at=self._clock.now() + timedelta(seconds=delay_s),
                    attempt_count=job.attempt_count - (0 if counted else 1),
                )

    async def finish(self, owner: str, outcomes: Sequence[JobOutcome]) -> None:
        now = self._clock.now()
        for outcome in outcomes:
            for job in self._of(owner):
                if job.job_id == outcome.job_id:
                    self._change(
                        job,
                        state=outcome.state,
                        version=outcome.version,
                        error=outcome.error,
                        progress=1.0,
                        owner=None,
                        lease_until=None,
                        finished_at=now,
                    )

    async def purge(self, before: datetime) -> None:
        self.rows = {
            job_id: job
            for job_id, job in self.rows.items()
            if not job.state.finished or (job.finished_at and job.finished_at >= before)
        }

    def _of(self, owner: str) -> list[Job]:
        return [job for job in self.rows.values() if job.owner == owner and job.state is JobState.RUNNING]

    def _change(self, job: Job, **fields: object) -> None:
        revision = job.revision + 1
        changed = replace(job, revision=revision, updated_at=self._clock.now(), **fields)  # type: ignore[arg-type]
        self.rows[job.job_id] = changed


@dataclass(frozen=True, slots=True)
class _Row:
    request_hash: str
    claimed_until: datetime
    created_at: datetime
    answer: KeptAnswer | None = None


class FakeIdempotencyKeys:
    """Implements IdempotencyKeys with a dictionary, over the jobs of a FakeJobs."""

    def __init__(self, clock: Clock, *, jobs: FakeJobs) -> None:
        self._rows: dict[str, _Row] = {}
        self._jobs = jobs
        self._clock = clock

    async def claim(self, key_hash: str, *, request_hash: str, hold_s: float, keep_s: float) -> KeyClaim:
        now = self._clock.now()
        row, job_id = self._rows.get(key_hash), self._jobs.of_key.get(key_hash)
        if row is None or row.created_at <= now - timedelta(seconds=keep_s) or self._left(row, job_id, now):
            self._rows[key_hash] = _Row(request_hash, now + timedelta(seconds=hold_s), now)
            self._jobs.of_key.pop(key_hash, None)
            return KeyClaim(ours=True)
        has_job = row.answer is not None or row.claimed_until <= now
        same = row.request_hash == request_hash
        return KeyClaim(False, same, job_id if has_job else None, row.answer)

    async def answer(self, key_hash: str, answer: KeptAnswer) -> None:
        if key_hash in self._rows:
            self._rows[key_hash] = replace(self._rows[key_hash], answer=answer)

    async def forget(self, key_hash: str) -> None:
        self._rows.pop(key_hash, None)
        self._jobs.of_key.pop(key_hash, None)

    async def purge(self, before: datetime) -> None:
        self._rows = {key: row for key, row in self._rows.items() if row.created_at >= before}

    def _left(self, row: _Row, job_id: str | None, now: datetime) -> bool:
        return job_id is None and row.answer is None and row.claimed_until <= now


def _is_free(job: Job, now: datetime) -> bool:
    if job.state is JobState.QUEUED:
        return job.available_at <= now
    return job.state is JobState.RUNNING and job.lease_until is not None and job.lease_until <= now

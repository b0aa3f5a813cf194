"""Jobs in the catalog's database."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.jobs import Job, JobError, JobKind, JobOutcome, JobState
from core.ports import Clock
from store.catalog.engine import Database
from store.catalog.job_tables import idempotency_keys, jobs

_PLAIN = [field.name for field in fields(Job) if field.name not in {"kind", "state", "error"}]
_FINISHED = [state.value for state in JobState if state.finished]


class SqlJobs:
    """Implements JobStore and JobQueue over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def add(self, job: Job, *, key_hash: str | None = None) -> None:
        """Insert a new job and, in the same transaction, note it for an idempotency key."""
        noted = sa.update(idempotency_keys).where(idempotency_keys.c.key_hash == key_hash)
        async with self._database.writing() as connection:
            await connection.execute(sa.insert(jobs), _to_row(job))
            if key_hash is not None:
                await connection.execute(noted.values(job_id=job.job_id))

    async def release(self, job_id: str) -> None:
        """Let a queued job begin now, whatever its `available_at` was."""
        queued = (jobs.c.job_id == job_id) & (jobs.c.state == JobState.QUEUED.value)
        async with self._database.writing() as connection:
            await connection.execute(sa.update(jobs).where(queued).values(available_at=self._clock.now()))

    async def remove(self, job_id: str) -> None:
        """Take a queued job back; no error if there is none."""
        queued = (jobs.c.job_id == job_id) & (jobs.c.state == JobState.QUEUED.value)
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(jobs).where(queued))

    async def job(self, job_id: str) -> Job | None:
        """One job, or None."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(jobs).where(jobs.c.job_id == job_id))
            row = found.mappings().first()
        return _from_row(row) if row else None

    async def page(
        self, tenant: str, *, subject: str | None, limit: int, before: str | None = None
    ) -> list[Job]:
        """Jobs of a tenant, of one subject or of all, newest first, from before the id `before`."""
        query = sa.select(jobs).where(jobs.c.tenant == tenant)
        if subject is not None:
            query = query.where(jobs.c.subject == subject)
        if before is not None:
            query = query.where(jobs.c.job_id < before)
        return await self._read(query.order_by(jobs.c.job_id.desc()).limit(limit))

    async def claim(self, owner: str, *, limit: int, lease_s: float) -> list[Job]:
        """Make the oldest jobs one's own that may begin, or whose owner's lease has ended; they are running now."""
        now = self._clock.now()
        free = _free(now).limit(limit)
        # A look first: most of the time there is nothing, and a writer keeps SQLite's other writers waiting.
        if not await self._read(free.limit(1)):
            return []
        async with self._database.writing() as connection:
            found = await connection.execute(free.with_for_update(skip_locked=True))
            claimed = [
                {
                    "row_id": row["job_id"],
                    "state": JobState.RUNNING.value,
                    "owner": owner,
                    "lease_until": now + timedelta(seconds=lease_s),
                    "attempt_count": row["attempt_count"] + 1,
                    "revision": row["revision"] + 1,
                    "started_at": row["started_at"] or now,
                    "updated_at": now,
                }
                for row in found.mappings().all()
            ]
            if claimed:
                await connection.execute(_by_row_id(claimed[0]), claimed)
            return await self._rows(connection, [row["row_id"] for row in claimed])

    async def extend(self, owner: str, *, lease_s: float) -> None:
        """Keep all jobs of the owner, from now for `lease_s` seconds."""
        until = self._clock.now() + timedelta(seconds=lease_s)
        async with self._database.writing() as connection:
            await connection.execute(sa.update(jobs).where(_of(owner)).values(lease_until=until))

    async def advance(self, owner: str, job_ids: Collection[str], *, progress: float) -> None:
        """Say how far jobs are, from 0 to 1."""
        changed = sa.update(jobs).where(_of(owner), jobs.c.job_id.in_(job_ids))
        async with self._database.writing() as connection:
            await connection.execute(changed.values(progress=progress, **self._changed()))

    async def put_back(
        self, owner: str, job_ids: Collection[str], *, delay_s: float = 0.0, counted: bool = True
    ) -> None:
        """Queue jobs again, not to begin before `delay_s` seconds; not `counted`: as if they had not begun."""
        if not job_ids:
            return
        changed = sa.update(jobs).where(_of(owner), jobs.c.job_id.in_(job_ids))
        values = {
            "state": JobState.QUEUED.value,
            "owner": None,
            "lease_until": None,
            "progress": 0.0,
            "available_at": self._clock.now() + timedelta(seconds=delay_s),
            "attempt_count": jobs.c.attempt_count - (0 if counted else 1),
        }
        async with self._database.writing() as connection:
            await connection.execute(changed.values(**values, **self._changed()))

    async def finish(self, owner: str, outcomes: Sequence[JobOutcome]) -> None:
        """Record how jobs ended."""
        now = self._clock.now()
        async with self._database.writing() as connection:
            for outcome in outcomes:
                ended = sa.update(jobs).where(_of(owner), jobs.c.job_id == outcome.job_id)
                values = {
                    "state": outcome.state.value,
                    "version": outcome.version,
                    "error": asdict(outcome.error) if outcome.error else None,
                    "progress": 1.0,
                    "owner": None,
                    "lease_until": None,
                    "finished_at": now,
                }
                await connection.execute(ended.values(**values, **self._changed()))

    async def purge(self, before: datetime) -> None:
        """Forget jobs that ended before an instant."""
        old = jobs.c.state.in_(_FINISHED) & (jobs.c.finished_at < before)
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(jobs).where(old))

    def _changed(self) -> dict[str, Any]:
        return {"revision": jobs.c.revision + 1, "updated_at": self._clock.now()}

    async def _read(self, query: sa.Select[Any]) -> list[Job]:
        async with self._database.reading() as connection:
            return [_from_row(row) for row in (await connection.execute(query)).mappings().all()]

    async def _rows(self, connection: Any, job_ids: Sequence[str]) -> list[Job]:
        query = sa.select(jobs).where(jobs.c.job_id.in_(job_ids)).order_by(jobs.c.job_id)
        return [_from_row(row) for row in (await connection.execute(query)).mappings().all()]


def _free(now: datetime) -> sa.Select[Any]:
    waiting = (jobs.c.state == JobState.QUEUED.value) & (jobs.c.available_at <= now)
    left = (jobs.c.state == JobState.RUNNING.value) & (jobs.c.lease_until <= now)
    return sa.select(jobs).where(waiting | left).order_by(jobs.c.job_id)


def _of(owner: str) -> sa.ColumnElement[bool]:
    return (jobs.c.owner == owner) & (jobs.c.state == JobState.RUNNING.value)


def _by_row_id(values: dict[str, Any]) -> sa.Update:
    names: dict[str, Any] = {name: sa.bindparam(name) for name in values if name != "row_id"}
    return sa.update(jobs).where(jobs.c.job_id == sa.bindparam("row_id")).values(**names)


def _to_row(job: Job) -> dict[str, Any]:
    plain = {name: getattr(job, name) for name in _PLAIN}
    error = asdict(job.error) if job.error else None
    return plain | {"kind": job.kind.value, "state": job.state.value, "error": error}


def _from_row(row: sa.RowMapping) -> Job:
    return Job(
        **{name: row[name] for name in _PLAIN},
        kind=JobKind(row["kind"]),
        state=JobState(row["state"]),
        error=JobError(**row["error"]) if row["error"] else None,
    )

"""Idempotency keys in the catalog's database."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from core.jobs import KeptAnswer, KeyClaim
from core.ports import Clock
from store.catalog.engine import Database
from store.catalog.job_tables import idempotency_keys as keys
from store.catalog.upsert import insert_or_replace_where


class SqlIdempotencyKeys:
    """Implements IdempotencyKeys over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def claim(self, key_hash: str, *, request_hash: str, hold_s: float, keep_s: float) -> KeyClaim:
        """Make the key this request's own for `hold_s` seconds, unless it is known since less than `keep_s` seconds."""
        now = self._clock.now()
        row = {
            "key_hash": key_hash,
            "request_hash": request_hash,
            "claimed_until": now + timedelta(seconds=hold_s),
            "created_at": now,
            **dict.fromkeys(("job_id", "status", "body")),
        }
        async with self._database.writing() as connection:
            # Free again: too old, or left by a process that died before it had anything to show for it.
            old = keys.c.created_at <= now - timedelta(seconds=keep_s)
            left = keys.c.job_id.is_(None) & keys.c.status.is_(None) & (keys.c.claimed_until <= now)
            taking = insert_or_replace_where(keys, connection.dialect.name, where=old | left)
            taken = await connection.execute(taking.returning(keys.c.key_hash), row)
            if taken.first():
                return KeyClaim(ours=True)
            found = await connection.execute(sa.select(keys).where(keys.c.key_hash == key_hash))
            return _known(found.mappings().one(), request_hash=request_hash, now=now)

    async def answer(self, key_hash: str, answer: KeptAnswer) -> None:
        """Keep the answer to be replayed."""
        kept = sa.update(keys).where(keys.c.key_hash == key_hash)
        async with self._database.writing() as connection:
            await connection.execute(kept.values(status=answer.status, body=answer.body))

    async def forget(self, key_hash: str) -> None:
        """Give the key free: the request left nothing behind."""
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(keys).where(keys.c.key_hash == key_hash))

    async def purge(self, before: datetime) -> None:
        """Forget keys that were claimed before an instant."""
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(keys).where(keys.c.created_at < before))


def _known(row: sa.RowMapping, *, request_hash: str, now: datetime) -> KeyClaim:
    answer = KeptAnswer(row["status"], row["body"]) if row["status"] is not None else None
    # While a request works on it, its job is not the answer: it may wait for the job's end.
    has_job = answer is not None or row["claimed_until"] <= now
    return KeyClaim(
        ours=False,
        same_request=row["request_hash"] == request_hash,
        job_id=row["job_id"] if has_job else None,
        answer=answer,
    )

"""What leaves the audit log and the records of answers when its time is over. The log says so itself, and stays verifiable."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.answer_records import EVERYBODY, PRUNED
from core.audit import AuditEvent, AuditHead, removal
from core.ports import Clock
from store.catalog.answer_record_tables import answer_feedback, answer_records
from store.catalog.answer_records import SUBJECT
from store.catalog.answer_words import remove_expired_words
from store.catalog.audit import appended, checkpoint, head
from store.catalog.audit_tables import audit_checkpoints, audit_log
from store.catalog.engine import Database
from store.catalog.review_tables import review_items

_ANSWER = "answer"


class SqlRetention:
    """Removes what is over, from the log only with a checkpoint that the rest follows."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def remove_words(self, *, now: datetime) -> int:
        """Remove words that were kept for review long enough; of how many answers."""
        return await remove_expired_words(self._database, now=now)

    async def remove_records(self, *, before: datetime) -> int:
        """Remove records of answers, whole batches of them, with their feedback and review items; how many records there were."""
        if not await self._any(sa.select(answer_records.c.answer_id).where(answer_records.c.at < before)):
            return 0
        async with self._database.writing() as connection:
            last = await _last_batch(connection, before=before)
            if last is None:
                return 0
            over = answer_records.c.sealed_by <= last
            answers = sa.select(answer_records.c.answer_id).where(over)
            await connection.execute(
                sa.delete(answer_feedback).where(answer_feedback.c.answer_id.in_(answers))
            )
            reviews = (review_items.c.kind == _ANSWER, review_items.c.object.in_(answers))
            await connection.execute(sa.delete(review_items).where(*reviews))
            count = (await connection.execute(sa.delete(answer_records).where(over))).rowcount
            event = AuditEvent(EVERYBODY, SUBJECT, PRUNED, str(last), f"{count} records")
            await appended(connection, [event], clock=self._clock)
        return count

    async def remove_entries(self, *, before: datetime) -> int:
        """Remove the oldest entries of the log, except those that seal records which are kept; how many there were."""
        if not await self._any(sa.select(audit_log.c.sequence).where(audit_log.c.at < before)):
            return 0
        async with self._database.writing() as connection:
            ends = await head(connection)
            row = await _last_entry(connection, before=before, below=ends.sequence)
            if row is None or row.sequence <= (await checkpoint(connection)).sequence:
                return 0
            await appended(connection, [removal(row, tenant=EVERYBODY, subject=SUBJECT)], clock=self._clock)
            kept = {"sequence": row.sequence, "hash": row.hash, "at": self._clock.now()}
            await connection.execute(sa.insert(audit_checkpoints), kept)
            over = sa.delete(audit_log).where(audit_log.c.sequence <= row.sequence)
            return (await connection.execute(over)).rowcount

    async def _any(self, query: sa.Select[tuple[str]] | sa.Select[tuple[int]]) -> bool:
        # A look first: a writer keeps SQLite's other writers waiting.
        async with self._database.reading() as connection:
            return (await connection.execute(query.limit(1))).first() is not None


async def _last_batch(connection: AsyncConnection, *, before: datetime) -> int | None:
    """The last entry of which all records, and those of all entries before, are over."""
    row = answer_records.c
    first_kept = sa.select(sa.func.min(row.sealed_by)).where(row.at >= before)
    kept = (await connection.execute(first_kept)).scalar()
    query = sa.select(sa.func.max(row.sealed_by))
    found = (await connection.execute(query if kept is None else query.where(row.sealed_by < kept))).scalar()
    return None if found is None else int(found)


async def _last_entry(connection: AsyncConnection, *, before: datetime, below: int) -> AuditHead | None:
    """The last entry that may go. The newest one never does, nor what seals a record, nor what says that records were removed."""
    row = audit_log.c
    first_kept = (
        await connection.execute(sa.select(sa.func.min(row.sequence)).where(row.at >= before))
    ).scalar()
    first_sealing = (await connection.execute(sa.select(sa.func.min(answer_records.c.sealed_by)))).scalar()
    bounds = [below, *(one for one in (first_kept, first_sealing) if one is not None)]
    query = sa.select(row.sequence, row.hash).where(row.sequence < min(bounds))
    found = (await connection.execute(query.order_by(row.sequence.desc()).limit(1))).mappings().first()
    return AuditHead(**found) if found else None

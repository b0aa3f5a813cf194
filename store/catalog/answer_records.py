"""Records of answers in the catalog's database: written many at a time, and sealed by one entry of the audit log a tenant."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from core.answer_records import RECORDED, AnswerRecord, Feedback, digest, restoring_purpose
from core.audit import AuditEvent
from core.ports import Clock
from store.catalog.answer_record_tables import answer_feedback, answer_records
from store.catalog.audit import RESTORED, appended
from store.catalog.audit_tables import audit_log
from store.catalog.engine import Database
from store.catalog.naming import rows_naming
from store.catalog.review_tables import review_items
from store.catalog.sealed_records import record_of
from store.catalog.session_keeping import without_tokens
from store.catalog.upsert import insert_or_replace

SUBJECT = "folio"
"""Who seals records and removes what is over: the deployment itself."""

_TEXTS = (
    (answer_feedback, answer_feedback.c.comment),
    (answer_feedback, answer_feedback.c.correction),
    (review_items, review_items.c.note),
    (review_items, review_items.c.question),
    (review_items, review_items.c.correction),
)


class SqlAnswerRecords:
    """Implements AnswerRecords over SQLite or Postgres, and KeptWords for what people write about answers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def record(self, records: Sequence[AnswerRecord]) -> None:
        """Keep records, all or none, and seal those of each tenant by one entry of the audit log."""
        if not records:
            return
        batches: dict[str, list[AnswerRecord]] = defaultdict(list)
        for record in records:
            batches[record.tenant].append(record)
        events = [
            AuditEvent(tenant, SUBJECT, RECORDED, str(len(batch)), digest(batch))
            for tenant, batch in batches.items()
        ]
        async with self._database.writing() as connection:
            entries = await appended(connection, events, clock=self._clock)
            rows = [
                _row(record, sealed_by=entry.sequence, position=position)
                for entry, batch in zip(entries, batches.values(), strict=True)
                for position, record in enumerate(batch)
            ]
            await connection.execute(sa.insert(answer_records), rows)

    async def get(self, tenant: str, answer_id: str) -> AnswerRecord | None:
        """One of a tenant, or None."""
        row = answer_records.c
        query = sa.select(answer_records).where(row.tenant == tenant, row.answer_id == answer_id)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).mappings().first()
        return record_of(found) if found else None

    async def was_restored(self, tenant: str, answer_id: str) -> bool:
        """Whether pseudonyms in the answer were turned back for somebody."""
        row = audit_log.c
        query = sa.select(row.sequence).where(
            row.tenant == tenant, row.action == RESTORED, row.detail == restoring_purpose(answer_id)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(query.limit(1))).first() is not None

    async def keep_feedback(self, feedback: Feedback) -> Feedback:
        """Keep what the asker thinks, in place of what was said before."""
        now = self._clock.now()
        async with self._database.writing() as connection:
            query = sa.select(answer_feedback.c.created_at)
            before = (
                await connection.execute(query.where(answer_feedback.c.answer_id == feedback.answer_id))
            ).scalar()
            kept = replace(feedback, created_at=before or now, updated_at=now)
            row = asdict(kept) | {
                "reasons": list(kept.reasons),
                "wrong_citations": list(kept.wrong_citations),
            }
            await connection.execute(insert_or_replace(answer_feedback, connection.dialect.name), row)
        return kept

    async def feedback(self, tenant: str, answer_id: str) -> Feedback | None:
        """What the asker thinks, or None."""
        row = answer_feedback.c
        query = sa.select(answer_feedback).where(row.tenant == tenant, row.answer_id == answer_id)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).mappings().first()
        if found is None:
            return None
        lists = {name: tuple(found[name]) for name in ("reasons", "wrong_citations")}
        return Feedback(**{**found, **lists})

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many comments, corrections and notes of a tenant have one of these pseudonyms. Reads everything."""
        async with self._database.reading() as connection:
            return sum([len(await rows_naming(connection, column, tenant, tokens)) for _, column in _TEXTS])

    async def erase(self, tenant: str, tokens: Collection[str]) -> int:
        """Put `<ERASED>` in place of these pseudonyms; how many texts had one."""
        count = 0
        async with self._database.writing() as connection:
            for table, column in _TEXTS:
                for row in await rows_naming(connection, column, tenant, tokens):
                    same = [key == row[key.name] for key in table.primary_key]
                    text = without_tokens(row[column.name], tokens)
                    await connection.execute(sa.update(table).where(*same).values({column: text}))
                    count += 1
        return count


def _row(record: AnswerRecord, *, sealed_by: int, position: int) -> dict[str, Any]:
    lists = {
        "citations": [[one.number, one.doc_id, one.version] for one in record.citations],
        "decisions": [[one.point, one.rule, one.action] for one in record.decisions],
    }
    return asdict(record) | lists | {"sealed_by": sealed_by, "position": position}

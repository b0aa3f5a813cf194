"""Answers that models wrote, kept until a document that they cite changes or their time is over."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from struct import pack, unpack
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from core.answers import Answer
from core.documents import DocumentRecord, DocumentState
from core.kept_answers import KeptAnswer
from core.ports import Clock
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.kept_answer_tables import kept_answer_documents as cited_documents
from store.catalog.kept_answer_tables import kept_answers as answers
from store.catalog.naming import rows_naming
from store.catalog.tables import documents
from store.catalog.upsert import insert_or_replace

_GONE = (DocumentState.DELETING, DocumentState.DELETED)
_ANSWER = TypeAdapter(Answer)
_FLOAT_BYTES = 4


class SqlKeptAnswers:
    """Implements AnswerStore and KeptWords over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def exact(self, key: str) -> KeptAnswer | None:
        """The answer of this key, or None."""
        query = sa.select(answers).where(answers.c.key == key, answers.c.expires_at > self._clock.now())
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _read(row) if row else None

    async def near(self, bucket: str, *, doc_ids: Collection[str], limit: int) -> list[KeptAnswer]:
        """The newest answers of a bucket that cite one of these documents, at most `limit`."""
        citing = sa.select(cited_documents.c.key).where(cited_documents.c.doc_id.in_(sorted(doc_ids)))
        query = (
            sa.select(answers)
            .where(answers.c.bucket == bucket, answers.c.expires_at > self._clock.now())
            .where(answers.c.key.in_(citing))
            .order_by(answers.c.kept_at.desc(), answers.c.key)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            found = [_read(row) for row in (await connection.execute(query)).mappings()]
        return [one for one in found if one is not None]

    async def keep(self, kept: KeptAnswer, *, ttl_s: float) -> bool:
        """Keep an answer; False, and nothing is kept, if a version that it cites is not current any more."""
        versions = {one.doc_id: one.version for one in kept.answer.citations}
        now = self._clock.now()
        async with self._database.writing() as connection:
            if not versions or await _current_versions(connection, versions) != versions:
                return False
            await _delete(connection, [kept.key])
            row = _to_row(kept, now=now, expires_at=now + timedelta(seconds=ttl_s))
            await connection.execute(insert_or_replace(answers, connection.dialect.name), row)
            rows = [{"doc_id": one, "key": kept.key, "version": at} for one, at in sorted(versions.items())]
            await connection.execute(insert_or_replace(cited_documents, connection.dialect.name), rows)
        return True

    async def count(self, doc_id: str) -> int:
        """How many kept answers cite a document."""
        query = (
            sa.select(sa.func.count()).select_from(cited_documents).where(cited_documents.c.doc_id == doc_id)
        )
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many answers of a tenant have one of these pseudonyms. Reads everything."""
        async with self._database.reading() as connection:
            return len(await rows_naming(connection, answers.c.answer, tenant, tokens))

    async def erase(self, tenant: str, tokens: Collection[str]) -> int:
        """Delete the answers that have one of these pseudonyms; how many there were."""
        async with self._database.writing() as connection:
            rows = await rows_naming(connection, answers.c.answer, tenant, tokens)
            await _delete(connection, [row["key"] for row in rows])
        return len(rows)


async def forget_stale_answers(connection: AsyncConnection, records: Sequence[DocumentRecord]) -> None:
    """Delete the answers that cite another version of these documents than the records name, or a deleted one.

    Part of the transaction that saves the records, after them: `keep` reads them shared, so it comes before or sees the new ones.
    """
    wanted = {row.doc_id: None if row.state in _GONE else row.version for row in records}
    stale: set[str] = set()
    for batch in batches(wanted):
        query = sa.select(cited_documents).where(cited_documents.c.doc_id.in_(batch))
        rows = await connection.execute(query)
        stale |= {row.key for row in rows if row.version != wanted[row.doc_id]}
    await _delete(connection, sorted(stale))


async def remove_expired_answers(database: Database, *, now: datetime) -> int:
    """Delete the answers whose time is over; how many there were."""
    query = sa.select(answers.c.key).where(answers.c.expires_at <= now)
    async with database.writing() as connection:
        keys = list((await connection.execute(query)).scalars())
        await _delete(connection, keys)
    return len(keys)


async def _current_versions(connection: AsyncConnection, doc_ids: Collection[str]) -> Mapping[str, int]:
    """The versions that the catalog names of these documents, deleted ones left out; who changes them waits for this transaction."""
    query = sa.select(documents.c.doc_id, documents.c.version, documents.c.state)
    query = query.where(documents.c.doc_id.in_(sorted(doc_ids))).with_for_update(read=True)
    rows = (await connection.execute(query)).all()
    gone = {state.value for state in _GONE}
    return {row.doc_id: row.version for row in rows if row.state not in gone}


async def _delete(connection: AsyncConnection, keys: Sequence[str]) -> None:
    for batch in batches(keys):
        for table in (cited_documents, answers):
            await connection.execute(sa.delete(table).where(table.c.key.in_(batch)))


def _to_row(kept: KeptAnswer, *, now: datetime, expires_at: datetime) -> dict[str, Any]:
    return {
        "key": kept.key,
        "bucket": kept.bucket,
        "tenant": kept.tenant,
        "vector": pack(f"<{len(kept.vector)}f", *kept.vector),
        "marks": sorted(kept.marks),
        "passages": list(kept.passages),
        "cited": sorted(kept.cited),
        "answer": _ANSWER.dump_json(kept.answer).decode(),
        "kept_at": now,
        "expires_at": expires_at,
    }


def _read(row: sa.RowMapping) -> KeptAnswer | None:
    """The answer; None where another version of Folio has written it in another form."""
    try:
        return _from_row(row)
    except ValidationError:
        # Its message quotes the answer: it must not get any further.
        return None


def _from_row(row: sa.RowMapping) -> KeptAnswer:
    vector: bytes = row["vector"]
    return KeptAnswer(
        key=row["key"],
        bucket=row["bucket"],
        tenant=row["tenant"],
        vector=unpack(f"<{len(vector) // _FLOAT_BYTES}f", vector),
        marks=frozenset(row["marks"]),
        passages=tuple(row["passages"]),
        cited=frozenset(row["cited"]),
        answer=_ANSWER.validate_json(row["answer"]),
    )

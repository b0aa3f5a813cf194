"""Answers of language models about the chunks of documents."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ports import Clock
from store.catalog.batch_order_tables import batch_items
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.graph_guard import is_deleted
from store.catalog.reading_tables import graph_readings as readings
from store.catalog.upsert import insert_if_new


class SqlReadings:
    """Keeps answers by document and key, over SQLite or Postgres. Keys begin with the passage that the answer is about."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def known(self, doc_id: str, keys: Collection[str]) -> dict[str, str]:
        """The answers that are kept, by key."""
        found: dict[str, str] = {}
        async with self._database.reading() as connection:
            for batch in batches(sorted(set(keys))):
                these = (readings.c.doc_id == doc_id) & readings.c.key.in_(batch)
                rows = await connection.execute(sa.select(readings.c.key, readings.c.answer).where(these))
                found |= {row.key: row.answer for row in rows}
        return found

    async def keep(self, doc_id: str, *, tenant: str, answers: Mapping[str, str]) -> None:
        """Keep these answers of a document, and no others; none of one that is deleted."""
        now = self._clock.now()
        rows = [
            {"doc_id": doc_id, "key": key, "tenant": tenant, "answer": answer, "kept_at": now}
            for key, answer in sorted(answers.items())
        ]
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(readings).where(readings.c.doc_id == doc_id))
            if rows and not await is_deleted(connection, doc_id):
                await connection.execute(sa.insert(readings), rows)


async def add_answer(
    connection: AsyncConnection, place: Mapping[str, str], *, answer: str, now: datetime
) -> None:
    """Keep an answer beside those that are known, in somebody's transaction; one that is known stays.

    Args:
        connection: Inside a transaction that has made sure that the document has the passage.
        place: `doc_id`, `key` and `tenant`.
        answer: What the model has answered.
        now: This instant.
    """
    row = {**place, "answer": answer, "kept_at": now}
    await connection.execute(insert_if_new(readings, connection.dialect.name), row)


async def forget_answers(
    connection: AsyncConnection, doc_id: str, *, but: Collection[str] = frozenset()
) -> None:
    """Delete the answers about a document, but for those about these passages (`ids.passage_key`).

    Part of the transaction that takes its evidence away, or puts that of another version in its place: an answer holds names of
    a text that may be no part of the document any more. What is on order about other passages belongs to nobody any more.
    """
    # First: who collects such an answer just now is waited for, and what it keeps is found below.
    await _disown(connection, doc_id, but=but)
    own = readings.c.doc_id == doc_id
    keys = (await connection.execute(sa.select(readings.c.key).where(own))).scalars()
    gone = [key for key in keys if key.partition(":")[0] not in but]
    for batch in batches(gone):
        await connection.execute(sa.delete(readings).where(own, readings.c.key.in_(batch)))


async def _disown(connection: AsyncConnection, doc_id: str, *, but: Collection[str]) -> None:
    wanted = sa.select(batch_items.c.key, batch_items.c.reading).where(batch_items.c.doc_id == doc_id)
    rows = await connection.execute(wanted.order_by(batch_items.c.key).with_for_update())
    gone = [row.key for row in rows if row.reading.partition(":")[0] not in but]
    cleared = sa.update(batch_items).values(doc_id="", reading=batch_items.c.key)
    for batch in batches(gone):
        await connection.execute(cleared.where(batch_items.c.key.in_(batch)))

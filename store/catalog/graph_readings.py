"""Answers of language models about the chunks of documents."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from core.ports import Clock
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.reading_tables import graph_readings as readings


class SqlReadings:
    """Keeps answers by document and key, over SQLite or Postgres."""

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
        """Keep these answers of a document, and no others."""
        now = self._clock.now()
        rows = [
            {"doc_id": doc_id, "key": key, "tenant": tenant, "answer": answer, "kept_at": now}
            for key, answer in sorted(answers.items())
        ]
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(readings).where(readings.c.doc_id == doc_id))
            if rows:
                await connection.execute(sa.insert(readings), rows)

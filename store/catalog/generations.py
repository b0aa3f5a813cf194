"""Generations in the catalog, and the records that compaction removes."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.config import EmbeddingSettings
from core.generations import IDENTITY, Generation, GenerationState
from store.catalog import leases
from store.catalog.checkpoints import remove_expired_checkpoints
from store.catalog.engine import Database
from store.catalog.generation_tables import generations
from store.catalog.kept_answers import remove_expired_answers
from store.catalog.session_keeping import remove_expired_sessions
from store.catalog.tables import documents, runs
from store.catalog.upsert import insert_if_new, insert_or_replace


class SqlGenerations:
    """Implements GenerationCatalog and Housekeeping."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def all(self) -> list[Generation]:
        """Every generation, the oldest first."""
        query = sa.select(generations).order_by(generations.c.created_at, generations.c.collection)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_from_row(row) for row in rows]

    async def save(self, generation: Generation) -> None:
        """Insert or replace one."""
        async with self._database.writing() as connection:
            statement = insert_or_replace(generations, connection.dialect.name)
            await connection.execute(statement, _to_row(generation))

    async def note(self, generation: Generation) -> None:
        """Insert one if its collection is not known."""
        async with self._database.writing() as connection:
            await connection.execute(insert_if_new(generations, connection.dialect.name), _to_row(generation))

    async def settle(self, collection: str, *, now: datetime, keep_s: float) -> None:
        """Record in one transaction that a collection is live: its documents' fingerprints, and the former's state."""
        async with self._database.writing() as connection:
            row = (await connection.execute(_by_name(collection))).mappings().first()
            if row is None or row["state"] == GenerationState.LIVE.value:
                return
            # What a broken-off attempt changed is not there: this is one transaction.
            for before, after in row["moves"]:
                moved = sa.update(documents).where(documents.c.fingerprint == before)
                await connection.execute(moved.values(fingerprint=after))
            await connection.execute(_retire(now + timedelta(seconds=keep_s)))
            await connection.execute(_enliven(collection, now))

    async def remove_runs(self, *, before: datetime) -> int:
        """Remove the records of runs that ended before an instant; how many there were."""
        async with self._database.writing() as connection:
            result = await connection.execute(sa.delete(runs).where(runs.c.finished_at < before))
        return result.rowcount

    async def remove_expired_leases(self, *, now: datetime) -> int:
        """Remove leases that ended by themselves; how many there were."""
        async with self._database.writing() as connection:
            result = await connection.execute(leases.expired(now))
        return result.rowcount

    async def remove_expired_sessions(self, *, now: datetime) -> int:
        """Remove conversations whose time is over; how many there were."""
        return await remove_expired_sessions(self._database, now=now)

    async def remove_expired_answers(self, *, now: datetime) -> int:
        """Remove answers that are not given again any more; how many there were."""
        return await remove_expired_answers(self._database, now=now)

    async def remove_expired_checkpoints(self, *, now: datetime) -> int:
        """Remove where agents stood that nobody may take up again; how many there were."""
        return await remove_expired_checkpoints(self._database, now=now)


def _by_name(collection: str) -> sa.Select[Any]:
    return sa.select(generations).where(generations.c.collection == collection)


def _retire(drop_after: datetime) -> sa.Update:
    live = sa.update(generations).where(generations.c.state == GenerationState.LIVE.value)
    return live.values(state=GenerationState.PREVIOUS.value, drop_after=drop_after)


def _enliven(collection: str, now: datetime) -> sa.Update:
    one = sa.update(generations).where(generations.c.collection == collection)
    return one.values(state=GenerationState.LIVE.value, live_since=now, drop_after=None, moves=[])


def _to_row(generation: Generation) -> dict[str, Any]:
    return {
        "collection": generation.collection,
        "fingerprint": generation.fingerprint,
        "embedding": generation.embedding.model_dump(mode="json", include=IDENTITY),
        "state": generation.state.value,
        "created_at": generation.created_at,
        "live_since": generation.live_since,
        "drop_after": generation.drop_after,
        "moves": [list(pair) for pair in generation.moves],
    }


def _from_row(row: sa.RowMapping) -> Generation:
    return Generation(
        **{
            **row,
            "embedding": EmbeddingSettings(**row["embedding"]),
            "state": GenerationState(row["state"]),
            "moves": tuple((before, after) for before, after in row["moves"]),
        }
    )

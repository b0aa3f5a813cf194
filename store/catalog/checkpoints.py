"""Where the runs of agents stand, in the catalog's database."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.agents import AgentStep, Checkpoint, StepOutcome
from core.errors import InvalidInputError
from core.graph import ChunkRef
from core.ports import Clock
from store.catalog.batches import batches
from store.catalog.checkpoint_tables import agent_runs as runs
from store.catalog.engine import Database
from store.catalog.naming import rows_naming
from store.catalog.upsert import insert_if_new


class SqlCheckpoints:
    """Implements CheckpointStore and KeptWords over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def save(self, checkpoint: Checkpoint) -> None:
        """Keep this in place of the revision before it.

        Raises:
            InvalidInputError: Another call has gone on with the run meanwhile, or has ended it.
        """
        row = _to_row(checkpoint)
        async with self._database.writing() as connection:
            if checkpoint.revision == 1:
                written = await connection.execute(insert_if_new(runs, connection.dialect.name), row)
            else:
                before = _own(checkpoint.run_id, checkpoint.tenant, checkpoint.subject) & (
                    runs.c.revision == checkpoint.revision - 1
                )
                written = await connection.execute(sa.update(runs).where(before).values(**row))
        if written.rowcount != 1:
            raise InvalidInputError("another call goes on with this run, or has ended it: begin a new one")

    async def load(self, run_id: str, *, tenant: str, subject: str) -> Checkpoint | None:
        """Where a run stands; None if there is none of this owner, or its time is over."""
        wanted = sa.select(runs).where(_own(run_id, tenant, subject), runs.c.expires_at > self._clock.now())
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).mappings().first()
        return None if row is None else _from_row(row)

    async def remove(self, run_id: str, *, tenant: str, subject: str) -> None:
        """Forget a run that is at its end."""
        async with self._database.writing() as connection:
            await connection.execute(sa.delete(runs).where(_own(run_id, tenant, subject)))

    async def purge(self, before: datetime) -> int:
        """Forget runs whose time was over before an instant; how many there were."""
        return await remove_expired_checkpoints(self._database, now=before)

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many questions of a tenant have one of these pseudonyms. Reads everything."""
        async with self._database.reading() as connection:
            return len(await rows_naming(connection, runs.c.question, tenant, tokens))

    async def erase(self, tenant: str, tokens: Collection[str]) -> int:
        """Forget the runs whose question has one of these pseudonyms; how many there were. Whoever works on one cannot go on."""
        async with self._database.writing() as connection:
            rows = await rows_naming(connection, runs.c.question, tenant, tokens)
            for batch in batches([row["run_id"] for row in rows]):
                await connection.execute(sa.delete(runs).where(runs.c.run_id.in_(batch)))
        return len(rows)


async def remove_expired_checkpoints(database: Database, *, now: datetime) -> int:
    """Remove runs whose time is over; how many there were."""
    async with database.writing() as connection:
        gone = await connection.execute(sa.delete(runs).where(runs.c.expires_at <= now))
    return gone.rowcount


def _own(run_id: str, tenant: str, subject: str) -> sa.ColumnElement[bool]:
    return (runs.c.run_id == run_id) & (runs.c.tenant == tenant) & (runs.c.subject == subject)


def _to_row(one: Checkpoint) -> dict[str, Any]:
    state = {
        "steps": [asdict(step) for step in one.steps],
        "sources": [[place.doc_id, place.version, place.ordinal] for place in one.sources],
        "in_words": one.in_words,
    }
    names = (
        "run_id",
        "tenant",
        "subject",
        "question",
        "language",
        "left_s",
        "token_count",
        "revision",
        "expires_at",
    )
    return {name: getattr(one, name) for name in names} | {"state": state}


def _from_row(row: sa.RowMapping) -> Checkpoint:
    state = row["state"]
    plain = {name: row[name] for name in row if name != "state"}
    return Checkpoint(
        **plain,
        steps=tuple(_step(step) for step in state["steps"]),
        sources=tuple(ChunkRef(*place) for place in state["sources"]),
        in_words=state["in_words"],
    )


def _step(row: dict[str, Any]) -> AgentStep:
    return AgentStep(**{**row, "outcome": StepOutcome(row["outcome"]), "sources": tuple(row["sources"])})

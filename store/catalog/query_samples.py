"""Samples of live questions in the catalog's database: vectors as half-precision numbers."""

import zlib
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.query_samples import QuerySample, day_of
from store.catalog.engine import Database
from store.catalog.eval_tables import query_samples
from store.catalog.upsert import insert_if_new

# Little-endian, whatever machine writes. Three digits are enough: nobody ranks by these vectors.
_HALF = np.dtype("<f2")
_LOCK_SPACE = 0x51534D50


class SqlQuerySamples:
    """Implements QuerySamples over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def add(self, samples: Sequence[QuerySample], *, most_per_day: int) -> int:
        """Keep them as far as they are among the `most_per_day` lowest of their tenant and day; how many of them were kept."""
        days = sorted({(one.tenant, day_of(one.at)) for one in samples})
        if not days:
            return 0
        async with self._database.writing() as connection:
            for tenant, day in days:
                await _take_turn(connection, tenant, day)
            statement = insert_if_new(query_samples, connection.dialect.name)
            await connection.execute(statement, [_to_row(one) for one in samples])
            for tenant, day in days:
                await connection.execute(_surplus(tenant, day, most_per_day))
            kept = sa.select(sa.func.count()).where(
                query_samples.c.sample_id.in_([one.sample_id for one in samples])
            )
            return int((await connection.execute(kept)).scalar_one())

    async def bar(self, tenant: str, day: str, *, most_per_day: int) -> str | None:
        """The id that a new sample of a day must be below to be kept; None while there is room."""
        if most_per_day == 0:
            return ""
        query = _of_day(tenant, day).offset(most_per_day - 1).limit(1)
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).scalar()
        return None if found is None else str(found)

    async def between(self, tenant: str, *, since: datetime, until: datetime) -> list[QuerySample]:
        """Those of a tenant in [since, until), the oldest first."""
        at = query_samples.c.at
        query = (
            sa.select(query_samples)
            .where(query_samples.c.tenant == tenant, at >= since, at < until)
            .order_by(at, query_samples.c.sample_id)
        )
        async with self._database.reading() as connection:
            return [_from_row(row) for row in (await connection.execute(query)).mappings()]

    async def purge(self, before: datetime) -> int:
        """Forget those from before an instant; how many there were."""
        over = query_samples.c.at < before
        # A look first: a writer keeps SQLite's other writers waiting.
        async with self._database.reading() as connection:
            query = sa.select(query_samples.c.sample_id).where(over).limit(1)
            if (await connection.execute(query)).first() is None:
                return 0
        async with self._database.writing() as connection:
            return int((await connection.execute(sa.delete(query_samples).where(over))).rowcount)


async def _take_turn(connection: AsyncConnection, tenant: str, day: str) -> None:
    # SQLite's writers take turns anyway. Without turns two could both leave a full day.
    if connection.dialect.name == "postgresql":
        number = zlib.crc32(f"{tenant}\n{day}".encode()) - 2**31
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_SPACE, number)))


def _of_day(tenant: str, day: str) -> sa.Select[tuple[str]]:
    row = query_samples.c
    return sa.select(row.sample_id).where(row.tenant == tenant, row.day == day).order_by(row.sample_id)


def _surplus(tenant: str, day: str, most: int) -> sa.Delete:
    row = query_samples.c
    kept = _of_day(tenant, day).limit(most)
    return sa.delete(query_samples).where(row.tenant == tenant, row.day == day, row.sample_id.not_in(kept))


def _to_row(sample: QuerySample) -> dict[str, object]:
    return {
        "sample_id": sample.sample_id,
        "tenant": sample.tenant,
        "at": sample.at,
        "day": day_of(sample.at),
        "kind": sample.kind,
        "model": sample.model,
        "vector": np.asarray(sample.vector, dtype=_HALF).tobytes(),
        "result_count": sample.result_count,
        "top_score": sample.top_score,
        "hit_age_days": sample.hit_age_days,
        "refused": sample.refused,
    }


def _from_row(row: sa.RowMapping) -> QuerySample:
    values = {name: row[name] for name in row if name not in {"day", "vector"}}
    vector = np.frombuffer(row["vector"], dtype=_HALF)
    return QuerySample(**values, vector=tuple(vector.astype(float).tolist()))

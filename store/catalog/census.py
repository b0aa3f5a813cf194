"""Counts the catalog's rows over all tenants, for metrics. Counts and ages only; of names, those of golden sets leave it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.census import Census
from core.documents import DocumentState
from core.jobs import JobState
from core.ports import Clock
from store.catalog.engine import Database
from store.catalog.eval_census import drift_seen, evaluations_seen
from store.catalog.graph_tables import graph_documents
from store.catalog.job_tables import jobs
from store.catalog.tables import documents, runs, sources
from store.catalog.webhook_tables import webhook_deliveries

_NS_PER_S = 1e9
_WAITING = (DocumentState.PENDING, DocumentState.INDEXING, DocumentState.DELETING)


class SqlCensus:
    """Reads a census over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def census(self) -> Census:
        """Everything, counted in one transaction.

        Raises:
            DependencyDownError: The database does not answer.
        """
        async with self._database.reading() as connection:
            indexed = documents.c.state == DocumentState.INDEXED
            waiting = documents.c.state.in_(_WAITING)
            queued = jobs.c.state == JobState.QUEUED
            total = sa.func.coalesce
            chunks = sa.select(total(sa.func.sum(documents.c.chunk_count), 0)).where(indexed)
            graph = sa.select(
                sa.func.count(), total(sa.func.sum(graph_documents.c.row_count), 0)
            ).select_from(graph_documents)
            last = (await connection.execute(_last_sync())).first()
            graph_count, graph_rows = (await connection.execute(graph)).one()
            return Census(
                documents=await _by(connection, documents.c.state),
                chunk_count=int((await connection.execute(chunks)).scalar_one()),
                jobs=await _by(connection, jobs.c.state),
                oldest_job_s=self._age_s(await _first(connection, jobs.c.created_at, queued)),
                webhooks=await _by(connection, webhook_deliveries.c.state),
                source_count=int((await connection.execute(_count(sources))).scalar_one()),
                graph_documents=int(graph_count),
                graph_rows=int(graph_rows),
                oldest_pending_s=self._age_s(await _first(connection, documents.c.updated_at, waiting)),
                last_sync_s=self._age_s(last.finished_at) if last else None,
                last_sync_failed_count=last.failed_count if last else 0,
                drift=await drift_seen(connection, now=self._clock.now()),
                evaluations=await evaluations_seen(connection, now=self._clock.now()),
            )

    async def changed_at(self, tenant: str, *, limit: int = 5_000) -> list[float]:
        """When indexed documents of a tenant were changed last, in seconds since 1970; of so many of them, whichever they are."""
        query = (
            sa.select(documents.c.modified_ns)
            .where(documents.c.tenant == tenant, documents.c.state == DocumentState.INDEXED)
            # Ids are hashes: the first ones are no others than the rest.
            .order_by(documents.c.doc_id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).scalars()
            return [value / _NS_PER_S for value in found if value > 0]

    def _age_s(self, at: datetime | None) -> float | None:
        return None if at is None else max((self._clock.now() - at).total_seconds(), 0.0)


def _count(table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table)


def _last_sync() -> sa.Select[Any]:
    ended = sa.select(runs.c.finished_at, runs.c.failed_count).where(
        runs.c.finished_at.is_not(None), runs.c.error.is_(None)
    )
    return ended.order_by(runs.c.finished_at.desc()).limit(1)


async def _by(connection: AsyncConnection, column: sa.Column[Any]) -> dict[str, int]:
    rows = await connection.execute(sa.select(column, sa.func.count()).group_by(column))
    return {str(value): int(count) for value, count in rows}


async def _first(
    connection: AsyncConnection, column: sa.Column[Any], where: sa.ColumnElement[bool]
) -> datetime | None:
    found = await connection.execute(sa.select(column).where(where).order_by(column).limit(1))
    at: datetime | None = found.scalar_one_or_none()
    return at

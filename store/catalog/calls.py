"""Calls to language models: written down one by one, summed up when somebody asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.language_models import BATCH_ROUTE, CallRecord
from core.ports import Clock
from core.usage import UsageBy, UsageRow
from store.catalog.call_tables import llm_calls as calls
from store.catalog.engine import Database

_ANSWERED = ("ok", "refusal")
_COLUMNS = {
    UsageBy.DAY: calls.c.day,
    UsageBy.MODEL: calls.c.model,
    UsageBy.PROVIDER: calls.c.provider,
    UsageBy.TENANT: calls.c.tenant,
    UsageBy.USER: calls.c.subject,
    UsageBy.FEATURE: calls.c.feature,
    UsageBy.PROMPT: calls.c.prompt_version,
}


class SqlCalls:
    """Implements CallLog and UsageReader over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def record(self, records: Sequence[CallRecord]) -> None:
        """Write calls down, as of now."""
        if records:
            async with self._database.writing() as connection:
                await write_calls(connection, records, now=self._clock.now())

    async def spent(self, *, tenant: str, subject: str | None, since: datetime) -> float:
        """What a tenant (or one of its users) has spent since an instant."""
        query = sa.select(sa.func.coalesce(sa.func.sum(calls.c.cost), 0.0)).where(
            calls.c.tenant == tenant, calls.c.at >= since
        )
        if subject is not None:
            query = query.where(calls.c.subject == subject)
        async with self._database.reading() as connection:
            return float((await connection.execute(query)).scalar_one())

    async def usage(
        self, *, by: tuple[UsageBy, ...], since: datetime, until: datetime, tenant: str | None = None
    ) -> list[UsageRow]:
        """A row for each group with calls in [since, until), dearest first."""
        condition = (calls.c.at >= since) & (calls.c.at < until)
        if tenant is not None:
            condition &= calls.c.tenant == tenant
        async with self._database.reading() as connection:
            rows = (await connection.execute(_summed(by, condition))).all()
        return [UsageRow(tuple(map(str, row[: len(by)])), *row[len(by) :]) for row in rows]

    async def purge(self, before: datetime) -> int:
        """Forget calls from before an instant."""
        async with self._database.writing() as connection:
            return int((await connection.execute(sa.delete(calls).where(calls.c.at < before))).rowcount)


async def write_calls(connection: AsyncConnection, records: Sequence[CallRecord], *, now: datetime) -> None:
    """Write calls down in somebody's transaction."""
    if records:
        await connection.execute(sa.insert(calls), [_row(record, now) for record in records])


def _summed(by: tuple[UsageBy, ...], condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One pass: ranks within each group first, then sums; the percentiles are the values of the right rank."""
    columns = [_COLUMNS[one] for one in by]
    answered = calls.c.outcome.in_(_ANSWERED)
    # How long a batch lay at the provider says nothing of how quick the model is.
    timed = answered & (calls.c.route != BATCH_ROUTE)
    took_ms = sa.case((timed, calls.c.took_ms), else_=None)
    ranked = (
        sa.select(
            *[column.label(f"group_{at}") for at, column in enumerate(columns)],
            calls,
            answered.label("answered"),
            took_ms.label("answered_ms"),
            *_rank("took", columns, took_ms),
            *_rank("first", columns, calls.c.first_token_ms),
        )
        .where(condition)
        .subquery()
    )
    groups = [ranked.c[f"group_{at}"] for at in range(len(columns))]
    cost = sa.func.coalesce(sa.func.sum(ranked.c.cost), 0.0)
    summed = sa.select(
        *groups,
        sa.func.count(),
        sa.func.sum(sa.case((ranked.c.answered, 0), else_=1)),
        sa.func.sum(ranked.c.input_tokens),
        sa.func.sum(ranked.c.cached_tokens),
        sa.func.sum(ranked.c.output_tokens),
        cost,
        sa.func.sum(sa.case((ranked.c.cost.is_(None), 1), else_=0)),
        _percentile(ranked, "took", ranked.c.answered_ms),
        _percentile(ranked, "first", ranked.c.first_token_ms),
    )
    # Without a group there would be a row of nulls where there are no calls.
    return summed.group_by(*groups).having(sa.func.count() > 0).order_by(cost.desc(), *groups)


def _rank(
    name: str, columns: Sequence[sa.ColumnElement[Any]], value: sa.ColumnElement[Any]
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """The place of a call's value in its group, nulls last, and how many values there are."""
    place = sa.func.row_number().over(partition_by=columns or None, order_by=(value.is_(None), value))
    return place.label(f"{name}_rank"), sa.func.count(value).over(partition_by=columns or None).label(
        f"{name}_count"
    )


def _percentile(ranked: sa.Subquery, name: str, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The 95th percentile by nearest rank: the value at the place ceil(0.95 n)."""
    place, count = ranked.c[f"{name}_rank"], ranked.c[f"{name}_count"]
    wanted = (count * 95 + 99) // 100
    return sa.func.max(sa.case((place == wanted, value), else_=None))


def _row(record: CallRecord, now: datetime) -> dict[str, object]:
    purpose, usage = record.purpose, record.usage
    return {
        "call_id": uuid4().hex,
        "at": now,
        "day": now.date().isoformat(),
        "tenant": purpose.tenant,
        "subject": purpose.subject,
        "feature": purpose.feature,
        "prompt_version": purpose.prompt_version,
        "provider": record.provider,
        "model": record.model,
        "route": record.route,
        "outcome": record.outcome,
        "attempt_count": record.attempt_count,
        "input_tokens": usage.input_count,
        "cached_tokens": usage.cached_count,
        "output_tokens": usage.output_count,
        "took_ms": record.took_ms,
        "first_token_ms": record.first_token_ms,
        "cost": record.cost,
    }

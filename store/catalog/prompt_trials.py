"""Answers summed up by user and version of a prompt, in the catalog's database."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from core.prompt_trials import UserAnswers
from store.catalog.answer_record_tables import answer_feedback, answer_records
from store.catalog.engine import Database

_REFUSED, _PARTIAL = "refused", "partial"


class SqlTrialAnswers:
    """Implements TrialAnswers over SQLite or Postgres: a row for each user comes from the database, not one for each answer."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def by_user(
        self, versions: Sequence[str], *, since: datetime, until: datetime
    ) -> list[UserAnswers]:
        """Of all tenants in [since, until), a row for each user and version, the user's first answer first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(_summed(versions, since, until))).mappings().all()
        return [UserAnswers(**row) for row in rows]


def _summed(versions: Sequence[str], since: datetime, until: datetime) -> sa.Select[tuple[object, ...]]:
    row, said = answer_records.c, answer_feedback.c
    joined = answer_records.outerjoin(
        answer_feedback, (said.answer_id == row.answer_id) & (said.tenant == row.tenant)
    )
    # Of its type: the minimum of a column of times is one, also where the database has them as text.
    first_at = sa.func.min(row.at, type_=row.at.type).label("first_at")
    return (
        sa.select(
            row.tenant,
            row.subject,
            row.prompt_version.label("version"),
            first_at,
            sa.func.count().label("answer_count"),
            _how_many(row.status == _REFUSED).label("refused_count"),
            _how_many(row.status == _PARTIAL).label("partial_count"),
            _mean(row.removed_count).label("removed"),
            _mean(row.took_ms).label("took_ms"),
            _mean(row.confidence).label("confidence"),
            _mean(row.cost).label("cost"),
            _mean(said.rating).label("rating"),
            sa.func.count(said.rating).label("rated_count"),
        )
        .select_from(joined)
        .where(
            row.prompt_version.in_(versions),
            row.at >= since,
            row.at < until,
            row.cached == "",
            row.subject != "",
        )
        .group_by(row.tenant, row.subject, row.prompt_version)
        .order_by(first_at, row.tenant, row.subject, row.prompt_version)
    )


def _how_many(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _mean(column: sa.ColumnElement[float]) -> sa.ColumnElement[float]:
    return sa.func.avg(sa.cast(column, sa.Double))

"""Evaluations that were run, in the catalog's database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from core.eval_runs import QUERY_DRIFT, EvalRun, EvalVerdict
from store.catalog.engine import Database
from store.catalog.eval_tables import eval_runs


class SqlEvalRuns:
    """Implements EvalRuns over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def add(self, run: EvalRun) -> None:
        """Keep one."""
        row = {**asdict(run), "verdict": run.verdict.value}
        async with self._database.writing() as connection:
            await connection.execute(sa.insert(eval_runs), [row])

    async def get(self, tenant: str, run_id: str) -> EvalRun | None:
        """One of a tenant, or None."""
        query = sa.select(eval_runs).where(eval_runs.c.tenant == tenant, eval_runs.c.run_id == run_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().first()
        return _from_row(row) if row else None

    async def latest(
        self, tenant: str, *, dataset: str = "", subject: str = "", limit: int = 50
    ) -> Sequence[EvalRun]:
        """Those of a tenant, of a data set (else all golden sets) and of a subject or a part of one, the newest first."""
        of_set = eval_runs.c.dataset == dataset if dataset else eval_runs.c.dataset != QUERY_DRIFT
        query = sa.select(eval_runs).where(eval_runs.c.tenant == tenant, of_set)
        if subject:
            query = query.where(eval_runs.c.subject.contains(subject, autoescape=True))
        query = query.order_by(eval_runs.c.at.desc(), eval_runs.c.run_id).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_from_row(row) for row in rows]

    async def datasets(self, tenant: str, *, since: datetime) -> Sequence[str]:
        """The golden sets that a tenant's evaluations since an instant were of, by name."""
        columns = eval_runs.c
        of_sets = sa.and_(columns.tenant == tenant, columns.dataset != QUERY_DRIFT)
        query = sa.select(columns.dataset).where(of_sets, columns.at >= since)
        async with self._database.reading() as connection:
            found = await connection.execute(query.distinct().order_by(columns.dataset))
        return list(found.scalars())

    async def purge(self, before: datetime, *, dataset: str = "") -> int:
        """Forget those from before an instant, of a data set where one is named; how many there were."""
        query = sa.delete(eval_runs).where(eval_runs.c.at < before)
        if dataset:
            query = query.where(eval_runs.c.dataset == dataset)
        async with self._database.writing() as connection:
            gone = await connection.execute(query)
            return int(gone.rowcount)


def _from_row(row: sa.RowMapping) -> EvalRun:
    return EvalRun(**{**row, "verdict": EvalVerdict(row["verdict"])})

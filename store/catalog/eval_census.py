"""The latest evaluations and the last look for drift, over all tenants: for metrics."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.census import DriftSeen, EvaluationSeen
from core.drift_outcomes import alarms
from core.eval_runs import CANDIDATE_MARK, QUERY_DRIFT, EvalVerdict
from store.catalog.eval_tables import eval_runs

# What was not looked at for so long is told no more: a set that was removed is not to be called stale for ever.
_TOLD = timedelta(days=30)


async def evaluations_seen(connection: AsyncConnection, *, now: datetime) -> dict[str, EvaluationSeen]:
    """By golden set. Of a set that several tenants have: failed if one did, and as old as the oldest."""
    rows = await connection.execute(_latest(since=now - _TOLD))
    found: dict[str, EvaluationSeen] = {}
    for dataset, at, verdict in rows:
        before = found.get(dataset, EvaluationSeen(failed=False, age_s=0.0))
        failed = before.failed or verdict == EvalVerdict.FAILED
        found[dataset] = EvaluationSeen(failed, max(before.age_s, _age_s(at, now)))
    return found


async def drift_seen(connection: AsyncConnection, *, now: datetime) -> DriftSeen | None:
    """The last look; None if there was none. A look keeps one outcome for each tenant, all of the same instant."""
    kept = eval_runs.c
    is_drift = sa.and_(kept.dataset == QUERY_DRIFT, kept.at >= now - _TOLD)
    last = sa.select(sa.func.max(kept.at)).where(is_drift).scalar_subquery()
    query = sa.select(kept.at, kept.body).where(is_drift, kept.at == last)
    rows: Sequence[Any] = (await connection.execute(query)).all()
    if not rows:
        return None
    return DriftSeen(alarms([row.body for row in rows]), _age_s(rows[0].at, now))


def _latest(*, since: datetime) -> sa.Select[Any]:
    """The newest of each tenant and golden set that was of what is live. Reads the body of hardly more than these."""
    one, inner = eval_runs.alias("one"), eval_runs.alias("inner")
    groups = (
        sa.select(one.c.tenant, one.c.dataset)
        .where(one.c.dataset != QUERY_DRIFT, one.c.at >= since)
        .distinct()
        .subquery()
    )
    newest = (
        sa.select(inner.c.run_id)
        .where(
            inner.c.tenant == groups.c.tenant,
            inner.c.dataset == groups.c.dataset,
            inner.c.at >= since,
            inner.c.body.not_like(f"%{CANDIDATE_MARK}%"),
        )
        .order_by(inner.c.at.desc(), inner.c.run_id)
        .limit(1)
        .correlate(groups)
        .scalar_subquery()
    )
    return sa.select(eval_runs.c.dataset, eval_runs.c.at, eval_runs.c.verdict).join(
        groups, eval_runs.c.run_id == newest
    )


def _age_s(at: datetime, now: datetime) -> float:
    return max((now - at).total_seconds(), 0.0)

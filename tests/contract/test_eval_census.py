"""What metrics are told of evaluations and of drift, over SQLite and Postgres."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.census import Census, DriftSeen, EvaluationSeen
from core.config import Settings
from core.drift_outcomes import DriftOutcome, SignalOutcome, to_json
from core.eval_runs import CANDIDATE_MARK, QUERY_DRIFT, EvalRun, EvalVerdict
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIVE = '{"subject": {"evaluated": "live"}}'
PASSED = EvalRun("r1", "acme", NOW, "handbook", "v1", "a-b-c", EvalVerdict.PASSED, "r0", LIVE)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), "eval_runs")


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock(NOW)) as catalog:
        yield catalog


def ago(run_id: str, *, hours: float, **changes: object) -> EvalRun:
    return replace(PASSED, run_id=run_id, at=NOW - timedelta(hours=hours), **changes)


def looked(run_id: str, *, hours: float, tenant: str = "acme", **alarms: bool) -> EvalRun:
    signals = tuple(SignalOutcome(name, is_alarm) for name, is_alarm in alarms.items())
    body = to_json(DriftOutcome("drift", "m", 0.01, 60, 60, signals))
    return ago(run_id, hours=hours, tenant=tenant, dataset=QUERY_DRIFT, subject="", body=body)


async def seen(catalog: SqlCatalog, *runs: EvalRun) -> Census:
    for run in runs:
        await catalog.eval_runs.add(run)
    return await catalog.census.census()


async def test_where_nothing_was_judged_nothing_is_told(catalog: SqlCatalog) -> None:
    found = await seen(catalog)
    assert (found.drift, found.evaluations) == (None, {})


async def test_the_latest_evaluation_of_each_set_counts(catalog: SqlCatalog) -> None:
    found = await seen(
        catalog,
        ago("h1", hours=9, verdict=EvalVerdict.FAILED),
        ago("h2", hours=2),
        ago("t1", hours=9, dataset="travel"),
        ago("t2", hours=1, dataset="travel", verdict=EvalVerdict.FAILED),
        ago("n1", hours=3, dataset="new", verdict=EvalVerdict.MEASURED),
    )
    assert found.evaluations == {
        "handbook": EvaluationSeen(failed=False, age_s=7_200),
        "travel": EvaluationSeen(failed=True, age_s=3_600),
        "new": EvaluationSeen(failed=False, age_s=10_800),
    }


async def test_a_change_that_was_tried_and_is_worse_is_no_alarm(catalog: SqlCatalog) -> None:
    tried = "{" + CANDIDATE_MARK + "}"
    found = await seen(
        catalog,
        ago("r1", hours=5),
        ago("r2", hours=1, verdict=EvalVerdict.FAILED, body=tried),
        ago("r3", hours=1, dataset="tried", verdict=EvalVerdict.FAILED, body=tried),
    )
    assert found.evaluations == {"handbook": EvaluationSeen(failed=False, age_s=18_000)}


async def test_a_set_of_two_tenants_is_as_bad_and_as_old_as_the_worse(catalog: SqlCatalog) -> None:
    found = await seen(
        catalog,
        ago("a1", hours=2),
        ago("b1", hours=1, tenant="other", verdict=EvalVerdict.FAILED),
    )
    assert found.evaluations == {"handbook": EvaluationSeen(failed=True, age_s=7_200)}


async def test_what_was_not_looked_at_for_a_month_is_told_no_more(catalog: SqlCatalog) -> None:
    month = 24 * 30 + 1
    found = await seen(
        catalog, ago("r1", hours=month, verdict=EvalVerdict.FAILED), looked("d1", hours=month, topics=True)
    )
    assert (found.drift, found.evaluations) == (None, {})


async def test_the_last_look_counts_for_drift_over_all_tenants(catalog: SqlCatalog) -> None:
    found = await seen(
        catalog,
        looked("d1", hours=25, topics=True, scores=True),
        looked("d2", hours=1, topics=False, scores=False),
        looked("d3", hours=1, tenant="other", topics=True, scores=False),
        looked("d4", hours=25, tenant="gone", refusals=True),
    )
    assert found.drift == DriftSeen({"topics": True, "scores": False}, 3_600)
    assert found.evaluations == {}


async def test_an_outcome_in_another_form_is_no_alarm(catalog: SqlCatalog) -> None:
    found = await seen(catalog, ago("d1", hours=1, dataset=QUERY_DRIFT, body='{"format": "folio-drift-9"}'))
    assert found.drift == DriftSeen({}, 3_600)

"""Evaluations that were kept, over SQLite and Postgres and the fake."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.config import Settings
from core.eval_runs import QUERY_DRIFT, EvalRun, EvalRuns, EvalVerdict
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.eval_runs import FakeEvalRuns

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
INDEX, SEARCH, PROMPTS = "a" * 16, "b" * 16, "c" * 16
RUN = EvalRun(
    "r1", "acme", NOW, "handbook", "v1", f"{INDEX}-{SEARCH}-{PROMPTS}", EvalVerdict.PASSED, "r0", '{"a": 1}'
)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    if request.param == "postgres":
        return cleared(request.getfixturevalue("postgres_url"), "eval_runs")
    return None


@pytest.fixture
async def runs(settings: Settings | None) -> AsyncIterator[EvalRuns]:
    if settings is None:
        yield FakeEvalRuns()
        return
    async with open_catalog(settings, FakeClock()) as catalog:
        yield catalog.eval_runs


def later(run_id: str, *, hours: int, **changes: object) -> EvalRun:
    return replace(RUN, run_id=run_id, at=NOW + timedelta(hours=hours), **changes)


async def ids(runs: EvalRuns, tenant: str = "acme", **wanted: object) -> list[str]:
    return [run.run_id for run in await runs.latest(tenant, **wanted)]


async def test_a_run_comes_back_as_it_was_kept(runs: EvalRuns) -> None:
    await runs.add(RUN)
    assert await runs.get("acme", "r1") == RUN
    assert await runs.get("acme", "r2") is None
    assert list(await runs.latest("acme")) == [RUN]


async def test_another_tenant_sees_nothing(runs: EvalRuns) -> None:
    await runs.add(RUN)
    assert await runs.get("other", "r1") is None
    assert await ids(runs, "other") == []
    assert list(await runs.datasets("other", since=NOW)) == []


async def test_the_newest_come_first_and_no_more_than_wanted(runs: EvalRuns) -> None:
    for run in (later("r3", hours=2), RUN, later("r2", hours=1)):
        await runs.add(run)
    assert await ids(runs) == ["r3", "r2", "r1"]
    assert await ids(runs, limit=2) == ["r3", "r2"]


async def test_runs_are_found_by_set_and_by_any_part_of_the_subject(runs: EvalRuns) -> None:
    await runs.add(RUN)
    await runs.add(later("r2", hours=1, dataset="travel", subject=f"{'d' * 16}-{SEARCH}-{PROMPTS}"))
    assert await ids(runs, dataset="handbook") == ["r1"]
    assert await ids(runs, subject=INDEX) == ["r1"]
    assert await ids(runs, subject=SEARCH) == ["r2", "r1"]
    assert await ids(runs, subject=RUN.subject) == ["r1"]
    assert await ids(runs, dataset="travel", subject=INDEX) == []


@pytest.mark.parametrize("wild", ["%", "_", "a_a", "\\"])
async def test_a_subject_is_no_pattern(runs: EvalRuns, wild: str) -> None:
    await runs.add(RUN)
    assert await ids(runs, subject=wild) == []


async def test_which_sets_were_measured_lately(runs: EvalRuns) -> None:
    for run in (RUN, later("r2", hours=2, dataset="travel"), later("r3", hours=3, dataset="travel")):
        await runs.add(run)
    assert list(await runs.datasets("acme", since=NOW)) == ["handbook", "travel"]
    assert list(await runs.datasets("acme", since=NOW + timedelta(hours=1))) == ["travel"]


async def test_old_runs_are_forgotten(runs: EvalRuns) -> None:
    for run in (RUN, later("r2", hours=1)):
        await runs.add(run)
    assert await runs.purge(NOW + timedelta(hours=1)) == 1
    assert await ids(runs) == ["r2"]


async def test_what_was_found_of_drift_is_taken_for_no_golden_set(runs: EvalRuns) -> None:
    for run in (RUN, later("d1", hours=1, dataset=QUERY_DRIFT, subject="")):
        await runs.add(run)
    assert list(await runs.datasets("acme", since=NOW)) == ["handbook"]
    assert await ids(runs) == ["r1"]
    assert await ids(runs, dataset=QUERY_DRIFT) == ["d1"]


async def test_old_runs_of_one_set_are_forgotten_alone(runs: EvalRuns) -> None:
    for run in (
        RUN,
        later("d1", hours=0, dataset=QUERY_DRIFT, subject=""),
        later("d2", hours=1, dataset=QUERY_DRIFT),
    ):
        await runs.add(run)
    assert await runs.purge(NOW + timedelta(hours=1), dataset=QUERY_DRIFT) == 1
    assert await ids(runs, dataset=QUERY_DRIFT) == ["d2"]
    assert await ids(runs) == ["r1"]

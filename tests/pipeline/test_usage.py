"""What was asked of language models, as an asset: summed up, and compared with the days before."""

import asyncio
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.language_models import CallPurpose, CallRecord, TokenUsage
from pipelines.definitions import build
from store.catalog.catalog import open_catalog
from tests.fakes.clock import FakeClock


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    return load_settings()


async def record(settings: Settings, *, days_ago: int, cost: float) -> None:
    """A call of a past day."""
    clock = FakeClock(SystemClock().now() - timedelta(days=days_ago, hours=6))
    async with open_catalog(settings, clock) as catalog:
        purpose = CallPurpose("acme", "answer", "ann")
        usage = TokenUsage(1000, 100)
        await catalog.calls.record([CallRecord(purpose, "openai", "m", "ok", usage, 10.0, cost=cost)])


def run(**config: object) -> dg.ExecuteInProcessResult:
    job = build(load_settings()).resolve_job_def("usage_job")
    return job.execute_in_process(
        raise_on_error=False, run_config={"ops": {"sum_up_usage": {"config": config}}}
    )


async def spend(settings: Settings, *costs: float) -> None:
    for days_ago, cost in enumerate(reversed(costs)):
        await record(settings, days_ago=days_ago, cost=cost)


def test_a_day_that_is_not_as_usual_is_a_warning(settings: Settings) -> None:
    asyncio.run(spend(settings, *[1.0] * 9, 20.0))
    result = run()
    assert result.success
    (shown,) = result.asset_materializations_for_node("sum_up_usage")
    assert (shown.metadata["calls"].value, shown.metadata["cost"].value) == (1, 20.0)
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    (row,) = check.metadata["unusual"].records
    assert (row.data["tenant"], row.data["measured"], row.data["usual"]) == ("acme", "cost", 1.0)


def test_without_any_call_it_passes(settings: Settings) -> None:
    result = run()
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    assert check.passed


def test_a_day_that_is_none(settings: Settings) -> None:
    result = run(day="the day before")
    assert not result.success

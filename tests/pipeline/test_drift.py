"""Whether people ask otherwise, as an asset: quiet where little was asked, a warning that names what changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg
import numpy as np
import pytest

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.drift_outcomes import alarms
from core.eval_runs import QUERY_DRIFT, EvalRun, EvalVerdict
from core.query_samples import QuerySample
from pipelines.definitions import build
from pipelines.defs.evals.drift import CHECKS
from store.catalog.catalog import open_catalog
from tests.unit.evals.drift import worlds


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    return load_settings()


def kept(settings: Settings, samples: Sequence[QuerySample]) -> None:
    """In the catalog."""

    async def keep() -> None:
        async with open_catalog(settings, SystemClock()) as catalog:
            await catalog.query_samples.add(samples, most_per_day=1000)

    asyncio.run(keep())


def asked(axis: int, days_ago: range, *, seed: int) -> list[QuerySample]:
    rng = np.random.default_rng(seed)
    made = worlds.samples(worlds.around(axis, 120, rng), days_ago=days_ago, rng=rng)
    ago = SystemClock().now() - worlds.NOW
    return [replace(one, at=one.at + ago, sample_id=f"{seed} {one.sample_id}") for one in made]


def run() -> dg.ExecuteInProcessResult:
    return build(load_settings()).resolve_job_def("drift_job").execute_in_process(raise_on_error=False)


def test_where_nobody_asked_it_passes_and_says_so(settings: Settings) -> None:
    result = run()
    assert result.success
    found = result.get_asset_check_evaluations()
    assert {one.check_name for one in found} == set(CHECKS)
    assert all(one.passed for one in found)
    assert all("at least 50" in str(one.metadata["note"].value) for one in found)


def test_another_topic_is_a_warning_with_tables_and_pictures(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    kept(settings, [*asked(0, range(34, 6, -1), seed=1), *asked(5, range(6, -1, -1), seed=2)])
    result = run()
    assert result.success
    found = {one.check_name: one for one in result.get_asset_check_evaluations()}
    assert {name for name, one in found.items() if not one.passed} == {
        "questions_as_usual",
        "topics_as_usual",
    }
    assert all(one.severity is dg.AssetCheckSeverity.WARN for one in found.values())
    (row,) = found["questions_as_usual"].metadata["signals"].records
    assert row.data["outcome"] == "drift"
    (shown,) = result.asset_materializations_for_node("watch_questions")
    pictures = {name for name in shown.metadata if name.startswith("picture_")}
    assert {f"picture_{name}" for name in ("questions", "topics", "rates", "scores")} <= pictures
    assert "data:image/png;base64," in str(shown.metadata["picture_questions"].value)
    assert "| signal |" in str(shown.metadata["report"].value)
    assert "topic topic" not in str(shown.metadata["report"].value)
    assert "signals=questions,topics" in caplog.text
    (outcome,) = outcomes(settings)
    assert outcome.verdict is EvalVerdict.FAILED
    assert {name for name, is_alarm in alarms([outcome.body]).items() if is_alarm} == {"questions", "topics"}


def outcomes(settings: Settings) -> list[EvalRun]:
    async def read() -> list[EvalRun]:
        async with open_catalog(settings, SystemClock()) as catalog:
            return list(await catalog.eval_runs.latest(settings.access.tenant, dataset=QUERY_DRIFT))

    return asyncio.run(read())


def test_a_nightly_look_is_kept_for_metrics_and_one_by_hand_is_not(settings: Settings) -> None:
    run()
    (outcome,) = outcomes(settings)
    assert outcome.verdict is EvalVerdict.MEASURED
    assert not any(alarms([outcome.body]).values())
    by_hand = {"ops": {"watch_questions": {"config": {"days": 3}}}}
    job = build(settings).resolve_job_def("drift_job")
    assert job.execute_in_process(run_config=by_hand).success
    assert outcomes(settings) == [outcome]


def test_it_runs_every_night_from_the_start(settings: Settings) -> None:
    schedule = build(settings).resolve_schedule_def("drift_daily")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING

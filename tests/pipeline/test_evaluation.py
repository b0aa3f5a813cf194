"""Golden sets, the evaluation of a live base and the gate of releases as Dagster shows them."""

import asyncio
from pathlib import Path

import dagster as dg
import pytest

from core.clock import SystemClock
from core.config import load_settings
from core.eval_runs import EvalRun, EvalVerdict
from evals.datasets.folder import write_eval_set
from evals.places import set_folder
from folio.knowledge_base import KnowledgeBase
from folio.release_subjects import wanted_subject
from pipelines.definitions import build
from pipelines.defs.evals.checks import judged
from pipelines.resources import KnowledgeBaseResource
from store.catalog.catalog import open_catalog
from tests.fakes.release_corpus import golden_set, write_corpus


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_INGEST__SETTLE_S", "0")
    return home


async def fill(docs: Path) -> None:
    async with KnowledgeBase(load_settings()) as kb:
        await kb.ingest([write_corpus(docs)])
        [source] = await kb.sources()
    settings = load_settings()
    write_eval_set(golden_set(source.source_id), set_folder(settings, "pumps"))


def run(**config: object) -> dg.ExecuteInProcessResult:
    job = build(load_settings()).resolve_job_def("evaluation_job")
    return job.execute_in_process(raise_on_error=False, run_config={"ops": {"evaluate": {"config": config}}})


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {one.check_name: one for one in result.get_asset_check_evaluations()}


def made(result: dg.ExecuteInProcessResult) -> set[str]:
    events = result.get_asset_materialization_events()
    return {event.asset_key.to_user_string() for event in events if event.asset_key}


async def keep(verdict: EvalVerdict) -> None:
    """An evaluation of what the settings ask for."""
    settings, clock = load_settings(), SystemClock()
    async with open_catalog(settings, clock) as catalog:
        subject = await wanted_subject(settings, catalog.prompt_releases)
        run = EvalRun("r1", "default", clock.now(), "pumps", "v1", subject.fingerprint, verdict)
        await catalog.eval_runs.add(run)


def test_without_a_golden_set_there_is_nothing_to_do_and_no_run_by_the_clock(at_home: Path) -> None:
    result = run()
    assert result.success
    assert {name: one.passed for name, one in checks(result).items()} == {
        "not_worse_than_baseline": True,
        "release_gate": True,
    }
    schedule = build(load_settings()).resolve_schedule_def("evaluate_daily")
    resources = {"knowledge_base": KnowledgeBaseResource()}
    with dg.build_schedule_context(resources=resources) as context:
        tick = schedule.evaluate_tick(context)
    assert tick.run_requests == []
    assert "no golden set" in (tick.skip_message or "")


def test_what_was_never_released_is_red_and_stops_what_stands_downstream(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLIO_EVALS__GATE__MODE", "block")
    monkeypatch.setenv("FOLIO_EVALS__GATE__SETS", '["pumps"]')
    result = run()
    assert not result.success
    gate = checks(result)["release_gate"]
    assert (gate.passed, gate.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "folio eval run pumps" in str(gate.metadata["to_do"].value)
    assert made(result) == {"golden_sets", "evaluation"}

    asyncio.run(keep(EvalVerdict.PASSED))
    result = run()
    assert result.success
    assert checks(result)["release_gate"].passed
    assert "release" in made(result)


def test_a_warning_stops_nothing(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_EVALS__GATE__MODE", "warn")
    result = run()
    assert result.success
    gate = checks(result)["release_gate"]
    assert (gate.passed, gate.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "release" in made(result)


@pytest.mark.slow
def test_the_live_base_is_asked_its_sets_and_judged_by_its_baseline(
    at_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(fill(tmp_path / "docs"))
    monkeypatch.setenv("FOLIO_EVALS__GATE__MODE", "block")
    result = run(search_only=False)
    assert result.success, "the first measurement of what is live is no change that has to pass"
    (shown,) = result.asset_materializations_for_node("evaluate")
    assert (shown.metadata["sets"].value, shown.metadata["failed"].value) == (1, 0)
    assert "search/pumps" in shown.metadata["scorecard"].value
    assert "data:image/png" in shown.metadata["history_pumps"].value
    assert Path(str(shown.metadata["report_pumps"].value)).is_file()
    assert "oiled" not in str(shown.metadata), "no words of questions in what Dagster keeps"
    assert "no baseline" in str(checks(result)["not_worse_than_baseline"].metadata["note"].value)
    (sets,) = result.asset_materializations_for_node("golden_sets")
    assert sets.metadata["questions"].value == 7


def test_a_rebuild_that_is_not_released_fails_red(
    at_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ingest() -> None:
        async with KnowledgeBase(load_settings()) as kb:
            await kb.ingest([tmp_path / "note.txt"])

    (tmp_path / "note.txt").write_text("The dishwasher runs at noon.")
    asyncio.run(ingest())
    monkeypatch.setenv("FOLIO_EVALS__GATE__MODE", "block")
    monkeypatch.setenv("FOLIO_EMBEDDING__PASSAGE_PREFIX", "passage: ")
    result = build(load_settings()).resolve_job_def("rebuild_job").execute_in_process(raise_on_error=False)
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "is not released" in str(failure.step_failure_data.user_failure_data.description)


def test_the_check_says_what_is_to_be_done() -> None:
    from core.eval_subjects import Subject
    from evals.running.releasing import ReleaseState
    from folio.release_gate import Standing

    subject = Subject({"index.chunker": "b"})
    state = ReleaseState(
        subject,
        Subject({"index.chunker": "a"}),
        (("pumps", Standing.FAILED),),
        is_released=False,
        reason="run `folio eval run pumps --candidate`",
        changed=("index.chunker",),
    )
    result = judged(state, mode="block")
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert result.metadata["not_live_yet"].value == "index.chunker"
    assert "failed" in result.metadata["sets"].value

"""The scorecard on a part of the handbook: as Folio is, and with something broken on purpose."""

import asyncio
from pathlib import Path

import pytest

from evals.runs import EvalResult, Part, Stage, read_result
from evals.scorecard.__main__ import main
from evals.scorecard.baselines import save_baseline
from evals.scorecard.options import Options
from evals.scorecard.running import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

_STAGES = ("redaction", "retrieval", "access", "grounding", "injection", "freshness")
_SLICE = ("--sets", "handbook", "--quick", "--only", *_STAGES)


@pytest.fixture(scope="module")
def sound() -> EvalResult:
    return asyncio.run(run(Options(only=_STAGES, sets=("handbook",), case_count=40)))


@pytest.fixture(scope="module")
def baseline(sound: EvalResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baselines")
    save_baseline(folder, sound, data_sets=())
    return folder


def _without_times(part: Part) -> tuple[object, ...]:
    figures = {name: value for name, value in part.figures.items() if not name.endswith("_s")}
    return part.key, part.dataset_version, part.cases, figures


def test_every_stage_is_measured(sound: EvalResult) -> None:
    assert {part.stage for part in sound.parts} == set(Stage) - {Stage.ANSWERS, Stage.LATENCY, Stage.JUDGED}
    assert all(part.cases for part in sound.parts)
    (access,) = [part for part in sound.parts if part.stage is Stage.ACCESS]
    assert {case.scores["leaks"] for case in access.cases} == {0.0}


def test_a_second_run_passes_and_is_the_same_to_the_digit(
    sound: EvalResult, baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*_SLICE, "--baseline", str(baseline), "--output", str(tmp_path)]) == 0
    assert "passed: " in capsys.readouterr().out
    again = read_result(tmp_path / "result.json")
    assert [*map(_without_times, again.parts)] == [*map(_without_times, sound.parts)]
    assert (tmp_path / "report.md").read_text().startswith("# Evaluation")


@pytest.mark.parametrize(("name", "stage"), [("filter", "access"), ("citations", "grounding")])
def test_what_is_broken_on_purpose_fails_and_is_named(
    name: str, stage: str, baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*_SLICE, "--baseline", str(baseline), "--regress", name]) == 1
    causes = capsys.readouterr().out.split("Where it comes from:")[1]
    first = causes.strip().splitlines()[0]
    assert f"{stage}/handbook" in first

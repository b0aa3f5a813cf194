"""Golden sets by name, and what later evaluations are compared with."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.config import Settings
from core.errors import InvalidInputError, NotFoundError
from core.eval_runs import EvalRun, EvalVerdict
from evals.datasets.folder import write_eval_set
from evals.datasets.model import CorpusKind, EvalCase, EvalSet
from evals.places import set_folder
from evals.running.baselines import baseline_file, find_baseline, save_baseline
from evals.running.sets import find_set, known_sets
from evals.runs import CaseScores, EvalResult, Part, Stage, to_json
from tests.fakes.eval_runs import FakeEvalRuns

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RESULT = EvalResult(
    "r1", NOW, {"index.chunker": "a"}, (Part(Stage.SEARCH, "leave", "v1", (CaseScores("q1", {"mrr": 1.0}),)),)
)
OTHER = replace(RESULT, run_id="r2")
KEPT = EvalRun("r2", "default", NOW, "leave", "v1", "a-b-c", EvalVerdict.PASSED, body=to_json(OTHER).decode())
LEAVE = EvalSet("leave", "", CorpusKind.KNOWLEDGE_BASE, (EvalCase("q1", "How long?", {"d": 1}),))


def test_own_sets_come_first_then_packaged_ones_and_folders_work_too(
    settings: Settings, tmp_path: Path
) -> None:
    assert known_sets(settings) == []
    assert find_set(settings, "handbook").corpus is CorpusKind.FILES
    write_eval_set(LEAVE, set_folder(settings, "leave"))
    write_eval_set(LEAVE, set_folder(settings, "handbook"))
    assert known_sets(settings) == ["handbook", "leave"]
    assert find_set(settings, "handbook").corpus is CorpusKind.KNOWLEDGE_BASE
    write_eval_set(LEAVE, tmp_path / "elsewhere")
    assert find_set(settings, str(tmp_path / "elsewhere")).name == "leave"


def test_a_copy_with_other_cases_does_not_go_by_the_name_of_a_set_that_there_is(
    settings: Settings, tmp_path: Path
) -> None:
    write_eval_set(LEAVE, set_folder(settings, "leave"))
    easy = replace(LEAVE, cases=(EvalCase("q1", "?", {"d": 1}),))
    write_eval_set(easy, tmp_path / "easy")
    write_eval_set(easy, set_folder(settings, "easy"))
    for reference in (str(tmp_path / "easy"), "easy"):
        with pytest.raises(InvalidInputError, match="'leave', and so has another one"):
            find_set(settings, reference)
    assert find_set(settings, "leave").cases == find_set(settings, str(set_folder(settings, "leave"))).cases


async def test_a_baseline_can_be_read_by_its_owner_alone(settings: Settings) -> None:
    assert save_baseline(settings, "leave", RESULT).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("reference", ["nothing", "no/such/folder"])
def test_a_set_that_is_not_there_is_told_with_those_that_are(settings: Settings, reference: str) -> None:
    with pytest.raises(NotFoundError, match=r"with Folio come: .*handbook"):
        find_set(settings, reference)


@pytest.mark.parametrize("reference", ["..", "Bad Name"])
def test_a_name_that_leads_elsewhere_is_none(settings: Settings, reference: str) -> None:
    with pytest.raises(InvalidInputError):
        find_set(settings, reference)


async def test_without_a_baseline_there_is_nothing_to_compare_with(settings: Settings) -> None:
    assert await find_baseline(settings, FakeEvalRuns(), "leave", None) is None


async def test_the_saved_evaluation_is_the_baseline_until_another_one_is(settings: Settings) -> None:
    save_baseline(settings, "leave", RESULT)
    assert await find_baseline(settings, FakeEvalRuns(), "leave", None) == RESULT
    file = save_baseline(settings, "leave", OTHER)
    assert await find_baseline(settings, FakeEvalRuns(), "leave", None) == OTHER
    assert [path.name for path in file.parent.iterdir()] == ["leave.json"], "nothing half-written stays"


async def test_a_baseline_is_named_by_its_file_its_name_or_its_run(
    settings: Settings, tmp_path: Path
) -> None:
    save_baseline(settings, "first", RESULT)
    copy = tmp_path / "copy.json"
    copy.write_bytes(baseline_file(settings, "first").read_bytes())
    runs = FakeEvalRuns(KEPT)
    assert await find_baseline(settings, runs, "leave", "first") == RESULT
    assert await find_baseline(settings, runs, "leave", str(copy)) == RESULT
    assert await find_baseline(settings, runs, "leave", "r2") == OTHER


@pytest.mark.parametrize("reference", ["r9", "../elsewhere", "No Name"])
async def test_a_baseline_that_is_not_there_is_an_error(settings: Settings, reference: str) -> None:
    with pytest.raises(NotFoundError, match="no baseline"):
        await find_baseline(settings, FakeEvalRuns(replace(KEPT, tenant="other")), "leave", reference)

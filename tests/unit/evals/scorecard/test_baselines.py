"""Snapshots: written beside, replaced part by part, read as one run; and those of the repository are fit to be compared with."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from evals.gates.comparing import compare
from evals.golden.sets import golden_names, load_golden
from evals.runs import CaseScores, EvalResult, Part, Stage, read_result, to_json
from evals.scorecard.baselines import read_baseline, restricted, save_baseline
from evals.scorecard.options import BASELINES
from evals.scorecard.stages import injection, redaction


def _part(stage: Stage, dataset: str, scores: Mapping[str, float]) -> Part:
    cases = tuple(CaseScores(case_id, {"ndcg_10": score}) for case_id, score in scores.items())
    return Part(stage, dataset, "v1", cases)


def _run(*parts: Part, run_id: str = "r") -> EvalResult:
    return EvalResult(run_id, datetime(2026, 1, 1, tzinfo=UTC), {}, parts)


def test_sets_of_others_have_a_file_of_their_own(tmp_path: Path) -> None:
    run = _run(_part(Stage.DENSE, "handbook", {"a": 1.0}), _part(Stage.DENSE, "scifact", {"b": 0.5}))
    written = save_baseline(tmp_path, run, data_sets={"scifact"})
    assert [file.name for file in written] == ["packaged.json", "data.json"]
    found = read_baseline(tmp_path)
    assert found is not None
    assert [part.key for part in found.parts] == ["dense/scifact", "dense/handbook"]


def test_saving_a_part_leaves_the_others(tmp_path: Path) -> None:
    save_baseline(
        tmp_path,
        _run(_part(Stage.DENSE, "handbook", {"a": 0.1}), _part(Stage.SEARCH, "handbook", {"a": 0.2})),
        data_sets=(),
    )
    save_baseline(tmp_path, _run(_part(Stage.SEARCH, "handbook", {"a": 0.9})), data_sets=())
    found = read_baseline(tmp_path)
    assert found is not None
    assert [(part.stage, part.cases[0].scores["ndcg_10"]) for part in found.parts] == [
        (Stage.DENSE, 0.1),
        (Stage.SEARCH, 0.9),
    ]
    assert not list(tmp_path.glob("*.part"))


def test_a_folder_without_snapshots_has_no_baseline(tmp_path: Path) -> None:
    assert read_baseline(tmp_path) is None
    assert read_baseline(tmp_path / "nowhere") is None


def test_two_files_with_the_same_part_are_refused(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_bytes(to_json(_run(_part(Stage.DENSE, "handbook", {"a": 1.0}))))
    with pytest.raises(InvalidInputError, match="dense/handbook twice"):
        read_baseline(tmp_path)


def test_what_a_run_was_not_asked_for_is_not_missed() -> None:
    before = _run(
        _part(Stage.DENSE, "handbook", {"a": 1.0, "b": 0.0}), _part(Stage.DENSE, "people", {"c": 1.0})
    )
    after = _run(_part(Stage.DENSE, "handbook", {"a": 1.0}))
    (part,) = restricted(before, after, stages=[Stage.DENSE], is_quick=True).parts
    assert [case.case_id for case in part.cases] == ["a"]


def test_the_snapshot_of_the_repository_passes_its_own_gate() -> None:
    baseline = read_baseline(BASELINES)
    assert baseline is not None
    assert compare(baseline, baseline).passed


def test_the_snapshot_of_the_repository_is_of_the_sets_as_they_are() -> None:
    """Otherwise nothing would be compared: `python -m evals.scorecard --save` measures it anew."""
    versions = {name: load_golden(name).version for name in golden_names()}
    for file, name in ((redaction.FILE, redaction.NAME), (injection.FILE, injection.NAME)):
        versions[name] = redaction.version_of(file.read_bytes())
    parts = read_result(BASELINES / "packaged.json").parts
    measured = {part.dataset: part.dataset_version for part in parts if part.dataset in versions}
    assert measured == versions


def test_the_snapshot_of_the_repository_has_every_stage() -> None:
    found = {part.stage for part in read_result(BASELINES / "packaged.json").parts}
    assert found == set(Stage) - {Stage.ANSWERS, Stage.JUDGED}

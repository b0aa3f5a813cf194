from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import InvalidInputError
from evals.judge.calibration.agreement import Agreement
from evals.judge.calibration.records import (
    FILE,
    Calibration,
    keep_calibrations,
    may_gate,
    read_calibrations,
)

GOOD = Agreement(200, 200, 0.85, 0.78, 0.9, 0.6, (), (), 0.1)
KNOWN = Calibration(
    "judge_supported", "openai/m", "v1", "wice", "d1", 7, 3, datetime(2026, 1, 1, tzinfo=UTC), GOOD
)


OTHER = replace(KNOWN, dataset="clapnq")


def why(*known: Calibration, model: str = "openai/m", version: str = "v1") -> str | None:
    return may_gate("judge_supported", model=model, version=version, known=known, min_agreement=0.7)


def said(**changes: float | None) -> Calibration:
    return replace(KNOWN, agreement=replace(GOOD, **changes))


def test_who_agrees_surely_enough_may_decide() -> None:
    assert why(KNOWN, OTHER) is None


def test_the_lower_bound_counts_not_the_value() -> None:
    assert "0.69" in (why(said(low=0.69), OTHER) or "")
    assert why(said(low=0.7), OTHER) is None


def test_one_set_of_several_is_enough_to_bar() -> None:
    other = replace(said(low=0.2), dataset="clapnq")
    assert "clapnq" in (why(KNOWN, other) or "")


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ((), "never calibrated"),
        ((replace(KNOWN, model="openai/n"),), "another model"),
        ((replace(KNOWN, version="v0"),), "other prompts"),
        ((KNOWN,), "not calibrated on clapnq"),
        ((KNOWN, replace(OTHER, version="v0")), "not calibrated on clapnq"),
        ((said(asked_count=99, judged_count=99), OTHER), "99 statements"),
        ((said(judged_count=170), OTHER), "170 of 200"),
        ((said(spearman=None, low=None), OTHER), "ranks nothing"),
    ],
)
def test_what_bars_a_judge_is_said(known: tuple[Calibration, ...], words: str) -> None:
    assert words in (why(*known) or "")


def test_they_are_kept_one_for_each_judge_model_and_set(tmp_path: Path) -> None:
    keep_calibrations(tmp_path, [KNOWN, replace(KNOWN, dataset="clapnq")])
    newer = replace(KNOWN, version="v2")
    keep_calibrations(tmp_path, [newer])
    assert read_calibrations(tmp_path) == [replace(KNOWN, dataset="clapnq"), newer]
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_a_damaged_file_is_said_and_not_written_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(InvalidInputError, match="folio eval calibrate"):
        keep_calibrations(tmp_path, [KNOWN])
    assert (tmp_path / FILE).read_text() == "{}"


def test_nothing_kept_is_no_error(tmp_path: Path) -> None:
    assert read_calibrations(tmp_path) == []

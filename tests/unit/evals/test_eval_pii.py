"""Counting what was found, and the halves of the data."""

import json
from pathlib import Path

import pytest

from evals.bench_pii import OURS, STOCK, Timing, as_text, ratio
from evals.eval_pii import main
from evals.pii_bench.chunks import generated_chunks
from evals.pii_bench.labelled import DEVELOPED_ON, HELD_OUT, Label, LabelledText, presidio_research, wnut17
from evals.pii_bench.scoring import Score, score, table
from ingest.pii.spans import Finding


def test_overlap_of_the_same_type_counts() -> None:
    text = LabelledText(
        "Jane Doe met Bob in Rome", (Label("PERSON", 0, 8), Label("PERSON", 13, 16), Label("GPE", 20, 24))
    )
    rows = [Finding("PERSON", 5, 8, 1.0), Finding("PERSON", 20, 24, 1.0), Finding("URL", 13, 16, 1.0)]
    found, residuals = score([text], [rows], entity="PERSON", found_as=["PERSON"], labelled_as=["PERSON"])
    assert found == Score(found=1, missed=1, right=1, wrong=1)
    assert [(row.kind, row.around) for row in residuals] == [
        ("missed", "Jane Doe met [[Bob]] in Rome"),
        ("wrong", "Jane Doe met Bob in [[Rome]]"),
    ]
    fine, _ = score(
        [text], [rows], entity="P", found_as=["PERSON"], labelled_as=["PERSON"], also_right=["GPE"]
    )
    assert fine.wrong == 0


def test_measures_by_hand() -> None:
    row = Score(found=3, missed=1, right=1, wrong=1)
    assert (row.recall, row.precision) == (0.75, 0.5)
    # 5 * 0.5 * 0.75 / (4 * 0.5 + 0.75)
    assert row.f2 == pytest.approx(1.875 / 2.75)
    assert (Score().recall, Score().precision) == (1.0, 1.0)
    assert table({"PERSON": {"a": row}}).splitlines()[2] == "| PERSON | 0.500 | 0.750 | 0.682 | 1 |"


def test_data_sets_are_read(tmp_path: Path) -> None:
    for name in ("presidio_research", "wnut17"):
        (tmp_path / name).mkdir()
    span = {"entity_type": "PERSON", "entity_value": "Bo", "start_position": 0, "end_position": 2}
    rows = json.dumps([{"full_text": "Bo ran", "spans": [span]}])
    (tmp_path / "presidio_research" / "synth_dataset_v2.json").write_text(rows)
    (tmp_path / "wnut17" / "emerging.test.annotated").write_text(
        "Ann\tB-person\nLee\tI-person\nran\tO\n\nok\tO\n"
    )
    assert presidio_research(tmp_path)[0].labels == (Label("PERSON", 0, 2),)
    first, second = wnut17(tmp_path)
    assert (first.text, first.labels) == ("Ann Lee ran", (Label("PERSON", 0, 7),))
    assert second == LabelledText("ok", ())


def test_halves_are_given_by_the_text() -> None:
    halves = [LabelledText(str(number), ()).half for number in range(40)]
    assert set(halves) == {DEVELOPED_ON, HELD_OUT}
    assert halves == [LabelledText(str(number), ()).half for number in range(40)]


def test_without_data_nothing_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "--data" in capsys.readouterr().out
    assert main(["--data", str(tmp_path)]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_bench_compares_the_best_rounds() -> None:
    timings = [Timing(OURS, 10, 2.0, 1.0), Timing(STOCK, 10, 5.0, 4.0), Timing(OURS, 10, 1.0, 1.0)]
    assert ratio(timings, clock=lambda row: row.wall_s) == 5.0
    assert "5.00 times Presidio (CPU 4.00); goal 2: met" in as_text(timings)


def test_chunks_are_the_same_every_time() -> None:
    assert generated_chunks(3) == generated_chunks(3)
    assert all(100 < len(chunk.split()) < 200 for chunk in generated_chunks(20))

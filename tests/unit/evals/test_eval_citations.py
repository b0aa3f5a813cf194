"""The measurement of the citation check: alterations, scores, and one run over a small folder."""

import random
from pathlib import Path

import orjson
import pytest

from evals.citation_eval.alterations import OTHER, SAME
from evals.citation_eval.location import iou
from evals.citation_eval.verdicts import Scored, best_threshold, passed_share, verdicts
from evals.eval_citations import main

SENTENCE = "The big library in Bergen is open until 18 o'clock on all working days."
PASSAGE = f"{SENTENCE} Visitors leave coats with the warden. " + "It has many rooms. " * 8


@pytest.mark.parametrize("kind", [*SAME, *OTHER])
def test_every_alteration_alters_this_sentence(kind: str) -> None:
    altered = (SAME | OTHER)[kind](SENTENCE, random.Random(3))

    assert altered is not None
    assert (altered == SENTENCE) == (kind == "as it is")


def test_overlap_is_intersection_over_union() -> None:
    assert iou((0, 10), (5, 15)) == pytest.approx(5 / 15)
    assert iou((0, 5), (5, 9)) == 0


def test_precision_recall_and_their_means() -> None:
    rows = [
        Scored("supported", 0.9),
        Scored("supported", 0.5),
        Scored("not_supported", 0.7),
        Scored("other", 0.1),
    ]
    found = verdicts(rows, 0.6)

    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert found.f05 == pytest.approx(0.5)
    assert verdicts(rows, 0.8).f05 == pytest.approx(1.25 * 0.5 / (0.25 + 0.5))
    assert passed_share(rows, "not_supported", 0.6) == 1
    assert best_threshold(rows) == 0.75
    assert verdicts([], 0.5).f1 == 0


def write(path: Path, *rows: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))


def test_a_run_prints_every_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "squad" / "corpus.jsonl", {"id": "p", "title": "Library", "text": PASSAGE})
    write(
        tmp_path / "squad" / "queries_train.jsonl",
        {"id": "1", "text": "Where is the library?", "answers": ["Bergen"]},
        {"id": "2", "text": "With whom do visitors leave coats?", "answers": ["the warden"]},
    )
    (tmp_path / "squad" / "qrels_train.tsv").write_text("query\tdoc\tgrade\n1\tp\t1\n2\tp\t1\n")
    write(
        tmp_path / "wice" / "entailment_claim" / "dev.jsonl",
        {"claim": "The library in Bergen is big.", "evidence": ["Library", SENTENCE], "label": "supported"},
    )
    output = {"answer": "The library is open. It is big.", "selected_sentences": [SENTENCE]}
    sentences = [SENTENCE, "Visitors leave their coats with the warden."]
    passage = {"title": "Library", "sentences": sentences}
    write(tmp_path / "clapnq" / "clapnq_dev_answerable.jsonl", {"passages": [passage], "output": [output]})

    assert main(["--data", str(tmp_path), "--count", "4"]) == 0
    text = capsys.readouterr().out
    assert "| same: as it is | 1 | 1.0000 | 1.0000 |" in text
    assert "| other: number | " in text
    assert "## Made of questions and answers: 2 claims" in text
    assert "## WiCE: 1 claims" in text
    assert "## CLAP NQ: 4 claims" in text
    assert "Precision" in text


def test_without_a_folder_nothing_is_measured_and_a_wrong_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert "nothing measured" in capsys.readouterr().out
    assert main(["--data", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err

import json
from pathlib import Path

import pytest

from evals.datasets.retrieval_sets import Passage
from evals.eval_grounding import main
from evals.grounding.asking import Case
from evals.grounding.fitting import without_answer
from evals.grounding.report import row
from evals.grounding.sets import GroundedQuestion, GroundedSet, read_grounded, says
from evals.grounding.splitting import for_fitting, for_measuring
from evals.metrics.refusals import best_threshold_f1, brier, calibration_error, refusal_quality
from tests.fakes.hits import hit


def question(number: int, text: str = "who", *spans: str) -> GroundedQuestion:
    return GroundedQuestion(f"q{number}", text, (f"d{number}",), spans)


def test_refusals_are_counted_as_a_class_to_be_found() -> None:
    # Three are answerable; refused are one of them and one of the two others: P 1/2, R 1/2, answered 2/3.
    quality = refusal_quality([True, True, True, False, False], [True, False, False, True, False])

    assert (quality.precision, quality.recall, quality.f1) == (0.5, 0.5, 0.5)
    assert quality.answered == pytest.approx(2 / 3)


def test_without_a_refusal_nothing_divides_by_zero() -> None:
    assert refusal_quality([True], [False]).f1 == 0


def test_the_best_bound_is_found_between_the_scores() -> None:
    assert best_threshold_f1([True, False, False], [0.9, 0.2, 0.4]) == 1.0


def test_brier_and_calibration_error_by_hand() -> None:
    assert brier([True, False], [0.8, 0.4]) == pytest.approx((0.04 + 0.16) / 2)
    # One bin at 0.8 with a share of 1/2: off by 0.3.
    assert calibration_error([True, False], [0.8, 0.8]) == pytest.approx(0.3)


def test_nothing_is_measured_that_was_fitted_on() -> None:
    data = GroundedSet("s", (), tuple(question(number) for number in range(60)))
    fitting, measuring = for_fitting(data), for_measuring(data)

    assert fitting
    assert measuring
    assert {one.query_id for one in fitting}.isdisjoint(one.query_id for one in measuring)


def test_nothing_is_fitted_on_that_another_set_asks_or_holds() -> None:
    questions = tuple(question(number, f"what is the height of mount {number}") for number in range(60))
    data = GroundedSet("s", tuple(Passage(f"d{number}", f"T{number}", "") for number in range(60)), questions)
    same_words = GroundedSet("o", (), questions)
    same_titles = GroundedSet("o", tuple(Passage("x", f"t{number}", "") for number in range(60)), ())

    assert for_fitting(data)
    assert for_fitting(data, apart_from=[same_words]) == []
    assert for_fitting(data, apart_from=[same_titles]) == []


def test_the_answer_is_cut_out_of_its_passage_and_of_no_other() -> None:
    hits = [hit("It is old. Anna built it. It is red.", external_id="d1"), hit("Anna is here. Yes.")]
    cut = without_answer(hits, question(1, "who", "Anna"))

    assert [one.text for one in cut] == ["It is old. It is red.", "Anna is here. Yes."]
    assert without_answer(hits[:1], question(1, "who", "Berta")) == []


def test_a_quote_holds_the_answer_whatever_its_case_and_white_space() -> None:
    assert says("Built by\nanna karlsson.", question(1, "who", "Anna Karlsson"))
    assert not says("Built by Anna.", question(1, "who", "Anna Karlsson"))


def test_a_line_of_the_table_says_how_many_and_how_well() -> None:
    answered = Case("a", truth=True, without=False, probability=0.9, refused=False, has_gold=True,
                    citation_count=2, verbatim_count=2, took_ms=5)  # fmt: skip
    refused = Case("b", truth=False, without=True, probability=0.2, refused=True, took_ms=7)

    assert row("x", [answered, refused]) == (
        "| x | 2 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 0.025 | 0.150 | 6 |"
    )


def write(folder: Path, name: str, rows: list[dict]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


def a_set(folder: Path) -> Path:
    documents = {"d1": "Mount Vell is 812 metres high.", "d2": "Lake Ostra freezes in December."}
    write(
        folder,
        "corpus.jsonl",
        [{"id": key, "title": "Nature", "text": text} for key, text in documents.items()],
    )
    write(folder, "queries.jsonl", [
        {"id": "q1", "text": "How high is Mount Vell?", "answers": ["812 metres"]},
        {"id": "q2", "text": "Who won the chess final of 1950?", "answerable": False},
    ])  # fmt: skip
    (folder / "qrels.tsv").write_text("query\tdoc\tgrade\nq1\td1\t1\n", encoding="utf-8")
    return folder


def test_a_set_says_what_answers_and_what_nothing_answers(tmp_path: Path) -> None:
    data = read_grounded(a_set(tmp_path / "tiny"))

    assert [(one.gold, one.spans) for one in data.questions] == [(("d1",), ("812 metres",)), ((), ())]
    assert data.has_unanswerable


def test_selected_sentences_come_before_short_answers(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "tiny")
    write(
        folder,
        "x_answerable.jsonl",
        [{"id": "q1", "output": [{"selected_sentences": ["Mount Vell is 812 metres high."]}]}],
    )

    assert read_grounded(folder).questions[0].spans == ("Mount Vell is 812 metres high.",)


def test_the_whole_measurement_asks_with_and_without_the_passage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_set(tmp_path / "tiny")

    assert main(["--data", str(tmp_path), "--sets", "tiny"]) == 0
    own, kept_out = capsys.readouterr().out.splitlines()[2:]
    # Answered with the passage and quoted; refused without it, and where nothing answers. Every quote stands in the text.
    assert own.startswith("| tiny, its own | 2 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |")
    assert kept_out.startswith(
        "| tiny, passage kept out | 2 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |"
    )


def test_without_data_nothing_is_measured_and_a_missing_set_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert main(["--data", str(tmp_path), "--sets", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err

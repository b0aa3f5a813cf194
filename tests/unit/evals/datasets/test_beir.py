"""Sets in the layout of BEIR: as the project keeps them, and as they are downloaded."""

import json
from pathlib import Path
from typing import Any

import pytest

from core.errors import SettingsError
from evals.datasets.beir import read_beir
from evals.datasets.checks import problems
from evals.datasets.folder import read_eval_set, write_eval_set
from evals.datasets.model import EvalCase, EvalDocument, GoldSpan
from evals.datasets.retrieval_sets import find_sets, read_set

HILLS = "Mount Vell is 812 metres high. It is bare."
QUERIES: list[dict[str, Any]] = [
    {"id": "q1", "text": "How high is Mount Vell?", "answers": ["812 metres", "2,664 feet"]},
    {"id": "q2", "text": "Who won the chess final?", "answerable": False, "answers": []},
    {"id": "q3", "text": "A query of another split."},
]


def write(file: Path, rows: list[dict[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def a_folder(folder: Path) -> Path:
    write(
        folder / "corpus.jsonl",
        [{"id": "d1", "title": "Hills", "text": HILLS}, {"id": "d2", "text": "Chess."}],
    )
    write(folder / "queries.jsonl", QUERIES)
    (folder / "qrels.tsv").write_text("query\tdoc\tgrade\nq1\td1\t2\nq3\td2\t0\n", encoding="utf-8")
    return folder


def as_downloaded(folder: Path) -> Path:
    """The same with `_id` and with its judgements by split."""
    a_folder(folder)
    for name in ("corpus.jsonl", "queries.jsonl"):
        text = (folder / name).read_text(encoding="utf-8").replace('"id":', '"_id":')
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    return folder


def test_cases_have_their_grades_answers_and_spans(tmp_path: Path) -> None:
    found = read_beir(a_folder(tmp_path / "hills"))

    assert found.documents == (EvalDocument("d1", "Hills", HILLS), EvalDocument("d2", "", "Chess."))
    assert found.cases == (
        EvalCase(
            "q1", "How high is Mount Vell?", grades={"d1": 2}, answers=("812 metres", "2,664 feet"),
            spans=(GoldSpan("d1", "812 metres", 14),), origin="beir",
        ),
        EvalCase("q2", "Who won the chess final?", answerable=False, origin="beir"),
    )  # fmt: skip
    assert problems(found) == []
    assert write_eval_set(found, tmp_path / "written") == found == read_eval_set(tmp_path / "written")


def test_the_layout_of_downloads_is_the_same_set(tmp_path: Path) -> None:
    own, downloaded = a_folder(tmp_path / "a"), as_downloaded(tmp_path / "b")

    assert read_beir(downloaded).cases == read_beir(own).cases
    assert read_beir(downloaded).version == read_beir(own).version
    assert find_sets(tmp_path) == [own, downloaded]
    assert read_set(downloaded).grades == {"q1": {"d1": 2}}


def test_another_split_has_other_queries(tmp_path: Path) -> None:
    folder = as_downloaded(tmp_path / "hills")
    (folder / "qrels" / "train.tsv").write_text("query\tdoc\tgrade\nq3\td2\t1\n", encoding="utf-8")

    assert [case.case_id for case in read_beir(folder, split="train").cases] == ["q2", "q3"]
    with pytest.raises(SettingsError, match="qrels"):
        read_beir(folder, split="dev")


def test_selected_sentences_are_the_spans(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "hills")
    chosen = {"selected_sentences": ["Mount Vell is 812 metres high.", "Not in the text."]}
    write(folder / "x_answerable.jsonl", [{"id": "q1", "output": [chosen, chosen]}])

    assert read_beir(folder).cases[0].spans == (GoldSpan("d1", "Mount Vell is 812 metres high.", 0),)


def test_a_query_without_words_is_named(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "hills")
    write(folder / "queries.jsonl", [{"id": "q1", "title": "no text"}])

    with pytest.raises(SettingsError, match="query 'q1' has no `text`"):
        read_beir(folder)


@pytest.mark.slow
def test_a_public_set_is_read_whole(bench: Path) -> None:
    found = read_beir(bench / "clapnq")

    assert (
        sum(case.answerable for case in found.cases)
        == sum(not case.answerable for case in found.cases)
        == 300
    )
    assert sum(bool(case.spans) for case in found.cases) >= 290

"""Retrieval sets: what is read, and what is said of folders that hold none."""

from pathlib import Path

import pytest

from core.errors import SettingsError
from evals.datasets.retrieval_sets import Passage, Question, find_sets, read_set


def write_set(folder: Path) -> Path:
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(
        '{"id": "a", "title": "Pumps", "text": "One."}\n\n{"id": 2, "title": null, "text": "Two."}\n'
    )
    (folder / "queries.jsonl").write_text(
        '{"id": "q1", "text": "Which?"}\n{"id": "q2", "text": "Not judged."}\n{"id": "q3", "text": "Only 0."}\n'
    )
    (folder / "qrels.tsv").write_text("query\tdoc\tgrade\nq1\ta\t2\nq1\t2\t0\nq3\ta\t0\n")
    return folder


def test_a_set_has_its_corpus_and_the_queries_that_something_answers(tmp_path: Path) -> None:
    found = read_set(write_set(tmp_path / "small"))
    assert found.name == "small"
    assert found.passages == (Passage("a", "Pumps", "One."), Passage("2", "", "Two."))
    assert found.questions == (Question("q1", "Which?"),)
    assert found.grades == {"q1": {"a": 2}}


def test_all_sets_of_a_folder_are_found_by_name(tmp_path: Path) -> None:
    second, first = write_set(tmp_path / "b"), write_set(tmp_path / "a")
    (tmp_path / "else").mkdir()
    assert find_sets(tmp_path) == [first, second]
    assert find_sets(tmp_path, ["b"]) == [second]


@pytest.mark.parametrize("names", [[], ["absent"]])
def test_a_folder_without_the_set_is_an_error_that_says_what_to_do(tmp_path: Path, names: list[str]) -> None:
    with pytest.raises(SettingsError, match="--data"):
        find_sets(tmp_path, names)


@pytest.mark.parametrize(
    ("name", "line"), [("corpus.jsonl", "[1]"), ("queries.jsonl", "{"), ("qrels.tsv", "q1\ta\tgood")]
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, name: str, line: str) -> None:
    folder = write_set(tmp_path / "small")
    (folder / name).write_text(f"{line if name != 'qrels.tsv' else 'header'}\n{line}\n")
    with pytest.raises(SettingsError, match=f"{name}', line [12]"):
        read_set(folder)

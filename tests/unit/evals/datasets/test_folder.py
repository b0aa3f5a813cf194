"""A golden set as a folder: what is written is read back, and what is wrong is named."""

import json
import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings

from core.errors import InvalidInputError
from evals.datasets.folder import (
    CASES_FILE,
    CORPUS_FILE,
    SET_FILE,
    is_eval_set,
    read_eval_set,
    write_eval_set,
)
from evals.datasets.model import CorpusKind, EvalSet, Reader
from tests.unit.evals.datasets.sets import (
    NOBODY,
    PRESSURE,
    PRICE,
    SMALL,
    a_set_of_files,
    text_sets,
    with_case,
)


@settings(max_examples=50)
@given(text_sets)
def test_what_is_written_is_read_back(some: EvalSet) -> None:
    with TemporaryDirectory() as folder:
        written = write_eval_set(some, Path(folder))

        assert read_eval_set(Path(folder)) == written
        assert replace(written, version="") == some


def test_files_are_found_from_where_the_set_lies(tmp_path: Path) -> None:
    some = a_set_of_files(tmp_path / "files")

    written = write_eval_set(some, tmp_path / "sets" / "files")

    assert json.loads((tmp_path / "sets/files" / SET_FILE).read_text())["folder"] == "../../files"
    assert read_eval_set(tmp_path / "sets" / "files") == written == replace(some, version=written.version)


def test_a_set_of_a_knowledge_base_has_neither_texts_nor_files(tmp_path: Path) -> None:
    some = EvalSet("kb", "", CorpusKind.KNOWLEDGE_BASE, (PRESSURE,))
    write_eval_set(SMALL, tmp_path)

    written = write_eval_set(some, tmp_path)

    assert read_eval_set(tmp_path) == written
    assert not (tmp_path / CORPUS_FILE).exists()


def test_only_the_owner_reads_the_files_and_others_of_the_folder_stay(tmp_path: Path) -> None:
    (tmp_path / "NOTES.md").write_text("mine")
    write_eval_set(SMALL, tmp_path)
    write_eval_set(SMALL, tmp_path)

    found = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert found.pop("NOTES.md")
    assert found == dict.fromkeys((SET_FILE, CASES_FILE, CORPUS_FILE), 0o600)


def test_a_set_that_cannot_be_written_leaves_the_former_one(tmp_path: Path) -> None:
    former = write_eval_set(SMALL, tmp_path)

    for wrong in (
        with_case(PRESSURE, question="half a \ud800"),
        with_case(PRESSURE, grades={"pumps": 0}),
        with_case(PRICE, reader=Reader(clearance="secret")),
        replace(SMALL, name="../elsewhere"),
        replace(SMALL, corpus=CorpusKind.KNOWLEDGE_BASE),
        replace(SMALL, cases=(PRESSURE, PRESSURE)),
    ):
        with pytest.raises(InvalidInputError):
            write_eval_set(wrong, tmp_path)
    assert read_eval_set(tmp_path) == former
    assert len(list(tmp_path.iterdir())) == 3


def test_a_write_that_breaks_off_leaves_the_former_set(tmp_path: Path) -> None:
    former = write_eval_set(SMALL, tmp_path)
    in_the_way = tmp_path / f".{SET_FILE}.{os.getpid()}.part"
    in_the_way.mkdir()

    with pytest.raises(InvalidInputError, match="cannot be written"):
        write_eval_set(replace(SMALL, cases=(NOBODY,)), tmp_path)

    in_the_way.rmdir()
    assert read_eval_set(tmp_path) == former
    assert len(list(tmp_path.iterdir())) == 3


def test_a_set_does_not_lie_among_its_own_files(tmp_path: Path) -> None:
    some = a_set_of_files(tmp_path)

    with pytest.raises(InvalidInputError, match="keep the set elsewhere"):
        write_eval_set(some, tmp_path / "golden")


def lines(**changes: Any) -> str:
    return json.dumps({"case_id": "a", "question": "Secret words?", "grades": {"pumps": 1}, **changes})


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2"),
        ("[]", "line 2"),
        (lines(grade={"pumps": 1}), "line 2: field `grade`"),
        (lines(grades={"pumps": 0}), r"line 2: field `grades\.pumps`.*greater than 0"),
        (lines(grades={"pumps": "high"}), r"field `grades\.pumps`"),
        (lines(question=" "), "field `question`.*must not be empty"),
        (lines(reader={"clearance": "secret"}), r"field `reader\.clearance`.*internal"),
        (lines(spans=[{"doc_id": "pumps"}]), r"field `spans\.0\.quote`"),
        (lines(answerable="yes"), "field `answerable`"),
        (lines(case_id="c1"), "case 'c1' is there 2 times"),
    ],
)
def test_a_line_that_is_wrong_is_named_with_its_field_and_without_its_words(
    tmp_path: Path, line: str, said: str
) -> None:
    write_eval_set(replace(SMALL, cases=(PRESSURE,)), tmp_path)
    with (tmp_path / CASES_FILE).open("a") as cases:
        cases.write(f"{line}\n")

    with pytest.raises(InvalidInputError, match=said) as caught:
        read_eval_set(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "Secret words" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "other/1"}, "field `format`"),
        ({"corpus": "web"}, "field `corpus`"),
        ({"corpus": "files"}, "needs `folder`"),
        ({"folder": "x"}, "has no use for `folder`"),
        ({"corpus": "files", "folder": "absent"}, "absent, and that is no folder"),
        ({"licens": "ours"}, "field `licens`"),
        ({"name": "a/b"}, "field `name`"),
    ],
)
def test_a_head_that_is_wrong_is_named(tmp_path: Path, change: dict[str, str], said: str) -> None:
    write_eval_set(SMALL, tmp_path)
    file = tmp_path / SET_FILE
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))

    with pytest.raises(InvalidInputError, match=said):
        read_eval_set(tmp_path)


@pytest.mark.parametrize("missing", [SET_FILE, CASES_FILE, CORPUS_FILE])
def test_a_missing_file_is_named_with_what_a_set_needs(tmp_path: Path, missing: str) -> None:
    write_eval_set(SMALL, tmp_path)
    (tmp_path / missing).unlink()

    with pytest.raises(InvalidInputError, match=f"{missing} does not exist; a golden set is a folder with"):
        read_eval_set(tmp_path)


def test_a_set_written_by_hand_needs_little(tmp_path: Path) -> None:
    (tmp_path / SET_FILE).write_text(
        '{"format": "folio-eval-set/1", "name": "mine", "corpus": "knowledge-base"}'
    )
    (tmp_path / CASES_FILE).write_text('\n{"case_id": "1", "question": "Who?", "grades": {"d": 1}}\n\n')

    found = read_eval_set(tmp_path)

    assert is_eval_set(tmp_path)
    assert not is_eval_set(tmp_path / "absent")
    assert [(case.question, case.grades, case.answerable) for case in found.cases] == [
        ("Who?", {"d": 1}, True)
    ]

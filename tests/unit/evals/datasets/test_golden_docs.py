"""The example of the docs is a set, and what the docs say of the packaged ones is so."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from evals.datasets.checks import problems
from evals.datasets.folder import CASES_FILE, CORPUS_FILE, SET_FILE, read_eval_set
from evals.datasets.model import EvalCase
from evals.golden.sets import golden_names, load_golden
from tests.conftest import REPO

PAGE = (REPO / "docs" / "golden-sets.md").read_text(encoding="utf-8")


def test_the_example_is_a_complete_set_without_a_problem(tmp_path: Path) -> None:
    for name in (SET_FILE, CORPUS_FILE, CASES_FILE):
        found = re.search(rf"`{re.escape(name)}`\n\n```json\n(.*?)```", PAGE, re.DOTALL)
        assert found, name
        (tmp_path / name).write_text(found[1], encoding="utf-8")

    example = read_eval_set(tmp_path)

    assert problems(example) == []
    assert len(example.cases) == 5
    assert [one.access is None for one in example.documents] == [True, True, False]


def test_every_field_of_a_case_is_described() -> None:
    described = set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))
    assert {field.name for field in fields(EvalCase)} <= described


@pytest.mark.parametrize("name", golden_names())
def test_the_sizes_of_the_packaged_sets_are_as_told(name: str) -> None:
    found = load_golden(name)
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}`"))
    unanswerable = sum(not case.answerable for case in found.cases)
    documents = len(found.documents) or 28
    assert f"| {len(found.cases)}, {unanswerable} of them unanswerable |" in row
    assert f"| {documents} " in row

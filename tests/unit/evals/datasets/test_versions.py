"""The version of a set: the same for the same set, another for every change that could move a score."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInputError
from evals.datasets.model import EvalSet, GoldSpan, Reader
from evals.datasets.versions import current_version, file_hashes, version_of
from tests.unit.evals.datasets.sets import PRESSURE, PUMPS, SMALL, a_set_of_files, text_sets


@settings(max_examples=50)
@given(text_sets, st.randoms())
def test_order_and_name_do_not_count(some: EvalSet, chance: Any) -> None:
    cases, documents = list(some.cases), list(some.documents)
    chance.shuffle(cases)
    chance.shuffle(documents)

    other = replace(some, name="other", cases=tuple(cases), documents=tuple(documents), description="x")

    assert current_version(other) == current_version(some)


@pytest.mark.parametrize(
    "change",
    [
        {"case_id": "c9"},
        {"question": "At which pressure does P-1 stop?"},
        {"grades": {"pumps": 1}},
        {"wrong": ()},
        {"answers": ("5 bar",)},
        {"spans": (GoldSpan("pumps", "Pump P-1 runs at 4 bar.", -1),)},
        {"tags": ()},
        {"answerable": False},
        {"reader": Reader()},
        {"origin": "heading"},
    ],
)
def test_every_field_of_a_case_counts(change: dict[str, Any]) -> None:
    assert version_of([replace(PRESSURE, **change)]) != version_of([PRESSURE])


def test_documents_count_and_are_no_cases() -> None:
    versions = {
        version_of([PRESSURE]),
        version_of([PRESSURE], [PUMPS]),
        version_of([PRESSURE], [replace(PUMPS, text="Pump P-1 runs at 5 bar.")]),
        version_of([PRESSURE], [replace(PUMPS, access=SMALL.documents[1].access)]),
        version_of([PRESSURE], files={"pumps.md": "aa"}),
        version_of([PRESSURE, PRESSURE]),
    }
    assert len(versions) == 6


def test_the_version_follows_the_files_that_a_sync_would_look_at(tmp_path: Path) -> None:
    some = a_set_of_files(tmp_path)
    first = current_version(some)
    (tmp_path / ".DS_Store").write_text("junk")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index").write_text("junk")
    assert current_version(some) == first

    (tmp_path / ".folio.yaml").write_text("rules: []")
    assert set(file_hashes(tmp_path)) == {".folio.yaml", "pumps.md"}
    assert current_version(some) != first


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no folder; see `folder`"):
        file_hashes(tmp_path / "absent")

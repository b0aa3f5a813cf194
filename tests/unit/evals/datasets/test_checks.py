"""What is found wrong with a set, each in a set that has only this fault."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.access import AccessLabel, Tier
from evals.datasets.checks import problems
from evals.datasets.model import CorpusKind, EvalCase, EvalSet, GoldSpan, Reader
from tests.unit.evals.datasets.sets import NOBODY, PRESSURE, PRICE, PUMPS, SMALL, a_set_of_files, with_case


def test_nothing_is_wrong_with_the_small_set() -> None:
    assert problems(SMALL) == []


@pytest.mark.parametrize(
    ("case", "change", "said"),
    [
        (PRESSURE, {"grades": {"pumps": 1, "absent": 1}}, "document 'absent' is not in the corpus"),
        (PRESSURE, {"wrong": ("absent",)}, "document 'absent' is not in the corpus"),
        (PRESSURE, {"wrong": ("pumps",)}, "graded and wrong at once"),
        (PRESSURE, {"grades": {}, "spans": ()}, "answerable, and no document is graded"),
        (PRESSURE, {"grades": {"pumps": 0}}, "grade below 1"),
        (PRESSURE, {"spans": (GoldSpan("pumps", "at 5 bar"),)}, "quote of a span is not in the text"),
        (PRESSURE, {"spans": (GoldSpan("pumps", "at 4 bar", 3),)}, "not at its offset"),
        (PRESSURE, {"spans": (GoldSpan("prices", "900"),)}, "span in 'prices', which is not graded"),
        (PRESSURE, {"question": " "}, "has no question"),
        (NOBODY, {"answers": ("Nobody",)}, "unanswerable, and has grades, spans or answers"),
        (NOBODY, {"grades": {"pumps": 1}}, "unanswerable, and has grades"),
        (PRICE, {"reader": None}, "its reader may not read 'prices'"),
        (PRICE, {"reader": Reader(tenant="other", clearance="restricted")}, "may not read 'prices'"),
    ],
)
def test_each_fault_of_a_case_is_told_with_its_id(case: EvalCase, change: dict[str, Any], said: str) -> None:
    (found,) = problems(with_case(case, **change))

    assert found.startswith(f"case '{case.case_id}': ")
    assert said in found
    assert case.question not in found


def test_faults_of_the_whole_are_told() -> None:
    twice = replace(SMALL, cases=(PRESSURE, replace(PRESSURE, question="How is P-1 oiled?"), replace(PRICE, case_id="c9"), PRICE), documents=(*SMALL.documents, PUMPS))  # fmt: skip

    assert problems(twice) == [
        "document 'pumps' is there 2 times",
        "case 'c1' is there 2 times",
        "case 'c2': asks the same as 'c9'; leave one out",
    ]
    assert problems(replace(SMALL, cases=())) == ["the set has no case"]


def test_files_are_looked_for_in_the_folder_and_read_where_their_texts_are_given(tmp_path: Path) -> None:
    some = a_set_of_files(tmp_path)
    case = replace(some.cases[0], spans=(GoldSpan("pumps.md", "at 5 bar"),), wrong=("gone.md",))
    some = replace(some, cases=(case,))
    label = AccessLabel(tier=Tier.CONFIDENTIAL)

    assert [line.split(": ", 1)[1] for line in problems(some)] == ["document 'gone.md' is not in the corpus"]
    found = problems(some, texts={"pumps.md": PUMPS.text}, labels={"pumps.md": label})
    assert len(found) == 3


def test_documents_of_a_knowledge_base_are_not_known_here() -> None:
    some = EvalSet("kb", "", CorpusKind.KNOWLEDGE_BASE, (replace(PRICE, grades={"0123": 1}),))
    assert problems(some) == []
    assert problems(some, texts={"other": ""}) == ["case 'c2': document '0123' is not in the corpus"]

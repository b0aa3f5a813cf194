"""Questions that are asked twice, and those that only look so."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from evals.datasets.duplicates import dedup, question_key
from evals.datasets.model import EvalCase, EvalSet, GoldSpan, Reader
from tests.unit.evals.datasets.sets import PRESSURE, text_sets

LIMIT = EvalCase("a", "What is the hotel limit per night in London?", grades={"travel": 1})


def dropped(first: EvalCase, second: EvalCase) -> dict[str, str]:
    return dedup([first, replace(second, case_id="b")]).dropped


def test_case_blanks_and_punctuation_do_not_make_a_question() -> None:
    same = replace(LIMIT, question="what is the  HOTEL limit, per night -- in london", grades={"other": 1})
    assert dropped(LIMIT, same) == {"b": "a"}


def test_nearly_equal_questions_are_one_if_their_gold_is() -> None:
    near = replace(LIMIT, question="What is the limit per night in a London hotel?")
    assert dropped(LIMIT, near) == {"b": "a"}
    assert dropped(LIMIT, replace(near, grades={"other": 1})) == {}
    assert dropped(replace(LIMIT, spans=(GoldSpan("travel", "190"),)), near) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What does code E14 mean on a pump?", "What does code E21 mean on a pump?"),
        ("Which limit holds in 2024 for London?", "Which limit holds in 2025 for London?"),
        ("How long is the warranty of a pump?", "How long is the trial of a meter?"),
    ],
)
def test_what_a_figure_or_a_word_tells_apart_stays(first: str, second: str) -> None:
    assert dropped(replace(LIMIT, question=first), replace(LIMIT, question=second)) == {}


def test_the_same_question_of_another_reader_is_another_case() -> None:
    assert dropped(PRESSURE, replace(PRESSURE, reader=Reader(clearance="public"))) == {}


@settings(max_examples=40)
@given(text_sets)
def test_what_is_kept_has_no_duplicates_and_nothing_gets_lost(some: EvalSet) -> None:
    found = dedup(some.cases)

    assert dedup(found.cases).dropped == {}
    assert len(found.cases) + len(found.dropped) == len(some.cases)
    assert set(found.dropped.values()) <= {case.case_id for case in found.cases}


def test_questions_in_every_script_have_a_key() -> None:
    assert question_key("ДАТЧИК  давления?") == "датчик давления"
    assert question_key("圧力は\uff1f") == "圧力は"

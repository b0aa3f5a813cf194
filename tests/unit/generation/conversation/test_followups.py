"""Which questions go on from the ones before, and what they are searched with."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import AnswerStatus
from core.sessions import Turn
from generation.conversation.followups import is_follow_up
from generation.conversation.joining import joined
from generation.conversation.words import content, marks, names
from tests.unit.generation.conversation.questions import (
    GOES_ON,
    STANDS_ALONE,
    UNSEEN_GOES_ON,
    UNSEEN_STANDS_ALONE,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
LEAVE = ("How many days of parental leave do employees in Germany get?", "They get 36 months [1].")
BOSS = ("Who leads the Antwerp project?", "It is led by Marta Oduya since 2021. The budget is B-77.")


def turns(*told: tuple[str, str]) -> list[Turn]:
    return [
        Turn(number, AT, question, answer, AnswerStatus.GROUNDED)
        for number, (question, answer) in enumerate(told, 1)
    ]


@pytest.mark.parametrize("question", GOES_ON)
def test_a_question_that_points_back_goes_on(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize("question", STANDS_ALONE)
def test_a_question_that_names_its_subject_stands_for_itself(question: str) -> None:
    assert not is_follow_up(question)
    assert joined(question, turns(LEAVE)) == question


def test_the_rules_hold_for_questions_that_they_were_not_written_for() -> None:
    assert sum(map(is_follow_up, UNSEEN_GOES_ON)) >= 26
    assert not any(map(is_follow_up, UNSEEN_STANDS_ALONE))


def test_a_follow_up_gets_the_words_of_the_question_before() -> None:
    found = joined("And in France?", turns(BOSS, LEAVE))
    assert found == "And in France? (days parental leave employees Germany)"


def test_several_follow_ups_go_back_to_the_question_that_stands_for_itself() -> None:
    thread = turns(BOSS, LEAVE, ("And in France?", ""), ("What about contractors?", ""))
    found = joined("Who approves it?", thread)
    assert found == "Who approves it? (days parental leave employees Germany France contractors)"


def test_a_pronoun_gets_the_names_of_the_answer() -> None:
    assert joined("When did she join?", turns(LEAVE, BOSS)) == (
        "When did she join? (leads Antwerp project Marta Oduya 2021 B-77)"
    )


def test_the_first_question_is_searched_as_it_is() -> None:
    assert joined("And in France?", []) == "And in France?"


def test_words_that_are_there_are_not_added() -> None:
    assert joined("And the parental leave?", turns(LEAVE)) == (
        "And the parental leave? (days employees Germany)"
    )


def test_a_long_conversation_adds_few_words() -> None:
    long = turns((" ".join(f"word{number}" for number in range(500)), ""))
    assert len(content(joined("Why?", long))) <= 16


@given(st.text(max_size=200), st.lists(st.tuples(st.text(max_size=100), st.text(max_size=100)), max_size=6))
def test_what_was_asked_is_always_asked(question: str, told: list[tuple[str, str]]) -> None:
    found = joined(question, turns(*told))
    assert found.startswith(question)
    assert marks(question) <= marks(found)
    assert is_follow_up(question) or found == question


def test_names_are_marks_and_capitals_inside_of_a_sentence() -> None:
    assert names("The office is in Ghent. Call PERSON_0123456789ab on line 12, SAP or Mr Ode.") == [
        "Ghent", "PERSON_0123456789ab", "12", "SAP", "Mr", "Ode"
    ]  # fmt: skip
    assert marks("INV-2024-17 is not v2.1") == {"inv-2024-17", "v2.1"}

"""What is remembered of turns that have left the window."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.answers import AnswerStatus
from core.errors import DependencyDownError, FolioError
from core.language_models import Completion, Finish
from core.sessions import Owner, Session, Summary, Turn, new_id
from generation.conversation.summaries import Summariser
from generation.prompts.book import PromptBook
from tests.fakes.language_model import FakeLanguageModel

AT = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = Session(
    new_id(),
    Owner("acme", "me"),
    AT,
    AT,
    AT,
    turn_count=9,
    summary=Summary("Asked: Who is A1? Answered: B2.", 1),
)
TURNS = [
    Turn(2, AT, "How many days?", "30 days [1]. More for managers [2].", AnswerStatus.GROUNDED),
    Turn(3, AT, "And in France?", "", AnswerStatus.REFUSED),
]
BY_RULES = (
    "Asked: Who is A1? Answered: B2.\nAsked: How many days? Answered: 30 days [1].\nAsked: And in France?"
)


def words(text: str) -> int:
    return len(text.split())


async def test_without_a_model_it_is_the_questions_and_how_the_answers_begin() -> None:
    assert await Summariser(100, words).rolled(SESSION, TURNS) == Summary(BY_RULES, 3)


async def test_the_oldest_lines_go_first() -> None:
    found = await Summariser(15, words).rolled(SESSION, TURNS)
    assert found == Summary(BY_RULES.partition("\n")[2], 3)


async def test_a_model_writes_it_from_what_was_there_and_the_turns() -> None:
    model = FakeLanguageModel(("A1 is B2.\n\n30 days;  France was not known.\u0007",))
    found = await Summariser(100, words, model, PromptBook()).rolled(SESSION, TURNS)
    assert found == Summary("A1 is B2.\n30 days; France was not known.", 3)
    assert model.purposes[0].feature == "session_summary"
    assert model.prompts[0].max_tokens == 100
    assert all(text in model.prompts[0].messages[-1].text for text in ("Who is A1?", "And in France?"))


@pytest.mark.parametrize(
    "answer",
    [
        DependencyDownError("down"),
        "PERSON_ffffffffffff has 30 days.",
        "It was 31 days.",
        "",
        Completion("A1 is", "m", "p", Finish.LENGTH),
    ],
)
async def test_rules_stand_in_for_a_model_that_fails_or_makes_things_up(
    answer: FolioError | Completion | str,
) -> None:
    summariser = Summariser(100, words, FakeLanguageModel((answer,)), PromptBook())
    assert await summariser.rolled(SESSION, TURNS) == Summary(BY_RULES, 3)


async def test_a_long_question_is_cut_between_words() -> None:
    """Half a pseudonym would not be found when somebody is to be erased."""
    token = "PERSON_0123456789ab"
    long = replace(TURNS[0], question=" ".join([token] * 50))
    found = await Summariser(1000, words).rolled(replace(SESSION, summary=Summary()), [long])
    assert len(found.text) <= 302
    assert set(found.text.split()) == {"Asked:", token, "…"}

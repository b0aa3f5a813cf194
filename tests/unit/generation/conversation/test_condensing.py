"""Questions that a model completes: what it writes is only used where it keeps to what was said."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import AnswerStatus
from core.errors import BudgetError, DependencyDownError, FolioError, UnusableAnswerError
from core.language_models import Completion, Finish
from core.sessions import Owner, Session, Turn, new_id
from generation.conversation.condensing import (
    NOT_ANSWERED,
    NOT_USED,
    CondensedQuestion,
    Condenser,
    usable_question,
)
from generation.prompts.book import PromptBook
from tests.fakes.language_model import FakeLanguageModel

AT = datetime(2026, 1, 1, tzinfo=UTC)
SESSION = Session(new_id(), Owner("acme", "me"), AT, AT, AT)
TURNS = [Turn(1, AT, "Who signed INV-7?", "PERSON_0123456789ab did, on 2024-05-01.", AnswerStatus.GROUNDED)]
BY_RULES = "And INV-8? (signed INV-7)"


def condenser(*answers: CondensedQuestion | Completion | FolioError) -> tuple[Condenser, FakeLanguageModel]:
    model = FakeLanguageModel(answers)
    return Condenser(model, PromptBook()), model


async def test_a_model_completes_the_question() -> None:
    condensing, model = condenser(CondensedQuestion(question=" Who signed\nINV-8?\u0007 "))
    found = await condensing.condense("And INV-8?", SESSION, TURNS)
    assert (found.question, found.note) == ("Who signed INV-8?", "")
    [purpose], [prompt] = model.purposes, model.prompts
    assert (purpose.tenant, purpose.subject, purpose.feature) == ("acme", "me", "condense")
    assert purpose.prompt_version.startswith("condense/")
    assert prompt.max_tokens <= 200
    assert "And INV-8?" in prompt.messages[-1].text
    assert "And INV-8?" not in repr(found)


async def test_nobody_is_asked_about_the_first_question() -> None:
    condensing, model = condenser(CondensedQuestion(question="something else"))
    assert (await condensing.condense("And INV-8?", SESSION, [])).question == "And INV-8?"
    assert not model.prompts


@pytest.mark.parametrize(
    "error", [BudgetError("spent"), DependencyDownError("down"), UnusableAnswerError("prose")]
)
async def test_rules_stand_in_for_a_model_that_fails(error: FolioError) -> None:
    condensing, _ = condenser(error)
    found = await condensing.condense("And INV-8?", SESSION, TURNS)
    assert (found.question, found.note) == (BY_RULES, NOT_ANSWERED)


@pytest.mark.parametrize(
    "written",
    [
        "Who signed it?",
        "Who signed INV-8 and INV-9?",
        "Did PERSON_ffffffffffff sign INV-8?",
        "  ",
        "INV-8 " * 200,
    ],
)
async def test_what_loses_or_makes_up_a_name_is_not_searched_for(written: str) -> None:
    condensing, _ = condenser(CondensedQuestion(question=written))
    found = await condensing.condense("And INV-8?", SESSION, TURNS)
    assert (found.question, found.note) == (BY_RULES, NOT_USED)


async def test_a_refusal_is_no_question() -> None:
    condensing, _ = condenser(Completion("I cannot help.", "m", "p", Finish.REFUSAL))
    found = await condensing.condense("And INV-8?", SESSION, TURNS)
    assert (found.question, found.note) == (BY_RULES, NOT_USED)


async def test_a_long_question_brings_its_context_along() -> None:
    condensing, model = condenser(CondensedQuestion(question="And INV-8?"))
    long = "And it? " * 20_000
    assert (await condensing.condense(long, SESSION, TURNS)).question == long
    assert not model.prompts


async def test_without_a_model_rules_do_it() -> None:
    found = await Condenser().condense("And INV-8?", SESSION, TURNS)
    assert (found.question, found.note) == (BY_RULES, "")


@given(st.text(max_size=2000), st.text(max_size=300))
def test_whatever_a_model_writes_it_is_a_short_line(written: str, question: str) -> None:
    found = usable_question(written, question, heard="")
    assert found is None or (0 < len(found) <= 600 + len(question) and found.isprintable())

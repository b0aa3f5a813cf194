"""Answers from groups of passages, and one answer from these."""

import pytest

from core.answers import AnswerMode, AnswerStatus
from core.errors import BudgetError, UnusableAnswerError
from generation.reasons import NOT_ANSWERED, UNUSABLE
from tests.fakes.hits import hit
from tests.fakes.language_model import FakeLanguageModel
from tests.unit.generation.answerers import (
    ASKED,
    DAYS,
    answerer,
    combined,
    said,
    streamed,
    written,
)

PADDING = " Further words that say nothing much of anything at all." * 40
HITS = (
    hit("Annual leave is 30 days." + PADDING, doc="leave"),
    hit("Days that are left expire in March." + PADDING, doc="rest"),
)
EXPIRE = said("Days that are left expire in March.", (2, "Days that are left expire in March."))
BOTH = written(combined("It is 30 days, which expire in March.", 1, 2))


def summarising(answers: list[object]):
    return answerer(FakeLanguageModel(answers), AnswerMode.TREE_SUMMARIZE, context_tokens=1000)


async def test_a_sentence_has_the_citations_of_the_statements_that_it_combines() -> None:
    made = summarising([written(DAYS), written(EXPIRE), BOTH])
    answer = await made.answer(ASKED, HITS)
    assert answer.text == "It is 30 days, which expire in March. [1][2]"
    assert [(one.doc_id, one.quote) for one in answer.citations] == [
        ("leave", "Annual leave is 30 days."),
        ("rest", "Days that are left expire in March."),
    ]
    assert (answer.status, answer.prompt_version) == (AnswerStatus.GROUNDED, "tree_summarize/1")
    statements = made.model.prompts[2].messages[1].text
    assert '{"statement": 1, "text": "Leave is 30 days."}' in statements
    assert "Further words" not in statements


async def test_the_last_call_is_streamed() -> None:
    pieces, whole = await streamed(summarising([written(DAYS), written(EXPIRE), BOTH]), HITS)
    assert [piece.sentence for piece in pieces] == list(whole.sentences)
    assert len(pieces[0].citations) == 2


async def test_where_all_passages_fit_one_prompt_there_is_one_call() -> None:
    model = FakeLanguageModel([written(DAYS)])
    answer = await answerer(model, AnswerMode.TREE_SUMMARIZE).answer(ASKED, HITS)
    assert (len(model.prompts), answer.text) == (1, "Leave is 30 days. [1]")


@pytest.mark.parametrize("bad", [combined("Everybody loves it."), combined("It is 30 days.", 7, -1, 0)])
async def test_a_sentence_without_a_statement_is_taken_out(bad: dict[str, object]) -> None:
    last = written(combined("It is 30 days.", 1), bad)
    answer = await summarising([written(DAYS), written(EXPIRE), last]).answer(ASKED, HITS)
    assert (answer.text, answer.removed_count) == ("It is 30 days. [1]", 1)


@pytest.mark.parametrize(
    "last", [written(), written(combined("Everybody loves it.")), UnusableAnswerError("x")]
)
async def test_where_the_last_call_brings_nothing_the_statements_are_the_answer(last: object) -> None:
    answer = await summarising([written(DAYS), written(EXPIRE), last]).answer(ASKED, HITS)
    assert answer.text == "Leave is 30 days. [1] Days that are left expire in March. [2]"


async def test_without_a_statement_there_is_no_last_call() -> None:
    for answers, reason in (([written()], NOT_ANSWERED), ([UnusableAnswerError("x")], UNUSABLE)):
        made = summarising(answers)
        assert (await made.answer(ASKED, HITS)).reason == reason
        assert len(made.model.prompts) == 2
    assert (await streamed(summarising([written()]), HITS))[1].reason == NOT_ANSWERED


async def test_a_spent_budget_is_the_error_that_comes_up() -> None:
    with pytest.raises(BudgetError):
        await summarising([written(DAYS), BudgetError("spent")]).answer(ASKED, HITS)

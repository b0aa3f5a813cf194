"""Answers that are improved with group after group of passages."""

import pytest

from core.answers import AnswerMode, AnswerStatus
from core.errors import DependencyDownError, TooLargeError, UnusableAnswerError
from generation.reasons import NOT_READ
from tests.fakes.hits import hit
from tests.fakes.language_model import FakeLanguageModel
from tests.unit.generation.answerers import ASKED, DAYS, answerer, said, streamed, written

PADDING = " Further words that say nothing much of anything at all." * 30
HITS = (
    hit("Annual leave is 30 days." + PADDING, doc="leave"),
    hit("Days that are left expire in March." + PADDING, doc="rest"),
    hit("Leave is asked for in writing." + PADDING, doc="form"),
)
EXPIRE = said("Days that are left expire in March.", (2, "Days that are left expire in March."))
WRITING = said("It is asked for in writing.", (3, "Leave is asked for in writing."))


def refining(model: FakeLanguageModel):
    return answerer(model, AnswerMode.REFINE, context_tokens=800)


async def test_each_call_sees_the_draft_and_further_sources_under_their_own_numbers() -> None:
    model = FakeLanguageModel([written(DAYS), written(DAYS, EXPIRE), written(DAYS, EXPIRE, WRITING)])
    answer = await refining(model).answer(ASKED, HITS)
    assert [purpose.prompt_version for purpose in model.purposes] == ["answer/1", "refine/1", "refine/1"]
    last = model.prompts[2].messages[1].text
    assert '"source": 3' in last
    assert '"source": 2, "text"' not in last
    assert "Days that are left expire in March." in last
    assert answer.status is AnswerStatus.GROUNDED
    assert [one.doc_id for one in answer.citations] == ["leave", "rest", "form"]
    assert answer.prompt_version == "refine/1"


async def test_where_the_sources_fit_one_prompt_there_is_one_call() -> None:
    model = FakeLanguageModel([written(DAYS)])
    answer = await answerer(model, AnswerMode.REFINE).answer(ASKED, HITS)
    assert (len(model.prompts), answer.text) == (1, "Leave is 30 days. [1]")


@pytest.mark.parametrize("bad", [written(), written(said("It is 99 days.", (2, "99 days")))])
async def test_a_call_that_brings_nothing_leaves_the_draft_as_it_is(bad: str) -> None:
    for answers in ([written(DAYS), bad, bad], [written(), written(DAYS), bad], [bad, bad, written(DAYS)]):
        whole = await refining(FakeLanguageModel(answers)).answer(ASKED, HITS)
        pieces, last = await streamed(refining(FakeLanguageModel(answers)), HITS)
        assert last == whole
        assert whole.text == "Leave is 30 days. [1]"
        assert [piece.sentence.text for piece in pieces] == ["Leave is 30 days."]


async def test_what_was_not_borne_out_in_any_call_is_counted() -> None:
    invented = said("It is 99 days.", (2, "99 days"))
    model = FakeLanguageModel([written(DAYS, invented), written(DAYS), written(DAYS)])
    answer = await refining(model).answer(ASKED, HITS)
    assert (answer.status, answer.removed_count) == (AnswerStatus.PARTIAL, 1)


async def test_a_call_in_the_wrong_form_makes_the_answer_partial() -> None:
    model = FakeLanguageModel([written(DAYS), UnusableAnswerError("prose"), written(DAYS)])
    answer = await refining(model).answer(ASKED, HITS)
    assert (answer.status, answer.text) == (AnswerStatus.PARTIAL, "Leave is 30 days. [1]")


async def test_a_model_that_stops_answering_is_an_error() -> None:
    model = FakeLanguageModel([written(DAYS), DependencyDownError("down")])
    with pytest.raises(DependencyDownError):
        await refining(model).answer(ASKED, HITS)


async def test_a_draft_stands_where_the_next_prompt_is_too_long() -> None:
    answers = [written(DAYS), TooLargeError("too long")]
    whole = await refining(FakeLanguageModel(answers)).answer(ASKED, HITS)
    pieces, last = await streamed(refining(FakeLanguageModel(answers)), HITS)
    assert last == whole
    assert (whole.text, whole.reason) == ("Leave is 30 days. [1]", NOT_READ)
    assert [piece.sentence.text for piece in pieces] == ["Leave is 30 days."]

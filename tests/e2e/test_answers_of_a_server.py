"""Answers of a real model, a tiny one that makes things up: what is shown of them has its words in the sources."""

from collections.abc import AsyncIterator, Iterator

import pytest

from core.answer_ports import Asked
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerMode, AnswerStatus
from core.clock import SystemClock
from core.llm_settings import LlmSettings
from generation.answer import ModelAnswerer
from generation.checking.check import check_sentence
from generation.prompts.book import PromptBook
from inference.llm.factory import create_gateway
from inference.llm.gateway import Gateway
from tests.fakes import llama_server
from tests.fakes.call_log import FakeCallLog
from tests.fakes.hits import hit
from tests.unit.generation.answerers import streamed

pytestmark = [
    pytest.mark.skipif(not llama_server.is_installed(), reason=llama_server.MISSING),
    pytest.mark.slow,
]
# Each fills a group by itself.
FORMS = (
    " Forms for it are kept in the office on the second floor, and are handed in there once they are signed."
    * 5
)
HITS = (
    hit("Annual leave is 30 days. It is paid. Days that are left expire in March." + FORMS, doc="leave"),
    hit("The boiler is drained before frost. Frost is likely from November on." + FORMS, doc="boiler"),
)
QUESTIONS = ("How long is annual leave?", "When is the boiler drained?", "Who was the first king of Rome?")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with llama_server.serving() as address:
        yield address


@pytest.fixture
async def gateway(url: str) -> AsyncIterator[Gateway]:
    settings = LlmSettings(model="smollm2", base_url=url, context_tokens=2048, first_token_s=120, total_s=200)
    made = create_gateway(settings, log=FakeCallLog(), clock=SystemClock())
    assert made is not None
    yield made
    await made.aclose()


@pytest.mark.parametrize(
    ("mode", "questions"),
    [
        (AnswerMode.COMPACT, QUESTIONS),
        (AnswerMode.REFINE, QUESTIONS[:1]),
        (AnswerMode.TREE_SUMMARIZE, QUESTIONS[:1]),
    ],
)
async def test_every_sentence_that_is_shown_leads_to_its_words(
    gateway: Gateway, mode: AnswerMode, questions: tuple[str, ...]
) -> None:
    answerer = ModelAnswerer(
        gateway,
        PromptBook(),
        check=check_sentence,
        settings=AnswerSettings(answer_tokens=96, context_tokens=256),
        mode=mode,
        context_tokens=2048,
    )
    for question in questions:
        asked = Asked(question, "acme", "ann", language="en")
        whole = await answerer.answer(asked, HITS)
        pieces, last = await streamed(answerer, HITS, asked)
        assert [piece.sentence for piece in pieces] == list(last.sentences)
        for answer in (whole, last):
            check(answer)


def check(answer: Answer) -> None:
    stored = {one.doc_id: one.text for one in HITS}
    if answer.status is AnswerStatus.REFUSED:
        assert (answer.text, answer.citations) == ("", ())
        assert answer.reason
    assert all(sentence.citations for sentence in answer.sentences)
    for one in answer.citations:
        assert one.quote
        assert stored[one.doc_id][one.start : one.end] == one.quote

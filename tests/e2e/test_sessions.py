"""Conversations through the whole knowledge base, and with a language model over real HTTP."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from core.access import Principal
from core.answers import Answer, AnswerStatus
from core.config import load_settings
from folio.knowledge_base import KnowledgeBase
from folio.sessions import SessionDesk
from generation.conversation.condensing import NOT_ANSWERED, NOT_USED
from generation.prompts.book import PromptBook
from inference.llm.gateway import Gateway
from tests.fakes.chat_server import ChatServer, Turn, serving
from tests.fakes.clock import FakeClock
from tests.fakes.sessions import FakeSessions, session_parts
from tests.unit.inference.llm.gateways import OPEN, bench

LEAVE = "# Leave\n\nParental leave in Germany lasts 36 months.\n\nParental leave in France lasts 12 months.\n"


async def test_a_conversation_follows_its_documents(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "leave.md").write_text(LEAVE)
    settings = load_settings(home=tmp_path / "home", redaction={"policy": "off"})
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([docs])
        desk = await kb.sessions()
        session = await desk.open()
        first = await kb.answer("How long is parental leave in Germany?", session_id=session.session_id)
        assert "36 months" in first.text
        second = await kb.answer("And in France?", session_id=session.session_id)
        assert "12 months" in second.text
        turns = await desk.turns(session.session_id)
        assert [turn.question for turn in turns] == [
            "How long is parental leave in Germany?",
            "And in France?",
        ]
        assert all(turn.answer and turn.citations for turn in turns)
        (docs / "leave.md").write_text("# Leave\n\nNothing is said about it.\n")
        await kb.ingest([docs])
        assert [(turn.answer, turn.removed) for turn in await desk.turns(session.session_id)] == [
            ("", True)
        ] * 2


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


@pytest.fixture
async def gateway(server: ChatServer) -> AsyncIterator[Gateway]:
    yield bench(server, attempt_count=1).gateway
    while OPEN:
        await OPEN.pop().aclose()


def condensed(question: str) -> str:
    return json.dumps({"question": question})


@pytest.mark.parametrize(
    ("turn", "question", "note"),
    [
        (Turn(condensed("How long is leave in France?")), "How long is leave in France?", ""),
        (Turn(condensed("How long is leave in FR-75?")), "And in France? (leave Germany)", NOT_USED),
        (Turn("France is a country."), "And in France? (leave Germany)", NOT_ANSWERED),
        (Turn(status=500), "And in France? (leave Germany)", NOT_ANSWERED),
        (Turn(refusal="I will not."), "And in France? (leave Germany)", NOT_USED),
    ],
)
async def test_whatever_a_server_does_a_question_is_searched_for(
    server: ChatServer, gateway: Gateway, turn: Turn, question: str, note: str
) -> None:
    clock = FakeClock()
    parts = session_parts(FakeSessions(clock), clock, model=gateway, prompts=PromptBook())
    desk = SessionDesk(parts, Principal())
    named = (await desk.open()).session_id
    answer = Answer("36 months.", AnswerStatus.GROUNDED, None, ())
    await desk.answered(await desk.open(named), "How long is leave in Germany?", answer)
    server.turns = [turn, turn]
    found = await desk.asked(await desk.open(named), "And in France?")
    assert (found.question, found.note) == (question, note)

"""Answers, conversations and agents: who may see them again, what a model is shown, and what is left of them."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.access import Principal, Tier
from core.answers import AnswerMode, AnswerStatus, CacheHit
from core.config import LogSettings, Settings, load_settings
from core.errors import FolioError, NotFoundError
from core.telemetry import configure_logging
from folio.knowledge_base import KnowledgeBase
from tests.fakes.chat_server import ChatServer, Turn, serving
from tests.unit.generation.answerers import said, written

FERRY = "The night ferry to Vattenholm leaves from pier nine."
PAY = "The night ferry to Vattenholm is paid from the secret fund."
QUESTION = "Where does the night ferry to Vattenholm leave from?"
LEAVES = Turn(written(said(FERRY, (1, FERRY))))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with serving(ChatServer()) as running:
        yield running


def settings_of(home: Path, server: ChatServer, *, policy: str = "off", **more: object) -> Settings:
    llm = {"model": "m", "base_url": server.url, "attempt_count": 1}
    answers = {"min_evidence": 0}
    values = {"llm": llm, "answers": answers, "graph": {"enabled": False}, **more}
    return load_settings(home=home, redaction={"policy": policy}, ingest={"settle_s": 0}, **values)


def folder_of(tmp_path: Path, **texts: str) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text)
    return folder


def catalog_bytes(home: Path) -> bytes:
    return b"".join(file.read_bytes() for file in home.glob("catalog.sqlite3*"))


def asked_of(server: ChatServer) -> str:
    return json.dumps([request["messages"] for request in server.requests], ensure_ascii=False)


async def test_of_a_deleted_document_no_byte_of_an_answer_is_left(tmp_path: Path, server: ChatServer) -> None:
    home = tmp_path / "home"
    async with KnowledgeBase(settings_of(home, server)) as kb:
        record = await kb.upload("ferry.md", f"# Ferry\n\n{FERRY}\n".encode())
        session = await (await kb.sessions()).open()
        server.turns = [LEAVES, LEAVES]
        kept = await kb.answer(QUESTION)
        told = await kb.answer(QUESTION, session_id=session.session_id)
        assert (kept.status, told.cached) == (AnswerStatus.GROUNDED, CacheHit.EXACT)
        assert catalog_bytes(home).count(b"pier nine") >= 2
        await kb.delete(record.doc_id)
        receipt = (await kb.receipt(record.doc_id)).receipt
        assert (receipt.status, receipt.remaining_count) == ("deleted", 0)
        assert b"pier nine" not in catalog_bytes(home)


async def test_of_a_document_that_is_deleted_while_the_model_writes_nothing_is_kept(
    tmp_path: Path, server: ChatServer
) -> None:
    async with KnowledgeBase(settings_of(tmp_path / "home", server)) as kb:
        record = await kb.upload("ferry.md", f"# Ferry\n\n{FERRY}\n".encode())
        desk = await kb.sessions()
        session = (await desk.open()).session_id
        server.turns = [replace(LEAVES, hang_s=1.5)]
        asking = asyncio.create_task(kb.answer(QUESTION, session_id=session))
        assert await asyncio.to_thread(server.asked.wait, 20)
        await kb.delete(record.doc_id)
        assert (await asking).status is AnswerStatus.GROUNDED
        receipt = (await kb.receipt(record.doc_id)).receipt
        assert (receipt.status, receipt.remaining_count) == ("deleted", 0)
        assert [(turn.answer, turn.removed) for turn in await desk.turns(session)] == [("", True)]
        assert b"pier nine" not in catalog_bytes(tmp_path / "home")


async def test_who_may_not_read_a_document_any_more_has_no_answer_of_it_in_a_conversation(
    tmp_path: Path, server: ChatServer
) -> None:
    docs = folder_of(
        tmp_path,
        ferry=f"# Ferry\n\n{FERRY}\n",
        pay=f"---\ntier: restricted\ngroups: [board]\n---\n# Pay\n\n{PAY}\n",
    )
    board = Principal(subject="ann", clearance=Tier.RESTRICTED, groups=frozenset({"board"}))
    now = replace(board, groups=frozenset())
    async with KnowledgeBase(settings_of(tmp_path / "home", server)) as kb:
        await kb.ingest([docs])
        session = (await (await kb.sessions(principal=board)).open()).session_id
        server.turns = [Turn(written(said(PAY, (1, PAY)), said(PAY, (2, PAY)))), LEAVES]
        first = await kb.answer("How is the night ferry paid?", principal=board, session_id=session)
        assert "secret fund" in first.text
        desk = await kb.sessions(principal=now)
        assert "secret fund" not in json.dumps(await desk.export(session))
        assert [(turn.answer, turn.removed) for turn in await desk.turns(session)] == [("", True)]
        before = len(server.requests)
        server.turns = [Turn('{"question": "Where does it leave?"}'), LEAVES]
        await kb.answer("And where does it leave from?", principal=now, session_id=session)
        assert len(server.requests) > before
        assert "secret fund" not in json.dumps([one["messages"] for one in server.requests[before:]])
        mine = await (await kb.sessions(principal=board)).turns(session)
        assert "secret fund" in mine[0].answer


async def test_a_model_that_completes_a_question_sees_no_secret_in_it(
    tmp_path: Path, server: ChatServer
) -> None:
    docs = folder_of(tmp_path, ferry=f"# Ferry\n\n{FERRY}\n")
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    async with KnowledgeBase(settings_of(tmp_path / "home", server)) as kb:
        await kb.ingest([docs])
        desk = await kb.sessions()
        session = (await desk.open()).session_id
        server.turns = [LEAVES, Turn('{"question": "Where does the night ferry leave?"}'), LEAVES]
        await kb.answer(QUESTION, session_id=session)
        await kb.answer(f"And with {secret}?", session_id=session)
        assert secret not in asked_of(server)
        assert secret not in json.dumps(await desk.export(session))


async def test_whom_an_erasure_names_is_in_no_kept_answer_and_no_run_of_an_agent(
    tmp_path: Path, server: ChatServer
) -> None:
    name = "Ludmilla Quillfeather"
    docs = folder_of(tmp_path, lease=f"# Lease\n\n{name} signed the lease of the ferry.\n")
    chosen = settings_of(tmp_path / "home", server, policy="standard")
    async with KnowledgeBase(chosen) as kb:
        await kb.ingest([docs])
        server.turns = [Turn(status=500), Turn(status=500)]
        with pytest.raises(FolioError):
            await kb.investigate(f"What did {name} sign?", run_id="a1")
        requests = await kb.subjects()
        found = await requests.find(name)
        assert found.kept_count == 1
        erasure = await requests.erase(name)
        assert erasure.remaining_count == 0
        assert {row.place for row in erasure.remaining} >= {"sessions", "kept_answers", "agent_runs"}
        with pytest.raises(NotFoundError):
            await kb.resume_investigation("a1")
    assert name not in asked_of(server)


@pytest.fixture
def debug_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What a process at level `debug` writes."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    known = [one for one in logging.Logger.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = [(one, one.level, one.propagate) for one in (root, *known)]
    handlers = list(root.handlers)
    configure_logging(LogSettings(level="debug"))
    root.handlers = [caplog.handler]
    yield caplog
    root.handlers = handlers
    logging.setLogRecordFactory(factory)
    for one, level, propagate in before:
        one.setLevel(level)
        one.propagate = propagate


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["openai", "anthropic"])
async def test_nothing_of_a_question_or_an_answer_is_logged(
    tmp_path: Path, server: ChatServer, debug_log: pytest.LogCaptureFixture, provider: str
) -> None:
    docs = folder_of(tmp_path, ferry=f"# Ferry\n\n{FERRY}\n")
    url = server.url if provider == "openai" else server.url.removesuffix("/v1")
    llm = {"model": "m", "provider": provider, "base_url": url, "attempt_count": 1, "api_key": "k"}
    async with KnowledgeBase(settings_of(tmp_path / "home", server, llm=llm)) as kb:
        await kb.ingest([docs])
        desk = await kb.sessions()
        session = (await desk.open()).session_id
        await desk.tell(session, "I work in Quarzheim.")
        server.turns = [LEAVES, Turn("Prose of Quarzheim."), Turn("More prose of Quarzheim."), LEAVES]
        made = await kb.answer(QUESTION, session_id=session)
        await kb.answer("And from Quarzheim?", session_id=session)
        server.turns = [Turn(status=500, error={"error": {"message": QUESTION}})] * 2
        fallen_back = await kb.answer(f"{QUESTION} Quarzheim")
        whole = await desk.open(session)
    assert (made.status, fallen_back.mode) == (AnswerStatus.GROUNDED, AnswerMode.EXTRACTIVE)
    shown = debug_log.text + repr((made, fallen_back, whole))
    assert debug_log.records
    assert "Quarzheim" not in shown
    assert "Vattenholm" not in shown

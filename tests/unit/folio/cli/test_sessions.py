"""`folio sessions` over a real catalog, in this process."""

import asyncio
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from core.answers import Answer, AnswerStatus
from core.config import load_settings
from folio.cli import sessions
from folio.cli.main import app
from folio.session_desks import open_session_desk

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(sessions, "configure_logging", lambda _: None)
    return tmp_path


async def conversation(subject: str = "operator") -> str:
    settings = load_settings()
    async with open_session_desk(settings, settings.principal(subject)) as desk:
        session = await desk.open()
        await desk.answered(session, "How many days?", Answer("Thirty.", AnswerStatus.GROUNDED, None, ()))
        await desk.answered(session, "And why?", Answer("", AnswerStatus.REFUSED, "nothing found", ()))
    return session.session_id


def folio(*arguments: str, exit_code: int = 0) -> str:
    result = CliRunner().invoke(app, ["sessions", *arguments])
    assert (result.exit_code == 0) == (exit_code == 0), result.output
    return result.stdout


def test_a_conversation_is_listed_shown_exported_and_deleted() -> None:
    assert "there are no sessions" in folio("list")
    named = asyncio.run(conversation())
    [row] = orjson.loads(folio("list", "--json"))["sessions"]
    assert (row["session"], row["title"], row["turns"]) == (named, "How many days?", 2)
    assert "How many days?" in folio("list")
    [fact] = orjson.loads(folio("facts", named, "--add", "I work in Ghent", "--json"))["facts"]
    shown = folio("show", named)
    assert f"fact {fact['id']}: I work in Ghent" in shown
    assert "1. How many days?\nThirty.\n\n2. And why?\n(refused)" in shown
    assert len(orjson.loads(folio("export", named))["turns"]) == 2
    assert folio("facts", named, "--remove", fact["id"]) == ""
    assert named in folio("delete", named)
    folio("show", named, exit_code=2)


def test_others_conversations_are_looked_after_by_name_only() -> None:
    named = asyncio.run(conversation("api"))
    assert "there are no sessions" in folio("list")
    folio("show", named, exit_code=2)
    assert "Thirty." in folio("show", named, "--subject", "api")

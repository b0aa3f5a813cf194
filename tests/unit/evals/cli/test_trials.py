"""`folio eval trial`, from the command line to records of answers and the audit log."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from core.answer_records import AnswerRecord, Feedback
from core.audit import AuditFilter
from core.clock import SystemClock
from core.config import load_settings
from core.errors import InvalidInputError
from evals.cli import trials
from folio.assembly import open_catalog
from folio.cli import prompts
from folio.cli.main import app
from tests.fakes.prompt_folder import released

POLICY = "[trial]\nsuperiority = 0.85\nmin_users = 5\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "prompts"
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOLIO_PROMPTS__FOLDER", str(own))
    for module in (trials, prompts):
        # It would put its handler, with this test's captured stderr, on the root logger for good.
        monkeypatch.setattr(module, "configure_logging", lambda _: None)
    released(own, 1001, 1002, name="answer")
    (tmp_path / "policy.toml").write_text(POLICY)
    return tmp_path


def folio(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


def answer(version: int, user: int, *, removed: int) -> AnswerRecord:
    return AnswerRecord(
        answer_id=f"{version}-{user}",
        at=SystemClock().now(),
        tenant="default",
        subject=f"user {version} {user}",
        credential="",
        channel="api",
        question_hash="",
        answer_hash="",
        status="grounded",
        reason_code="",
        mode="compact",
        model="m",
        prompt_version=f"answer/{version}",
        confidence=0.9,
        removed_count=removed,
        contradiction_count=0,
        cached="",
        appeal_id="",
        disclosure="",
        took_ms=10.0,
        token_count=0,
    )


def kept(*records: AnswerRecord, rating: int = 0) -> None:
    async def keep() -> None:
        async with open_catalog(load_settings(), SystemClock()) as catalog:
            await catalog.answer_records.record(records)
            for one in records if rating else ():
                await catalog.answer_records.keep_feedback(
                    Feedback(one.answer_id, one.tenant, one.subject, rating)
                )

    asyncio.run(keep())


def actions() -> list[str]:
    async def read() -> list[str]:
        async with open_catalog(load_settings(), SystemClock()) as catalog:
            entries = await catalog.audit.entries("default", limit=9, wanted=AuditFilter(object="answer"))
            return [one.action for one in entries]

    return asyncio.run(read())


def test_a_trial_waits_then_promotes_and_says_so(folder: Path) -> None:
    assert folio("prompts", "promote", "answer", "1001").exit_code == 0
    assert folio("prompts", "candidate", "answer", "1002", "--share", "0.5").exit_code == 0
    kept(*(answer(1001, user, removed=1) for user in range(4)))
    waiting = folio("eval", "trial", "answer", "--decide", "--policy", folder / "policy.toml")
    assert (waiting.exit_code, "wait: " in waiting.stdout) == (0, True)
    kept(*(answer(1001, user, removed=1) for user in range(4, 40)))
    kept(*(answer(1002, user, removed=0) for user in range(40)), rating=5)
    found = folio("eval", "trial", "answer", "--decide", "--json", "--policy", folder / "policy.toml")
    told = orjson.loads(found.stdout)
    assert (found.exit_code, told["next"], told["decided"]["current"]) == (0, "promote", 1002)
    assert actions()[0] == "prompt.promoted"
    removed = next(one for one in told["measures"] if one["name"] == "removed")
    assert (removed["before"], removed["after"], removed["cliffs_delta"]) == (1, 0, 1)
    assert "user 1001" not in found.stdout


def test_a_candidate_that_does_harm_is_withdrawn_only_where_it_is_asked_for(folder: Path) -> None:
    folio("prompts", "promote", "answer", "1001")
    folio("prompts", "candidate", "answer", "1002", "--share", "0.5")
    kept(*(answer(1001, user, removed=0) for user in range(30)))
    kept(*(answer(1002, user, removed=3) for user in range(30)))
    looked = folio("eval", "trial", "answer")
    assert (looked.exit_code, "withdraw: " in looked.stdout) == (1, True)
    assert actions()[0] == "prompt.tried"
    assert folio("eval", "trial", "answer", "--decide").exit_code == 1
    assert actions()[0] == "prompt.withdrawn"


def test_a_version_in_use_that_is_worse_is_taken_back(folder: Path) -> None:
    folio("prompts", "promote", "answer", "1001")
    folio("prompts", "promote", "answer", "1002")
    earlier = SystemClock().now() - timedelta(days=2)
    same = [replace(answer(1001, user, removed=0), subject=f"u{user}", at=earlier) for user in range(40)]
    kept(*same, *(replace(answer(1002, user, removed=2), subject=f"u{user}") for user in range(40)))
    found = folio("eval", "trial", "answer", "--rollback-if-worse", "--days", "5")
    assert (found.exit_code, "roll back: worse" in found.stdout) == (1, True)
    assert "version 1001 is in use" in found.stdout
    assert actions()[0] == "prompt.rolled_back"


def test_bad_use_is_told() -> None:
    assert isinstance(folio("eval", "trial", "answer").exception, InvalidInputError)
    both = folio("eval", "trial", "answer", "--decide", "--rollback-if-worse")
    assert isinstance(both.exception, InvalidInputError)

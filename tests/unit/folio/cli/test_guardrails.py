"""`folio guardrails`, from the command line to the catalog."""

import asyncio
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from core.clock import SystemClock
from core.config import load_settings
from core.errors import FolioError, InvalidInputError
from core.guardrails import AppealState
from folio.assembly import open_catalog
from folio.cli import guardrails
from folio.cli.main import app
from tests.fakes.appeals import block
from tests.unit.generation.guardrails.policies import rule


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path))
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(guardrails, "configure_logging", lambda _: None)
    return tmp_path


def folio(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["guardrails", *arguments])
    if isinstance(result.exception, FolioError):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_the_rules_in_effect_are_listed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = orjson.loads(folio("list", "--json"))
    assert packaged["enabled"]
    assert {"injection", "foreign-markup"} <= {one["name"] for one in packaged["rules"]}
    own = home / "own.toml"
    own.write_text(rule("length", name="short-questions"))
    monkeypatch.setenv("FOLIO_GUARDRAILS__POLICY_FILE", str(own))
    monkeypatch.setenv("FOLIO_GUARDRAILS__ENABLED", "false")
    text = folio("list")
    assert "short-questions" in text
    assert "none of them is applied" in text


def test_a_policy_file_is_checked(home: Path) -> None:
    file = home / "own.toml"
    file.write_text(rule("length", max_words=0))
    assert "max_words" in folio("check", str(file), code=1)
    file.write_text(rule("length"))
    assert "usable: 1 rules" in folio("check", str(file))
    assert "usable" in folio("check")
    assert "NOT USABLE" in folio("check", str(home / "none.toml"), code=1)


def test_a_question_is_tried_and_nothing_is_recorded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home / "own.toml"
    file.write_text(
        rule("topic", name="pay", phrases=["salar*"], action="block", reason="Ask payroll.")
        + rule("topic", name="codename", phrases=["bluebird"], action="redact")
    )
    monkeypatch.setenv("FOLIO_GUARDRAILS__POLICY_FILE", str(file))
    blocked = orjson.loads(folio("try", "the salary?", "--json"))
    assert (blocked["action"], blocked["rules"], blocked["reason"]) == ("block", ["pay"], "Ask payroll.")
    assert "when does [removed] end?" in folio("try", "when does bluebird end?")
    assert not (home / "catalog.sqlite3").exists()


def test_appeals_are_listed_and_decided_by_the_operator() -> None:
    asyncio.run(_record("a1", "a2"))
    assert orjson.loads(folio("appeals", "--json"))["appeals"] == [], "nobody has appealed"
    assert "a2" in folio("appeals", "--state", "unfiled")
    with pytest.raises(InvalidInputError, match="nobody has appealed"):
        folio("decide", "a1", "--overturn")
    asyncio.run(_file("a1"))
    assert "a1: overturned" in folio("decide", "a1", "--overturn", "--note", "a false alarm")
    [found] = orjson.loads(folio("appeals", "--state", "overturned", "--json"))["appeals"]
    assert (found["id"], found["note"], found["decided_by"]) == ("a1", "a false alarm", "operator")
    with pytest.raises(InvalidInputError, match="a state is one of"):
        folio("appeals", "--state", "shut")


async def _record(*appeal_ids: str) -> None:
    async with open_catalog(load_settings(), SystemClock()) as catalog:
        for appeal_id in appeal_ids:
            await catalog.appeals.record(block(appeal_id))


async def _file(appeal_id: str) -> None:
    async with open_catalog(load_settings(), SystemClock()) as catalog:
        assert await catalog.appeals.file("default", appeal_id)
        found = await catalog.appeals.get("default", appeal_id)
        assert found is not None
        assert found.state is AppealState.OPEN

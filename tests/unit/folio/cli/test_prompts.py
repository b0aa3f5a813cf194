"""`folio prompts`, from the command line to the files and the catalog."""

import asyncio
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from core.clock import SystemClock
from core.config import load_settings
from core.errors import InvalidInputError, SettingsError
from folio.assembly import open_catalog
from folio.cli import prompts
from folio.cli.main import app
from folio.prompting import create_book, create_prompts
from tests.fakes.prompt_folder import released, write


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "prompts"
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOLIO_PROMPTS__FOLDER", str(own))
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(prompts, "configure_logging", lambda _: None)
    released(own, 1, 2)
    return own


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["prompts", *arguments])


def folio(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


async def version_in_use(unit: str) -> str:
    async with open_catalog(load_settings(), SystemClock()) as catalog:
        registry = create_prompts(load_settings(), catalog, SystemClock())
        return (await registry.render("greet", {"name": "Ann"}, unit=unit)).version


def test_a_version_is_tried_promoted_and_rolled_back() -> None:
    assert "version 1 on 100%" in folio("candidate", "greet", "1", "--share", "1")
    assert asyncio.run(version_in_use("ann")) == "greet/1"
    assert orjson.loads(folio("promote", "greet", "--json"))["current"] == 1
    assert asyncio.run(version_in_use("")) == "greet/1"
    assert "version 2" in folio("rollback", "greet")
    listed = {one["name"]: one for one in orjson.loads(folio("list", "--json"))["prompts"]}
    assert (listed["greet"]["in_use"], listed["greet"]["decided"]["previous"]) == (2, 1)
    assert listed["answer"]["decided"] is None
    assert "greet" in folio("list")


def test_what_cannot_be_is_told_as_a_folio_error() -> None:
    assert isinstance(run("candidate", "greet").exception, InvalidInputError)
    assert isinstance(run("candidate", "greet", "1", "--stop").exception, InvalidInputError)
    assert isinstance(run("promote", "greet", "7").exception, SettingsError)
    assert isinstance(run("show", "none").exception, SettingsError)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_PROMPTS__FOLDER", str(tmp_path / "promts"))
    with pytest.raises(SettingsError, match="is no folder"):
        raise run("check").exception or AssertionError


def test_a_version_is_shown_and_rendered_with_its_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "You greet, version 2." in folio("show", "greet")
    shown = orjson.loads(folio("show", "greet", "1", "--json"))
    assert shown["meta"]["status"] == "released"
    rendered = orjson.loads(folio("render", "greet", "1", "--json"))
    assert rendered["messages"] == [
        {"role": "system", "text": "You greet, version 1."},
        {"role": "user", "text": '"Ann"'},
    ]
    assert rendered["tokens"] == {"estimate": 9}
    monkeypatch.setenv("FOLIO_LLM__MODEL", "big")
    monkeypatch.setenv("FOLIO_LLM__FAST__MODEL", "small")
    assert "small: 9 tokens" in folio("render", "greet")


def test_check_fails_until_a_change_is_sealed(folder: Path) -> None:
    assert "2 versions checked, 0 problems" in folio("check", "greet")
    write(folder, "greet/3", system="You sing.")
    result = run("check", "greet")
    assert result.exit_code == 1
    assert "greet/3 is not sealed" in result.stdout
    assert isinstance(run("seal", "greet", "3").exception, SettingsError), "it has no description"
    assert "sealed, draft" in folio("seal", "greet", "3", "--description", "Sings.")
    assert "3 versions checked, 0 problems" in folio("check", "greet")
    assert asyncio.run(version_in_use("")) == "greet/2"
    assert "sealed, released" in folio("seal", "greet", "3", "--release")
    assert asyncio.run(version_in_use("")) == "greet/3"
    assert create_book(load_settings()).shelf.usual("greet").version == 3

"""`folio vault` and `folio audit`, from the command line to the catalog."""

import asyncio
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from core.access import Principal
from core.clock import SystemClock
from core.config import load_settings
from core.documents import ParsedDocument
from core.errors import InvalidInputError
from folio.assembly import create_vault, open_catalog
from folio.cli import audit_log, vault
from folio.cli.main import app
from tests.fakes.naming_redactor import NamingRedactor


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path))
    for module in (audit_log, vault):
        # It would put its handler, with this test's captured stderr, on the root logger for good.
        monkeypatch.setattr(module, "configure_logging", lambda _: None)
    asyncio.run(fill())
    return tmp_path


async def fill() -> None:
    settings = load_settings()
    mentions = NamingRedactor().redact(ParsedDocument("@Jane met @Bob", "", "")).mentions
    async with open_catalog(settings, SystemClock()) as catalog:
        await create_vault(settings, catalog).remember("d", tenant="default", version=1, mentions=mentions)
        await catalog.audit.restored(Principal(subject="jo"), [mentions[0].token], purpose="search")


async def harm() -> None:
    async with open_catalog(load_settings(), SystemClock()) as catalog, catalog._database.writing() as rows:
        await rows.exec_driver_sql("DROP TRIGGER keep_audit_log_update")
        await rows.exec_driver_sql("UPDATE audit_log SET subject = 'eve'")


def folio(*arguments: str, code: int = 0) -> dict:
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == code, result.output
    return orjson.loads(result.stdout)


def test_status_and_rotation() -> None:
    before = folio("vault", "status")
    assert before["keys"] == [
        {"tenant": "default", "key_id": before["key_id"], "value_count": 2, "list_count": 1}
    ]
    report = folio("vault", "rotate")
    assert (report["resealed_count"], report["forgotten_count"], report["made_key"]) == (3, 1, True)
    after = folio("vault", "status")
    assert (after["rotated"], after["key_id"]) == (True, report["key_id"])
    assert report["key_id"] != before["key_id"]


def test_no_command_shows_a_value() -> None:
    for command in (("vault", "status"), ("vault", "rotate"), ("audit", "list"), ("audit", "verify")):
        assert "Jane" not in CliRunner().invoke(app, [*command]).output


def test_the_log_is_listed_and_verified() -> None:
    (entry,) = folio("audit", "list")["entries"]
    assert (entry["subject"], entry["action"], entry["detail"]) == ("jo", "pii.restored", "search")
    found = folio("audit", "verify")
    assert (found["whole"], found["entries"], found["head"]) == (True, 1, f"1:{entry['hash']}")
    assert folio("audit", "verify", "--head", found["head"])["whole"]
    assert not folio("audit", "verify", "--head", f"1:{'0' * 64}", code=1)["whole"]
    asyncio.run(harm())
    assert folio("audit", "verify", code=1)["problem"] == "entry 1 was changed"


def test_a_head_that_is_none_is_refused() -> None:
    result = CliRunner().invoke(app, ["audit", "verify", "--head", "yesterday"])
    assert isinstance(result.exception, InvalidInputError)

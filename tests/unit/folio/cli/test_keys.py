"""`folio keys`, from the command line to the catalog."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.access import Tier
from core.api_keys import ApiKey, id_in
from core.audit import AuditEntry
from core.clock import SystemClock
from core.config import load_settings
from core.errors import InvalidInputError, NotFoundError
from folio.assembly import open_catalog
from folio.cli import keys
from folio.cli.main import app
from folio.key_checking import KeyChecker


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path))
    monkeypatch.setenv("FOLIO_KEYS__HASH_MEMORY_KIB", "1024")
    monkeypatch.setattr(keys, "configure_logging", lambda _: None)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments])


def listed() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(run("list", "--json").stdout)["keys"]
    return rows


async def checked(text: str) -> ApiKey | None:
    """What a service on this catalog makes of a key."""
    settings = load_settings()
    async with open_catalog(settings, SystemClock()) as catalog:

        async def opened():
            return catalog.api_keys

        checker = KeyChecker(opened, settings=settings.keys, clock=SystemClock())
        found = await checker.check(text)
        await checker.close()
        return found


async def audited() -> list[AuditEntry]:
    async with open_catalog(load_settings(), SystemClock()) as catalog:
        return await catalog.audit.entries("blue", limit=10)


def test_the_first_key_is_made_on_the_machine_and_stands_alone_on_stdout():
    rights = ["--scopes", "read,keys", "--clearance", "restricted", "--groups", "hr, board", "--days", "30"]
    done = run("create", "admin", *rights, "--tenant", "blue", "--subject", "ann")
    text = done.stdout.removesuffix("\n")
    key = asyncio.run(checked(text))
    assert done.exit_code == 0
    assert id_in(text) in done.stderr
    assert text not in done.stderr
    assert key is not None
    assert (key.principal.tenant, key.principal.subject, key.principal.clearance) == (
        "blue",
        "ann",
        Tier.RESTRICTED,
    )
    assert (key.principal.groups, key.principal.scopes) == ({"hr", "board"}, {"read", "keys"})
    assert key.expires_at is not None


def test_without_more_words_a_key_may_read_what_is_public():
    made = json.loads(run("create", "plain", "--json").stdout)
    assert (made["scopes"], made["clearance"], made["groups"]) == (["read"], "public", [])
    assert (made["tenant"], made["subject"]) == ("default", f"key:{made['id']}")
    assert id_in(made["key"]) == made["id"]


def test_whoever_makes_a_key_is_told_that_it_reads_less_than_most_documents_take():
    assert "--clearance internal" in run("create", "plain").stderr
    assert "--clearance internal" not in run("create", "more", "--clearance", "internal").stderr


def test_lists_hold_keys_of_all_tenants_and_no_secret():
    texts = [run("create", name, "--tenant", name).stdout.strip() for name in ("blue", "green")]
    table, rows = run().stdout, listed()
    assert [row["name"] for row in rows] == ["green", "blue"]
    assert all(str(row["id"]) in table for row in rows)
    assert not any(text.split("_")[2] in table + json.dumps(rows) for text in texts)
    assert [row["name"] for row in json.loads(run("list", "--tenant", "blue", "--json").stdout)["keys"]] == [
        "blue"
    ]


def test_a_rotated_key_opens_with_both_secrets_and_a_revoked_one_with_none():
    old = run("create", "k", "--tenant", "blue").stdout.strip()
    key_id = id_in(old) or ""
    new = run("rotate", key_id, "--grace-s", "600").stdout.strip()
    assert asyncio.run(checked(old))
    assert asyncio.run(checked(new))
    assert run("revoke", key_id).exit_code == 0
    assert asyncio.run(checked(old)) is None
    assert asyncio.run(checked(new)) is None
    assert listed()[0]["revoked_at"] is not None
    entries = asyncio.run(audited())
    assert [entry.action for entry in entries] == ["key.revoked", "key.rotated", "key.created"]
    assert {(entry.subject, entry.object) for entry in entries} == {("operator", key_id)}


def test_what_is_not_there_or_no_right_is_an_error():
    assert isinstance(run("revoke", "f" * 20).exception, NotFoundError)
    assert isinstance(run("create", "k", "--scopes", "root").exception, InvalidInputError)
    assert isinstance(run("create", "k", "--clearance", "top").exception, InvalidInputError)
    assert listed() == []

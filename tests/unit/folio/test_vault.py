"""Rotation: everything gets the current key, whatever breaks it off and whoever writes meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, ParsedDocument, Source, SourceKind, SourceOptions
from core.errors import SettingsError, TamperedError
from folio.assembly import create_vault
from folio.key_files import keys_in_file
from folio.keys import VAULT_FILE
from folio.vault import rotate, vault_of, vault_status
from store.catalog import vault_rotation
from store.catalog.catalog import SqlCatalog, open_catalog
from store.catalog.vault import SqlVault
from tests.fakes.naming_redactor import NamingRedactor

MENTIONS = (
    NamingRedactor().redact(ParsedDocument(" ".join(f"@N{number}" for number in range(7)), "", "")).mentions
)
TOKENS = {mention.token: mention.value for mention in MENTIONS}


@pytest.fixture
async def catalog(tmp_path: Path) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(load_settings(home=tmp_path), SystemClock()) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path)


async def filled(settings: Settings, catalog: SqlCatalog) -> SqlVault:
    vault = create_vault(settings, catalog)
    await vault.remember("d", tenant="default", version=1, mentions=MENTIONS)
    return vault


async def test_a_rotation_makes_a_key_seals_anew_and_forgets_the_former(
    home: Settings, catalog: SqlCatalog
) -> None:
    vault = await filled(home, catalog)
    (before,) = keys_in_file(home.home / VAULT_FILE)
    report = await rotate(home, catalog)
    assert (report.made_key, report.resealed_count, report.forgotten_count) == (True, 8, 1)
    assert before not in keys_in_file(home.home / VAULT_FILE)
    status = await vault_status(home, catalog)
    assert [(use.tenant, use.key_id, use.value_count, use.list_count) for use in status.uses] == [
        ("default", report.key_id, 7, 1)
    ]
    # Who had the former key in memory goes on with the new one.
    assert await vault.values("default", TOKENS) == TOKENS
    assert await vault.mentions("d", version=1) == MENTIONS
    await vault.remember("e", tenant="default", version=1, mentions=MENTIONS[:1])
    assert (await vault_status(home, catalog)).rotated


class Broken(Exception):  # noqa: N818 - no error of ours
    pass


@pytest.mark.parametrize("batch", [1, 2, 3, 4])
async def test_a_rotation_that_was_broken_off_is_finished_with_the_same_key(
    home: Settings, catalog: SqlCatalog, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(vault_rotation, "_BATCH_COUNT", batch)
    vault = await filled(home, catalog)

    def break_off(count: int) -> None:
        raise Broken

    with pytest.raises(Broken):
        await rotate(home, catalog, on_progress=break_off)
    assert len(keys_in_file(home.home / VAULT_FILE)) == 2
    assert not (await vault_status(home, catalog)).rotated
    assert await vault.values("default", TOKENS) == TOKENS
    report = await rotate(home, catalog)
    assert (report.made_key, report.resealed_count, report.forgotten_count) == (False, 8 - batch, 1)
    assert len(keys_in_file(home.home / VAULT_FILE)) == 1
    assert await create_vault(home, catalog).values("default", TOKENS) == TOKENS


async def test_a_key_that_a_writer_still_used_is_not_forgotten(home: Settings, catalog: SqlCatalog) -> None:
    """Rows that came with the former key after they were counted: the check is made while no writer has its turn."""
    await filled(home, catalog)
    rotation = catalog.vault_rotation(create_vault(home, catalog)._sealer)
    (use,) = await rotation.usage()
    assert not await rotation.forget([use.key_id], forget=lambda: pytest.fail("it is in use"))


async def test_keys_in_the_settings_are_changed_there_and_nothing_is_made(
    tmp_path: Path, catalog: SqlCatalog
) -> None:
    old, new = "the former key of ours", "the current key of ours"
    await filled(load_settings(home=tmp_path, vault={"key": old}), catalog)
    with pytest.raises(SettingsError):
        await rotate(load_settings(home=tmp_path, vault={"key": new}), catalog)
    both = load_settings(home=tmp_path, vault={"key": new, "former_keys": [old]})
    report = await rotate(both, catalog)
    assert (report.made_key, report.resealed_count, report.forgotten_count) == (False, 8, 0)
    only_new = create_vault(load_settings(home=tmp_path, vault={"key": new}), catalog)
    assert await only_new.values("default", TOKENS) == TOKENS
    assert not (tmp_path / VAULT_FILE).exists()


async def test_a_row_that_was_changed_stops_the_rotation_and_no_key_is_forgotten(
    home: Settings, catalog: SqlCatalog
) -> None:
    await filled(home, catalog)
    async with catalog._database.writing() as connection:
        await connection.exec_driver_sql("UPDATE vault_lists SET ciphertext = x'00'")
    with pytest.raises(TamperedError, match="mentions d 1"):
        await rotate(home, catalog)
    assert len(keys_in_file(home.home / VAULT_FILE)) == 2


@pytest.mark.parametrize(
    ("policy", "of_source", "expected"),
    [
        ("standard", None, True),
        ("off", None, False),
        ("anonymise", None, False),
        ("off", "standard", True),
        ("standard", "anonymise", False),
    ],
)
async def test_receipts_look_into_the_vault_where_redaction_keeps_one(
    tmp_path: Path, catalog: SqlCatalog, policy: str, of_source: str | None, expected: bool
) -> None:
    settings = load_settings(home=tmp_path, redaction={"policy": policy})
    options = SourceOptions(redaction=of_source)
    await catalog.register(Source("s", SourceKind.FOLDER, "/docs", options=options))
    record = DocumentRecord("d", "s", "default", "a.txt", DocumentState.DELETED)
    assert (await vault_of(record, settings=settings, catalog=catalog) is not None) == expected
    await create_vault(settings, catalog).remember("d", tenant="default", version=1, mentions=MENTIONS)
    assert await vault_of(record, settings=settings, catalog=catalog) is not None

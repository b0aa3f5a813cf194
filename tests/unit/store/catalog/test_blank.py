"""Catalogs after the first of a process are copies: nobody can tell them from one that was migrated."""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.config import load_settings
from store.catalog.catalog import open_catalog
from tests.fakes.clock import FakeClock


async def new_catalog(home: Path) -> Path:
    async with open_catalog(load_settings(home=home), FakeClock()):
        pass
    return home / "catalog.sqlite3"


def content(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return sorted(connection.iterdump())


def mode(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


async def test_every_new_catalog_is_the_same_and_has_no_rows(tmp_path: Path) -> None:
    files = [await new_catalog(tmp_path / str(number)) for number in range(3)]

    assert content(files[0]) == content(files[1]) == content(files[2])
    assert [
        line for line in content(files[2]) if line.startswith("INSERT") and "alembic_version" not in line
    ] == []
    assert {mode(file) for file in files} == {"wal"}


async def test_a_catalog_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    for number in range(2):
        await new_catalog(tmp_path / str(number))
    old = tmp_path / "old"
    old.mkdir()
    with closing(sqlite3.connect(old / "catalog.sqlite3")) as connection:
        connection.execute("CREATE TABLE of_somebody (kept TEXT)")
        connection.commit()

    assert any("of_somebody" in line for line in content(await new_catalog(old)))

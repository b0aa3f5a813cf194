"""Catalogs that were migrated once and are emptied for each test: migrating takes longer than most tests."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.config import Settings, load_settings
from store.catalog.catalog import open_catalog
from tests.contract.postgres import execute, fresh_database
from tests.fakes.clock import FakeClock


@contextmanager
def migrated_database() -> Iterator[str]:
    """The URL of a Postgres database of one's own with all tables, to be emptied by `cleared`."""
    with fresh_database() as url:
        asyncio.run(_migrate(load_settings(catalog={"url": url})))
        yield url


def cleared(url: str, *tables: str) -> Settings:
    """The database, with these tables empty."""
    # The database itself refuses to empty the audit log: only who owns it can switch that off, for one connection.
    execute(url, f"SET session_replication_role = replica; TRUNCATE {', '.join(tables)}")
    return load_settings(catalog={"url": url})


def migrated_file(home: Path) -> Path:
    """A SQLite catalog with all tables in `home`, to be copied by `copied`."""
    asyncio.run(_migrate(load_settings(home=home)))
    return home / "catalog.sqlite3"


def copied(file: Path, home: Path) -> Settings:
    """A copy of a SQLite catalog that nobody has open."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, home / file.name)
    return load_settings(home=home)


async def _migrate(settings: Settings) -> None:
    async with open_catalog(settings, FakeClock()):
        pass

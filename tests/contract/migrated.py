"""Catalogs that were migrated once and are emptied for each test: migrating takes longer than most tests."""

import asyncio
import atexit
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from core.config import Settings, load_settings
from store.catalog.catalog import open_catalog
from tests.contract.postgres import execute, fresh_database
from tests.fakes.clock import FakeClock


@contextmanager
def migrated_database() -> Iterator[str]:
    """The URL of a Postgres database of this process with all tables, empty now; `cleared` and `emptied` do it again."""
    yield emptied(_database())


@cache
def _database() -> str:
    stack = ExitStack()
    url = stack.enter_context(fresh_database())
    atexit.register(stack.close)
    asyncio.run(_migrate(load_settings(catalog={"url": url})))
    return url


def emptied(url: str) -> str:
    """The same database, without a row in any table."""
    # Without triggers: the database itself refuses to empty the audit log.
    execute(
        url,
        """
        SET session_replication_role = replica;
        DO $$ DECLARE name text; BEGIN
          FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('DELETE FROM %I', name);
          END LOOP;
          FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', name);
          END LOOP;
        END $$
        """,
    )
    return url


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

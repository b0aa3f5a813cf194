"""Brings the database to the schema of this version of Folio, whoever else opens it at the same moment."""

import asyncio
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from filelock import AsyncFileLock, Timeout

from core.errors import SettingsError, StoreBusyError
from store.catalog.blank import BlankCatalog
from store.catalog.engine import Database
from store.catalog.failures import reported
from store.catalog.tables import REVISION

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

_FOLDER = Path(__file__).parent / "migrations"
_LOCK_WAIT_S = 60.0
_LOCK_ID = 4_702_111_234_474_983_745  # any constant; it names this lock among the server's advisory locks


async def migrate(database: Database, *, file: Path | None) -> None:
    """Run the missing migrations. `file` is the SQLite file, None for a server.

    Raises:
        SettingsError: A newer version of Folio has written the database.
        StoreBusyError: Another process has been migrating the SQLite file for too long.
    """
    if file and not await asyncio.to_thread(_in_wal_mode, file):
        await _migrate_file(database, file)
    elif await _current(database) == REVISION:
        return
    elif file:
        await _migrate_file(database, file)
    else:
        async with database.writing() as connection:
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_ID)))
            await connection.run_sync(_upgrade)


async def _current(database: Database) -> str | None:
    async with database.reading() as connection:
        return await connection.run_sync(_revision)


async def _migrate_file(database: Database, file: Path) -> None:
    # Switching to WAL fails at once, without waiting, while another process has a transaction open.
    with reported(database.place):
        try:
            async with AsyncFileLock(f"{file}.lock", timeout=_LOCK_WAIT_S):
                is_done = await asyncio.to_thread(_BLANK.write, file)
                await database.use_wal()
                if not is_done:
                    async with database.writing() as connection:
                        await connection.run_sync(_upgrade)
        except Timeout:
            raise StoreBusyError(
                f"another process has been migrating {file} for {_LOCK_WAIT_S:.0f} s"
            ) from None


def _in_wal_mode(file: Path) -> bool:
    # Byte 18 of the file header (https://www.sqlite.org/fileformat.html#file_format_version_numbers): asking SQLite
    # would open a transaction, which is what the switch in another process must not meet.
    if not file.is_file():
        return False
    with file.open("rb") as header:
        return header.read(19)[18:] == b"\2"


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: sa.Connection) -> None:
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext
    from alembic.script.revision import RevisionError
    from alembic.util import CommandError

    scripts = _scripts()
    current = _revision(connection)
    try:
        scripts.get_revision(current or "base")
    except (CommandError, RevisionError) as error:
        raise SettingsError(
            f"the catalog has the schema '{current}', which this version of Folio does not know: a newer one has "
            "written it. Upgrade Folio, or name another FOLIO_HOME or FOLIO_CATALOG__URL."
        ) from error

    def missing(revision: str, context: MigrationContext) -> list[object]:
        del context
        # As `alembic.command.upgrade` does, which reads all files of migrations anew each time.
        return scripts._upgrade_revs("head", revision)  # type: ignore[return-value] # noqa: SLF001

    config = _config()
    config.attributes["connection"] = connection
    with EnvironmentContext(config, scripts, fn=missing):
        scripts.run_env()


@cache
def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


_BLANK = BlankCatalog(_upgrade)

"""Opening the catalog: migrations, what is wrong with a database, and how it is said."""

import asyncio
import errno
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock

from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import (
    DependencyDownError,
    DiskFullError,
    FolioError,
    MissingExtraError,
    SettingsError,
    StoreBusyError,
)
from evals.load.proxy import Door, Proxy
from store.catalog import engine, migrate, tables
from store.catalog.address import catalog_url
from store.catalog.catalog import open_catalog
from store.catalog.engine import Database
from store.catalog.failures import reported
from tests.conftest import REPO
from tests.contract.postgres import SERVER, execute, fresh_database
from tests.fakes.clock import FakeClock

CLOCK = FakeClock()


@pytest.fixture
def postgres() -> Iterator[str]:
    with fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return load_settings(home=tmp_path)
    return load_settings(catalog={"url": request.getfixturevalue("postgres")})


@pytest.fixture
async def database(place: Settings) -> AsyncIterator[Database]:
    """The bare database of a catalog that has been opened once."""
    async with open_catalog(place, CLOCK):
        pass
    found = Database(catalog_url(place))
    yield found
    await found.close()


def document(number: int, title: str = "") -> DocumentRecord:
    return DocumentRecord(f"d{number}", "s1", "default", f"{number}.md", DocumentState.INDEXED, title)


async def opening_fails(settings: Settings) -> FolioError:
    with pytest.raises(FolioError) as caught:
        async with open_catalog(settings, CLOCK):
            pytest.fail("the catalog was opened")
    return caught.value


async def test_migrations_build_exactly_the_tables_of_the_models(database: Database) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, tables.metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_migration_is_the_one_that_the_tables_name() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [tables.REVISION]


async def test_what_was_saved_is_there_after_reopening(place: Settings) -> None:
    async with open_catalog(place, CLOCK) as catalog:
        await catalog.register(Source("s1", SourceKind.FOLDER, "/data"))
        await catalog.save([document(1)])
    async with open_catalog(place, CLOCK) as catalog:
        assert [record.doc_id for record in await catalog.page("default", limit=5)] == ["d1"]


async def test_ten_openings_of_an_empty_database_at_once_all_succeed(place: Settings) -> None:
    async def open_once() -> bool:
        async with open_catalog(place, CLOCK) as catalog:
            return (await catalog.health()).healthy

    assert await asyncio.gather(*(open_once() for _ in range(10))) == [True] * 10


async def test_a_database_of_a_newer_version_is_refused(place: Settings, database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    error = await opening_fails(place)
    assert isinstance(error, SettingsError)
    assert "'9999'" in error.detail
    assert "newer" in error.detail


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    row = {"source_id": "s1", "kind": "folder", "root": "/data", "tenant": "default"}

    async def insert_twice() -> None:
        async with database.writing() as connection:
            await connection.execute(sa.insert(tables.sources), row)
            await connection.execute(sa.insert(tables.sources), row)

    with pytest.raises(sa.exc.IntegrityError):
        await insert_twice()
    async with database.reading() as connection:
        assert (await connection.execute(sa.select(tables.sources))).all() == []


async def test_opening_a_current_catalog_does_not_load_alembic(tmp_path: Path) -> None:
    async with open_catalog(load_settings(home=tmp_path), CLOCK):
        pass
    program = (
        "import asyncio, sys, pathlib\n"
        "from core.clock import SystemClock\n"
        "from core.config import load_settings\n"
        "from store.catalog.catalog import open_catalog\n"
        "async def main():\n"
        "    async with open_catalog(load_settings(home=pathlib.Path(sys.argv[1])), SystemClock()):\n"
        "        sys.exit('alembic' in sys.modules)\n"
        "asyncio.run(main())\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    assert (await asyncio.to_thread(subprocess.run, command, cwd=REPO, check=False)).returncode == 0


async def test_sqlite_keeps_a_write_ahead_log_and_syncs_every_commit(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    async with open_catalog(settings, CLOCK):
        database = Database(catalog_url(settings))
        async with database.reading() as connection:
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in pragmas]
        await database.close()
    assert found == ["wal", 2, 1, 60_000]


async def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    async with database.writing() as writer:
        row = {"source_id": "s1", "kind": "folder", "root": "/data", "tenant": "default"}
        await writer.execute(sa.insert(tables.sources), row)
        async with database.reading() as reader:
            assert (await reader.execute(sa.select(tables.sources))).all() == []


async def test_a_sqlite_writer_holds_the_lock_from_its_beginning(tmp_path: Path) -> None:
    async with open_catalog(load_settings(home=tmp_path), CLOCK):
        database = Database(catalog_url(load_settings(home=tmp_path)))
        other = sqlite3.connect(tmp_path / "catalog.sqlite3", isolation_level=None, timeout=0)
        async with database.writing() as connection:
            await connection.execute(sa.select(tables.sources))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.close()
        await database.close()


async def test_opening_waits_for_a_migration_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "_LOCK_WAIT_S", 0.05)
    with FileLock(tmp_path / "catalog.sqlite3.lock"):
        error = await opening_fails(load_settings(home=tmp_path))
    assert isinstance(error, StoreBusyError)
    assert "migrating" in error.detail


async def test_a_copy_without_wal_is_switched_back(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    async with open_catalog(settings, CLOCK):
        pass
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as copy:
        assert copy.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    copy.close()
    async with open_catalog(settings, CLOCK):
        pass
    with sqlite3.connect(tmp_path / "catalog.sqlite3") as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    copy.close()


async def test_a_writer_that_waits_too_long_says_who_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SQLITE_BUSY_S", 0.05)
    async with open_catalog(load_settings(home=tmp_path), CLOCK) as catalog:
        other = sqlite3.connect(tmp_path / "catalog.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match=r"catalog\.sqlite3"):
            await catalog.register(Source("s1", SourceKind.FOLDER, "/data"))
        other.execute("ROLLBACK")
        other.close()
        await catalog.register(Source("s1", SourceKind.FOLDER, "/data"))
        assert len(await catalog.sources("default")) == 1


async def test_a_full_disk_is_named_and_what_was_saved_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = engine._prepare

    def prepare_small(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.cursor().execute("PRAGMA max_page_count = 40")

    async with open_catalog(load_settings(home=tmp_path), CLOCK) as catalog:
        await catalog.register(Source("s1", SourceKind.FOLDER, "/data"))
        await catalog.save([document(1)])
    monkeypatch.setattr(engine, "_prepare", prepare_small)
    async with open_catalog(load_settings(home=tmp_path), CLOCK) as catalog:
        with pytest.raises(DiskFullError, match="catalog"):
            await catalog.save([document(number, "x" * 500) for number in range(2, 1000)])
        assert [record.doc_id for record in await catalog.page("default", limit=5)] == ["d1"]


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite3"
    file.write_bytes(b"my precious notes, not a database" * 50)
    error = await opening_fails(load_settings(home=tmp_path))
    assert isinstance(error, SettingsError)
    assert str(file) in error.detail
    assert file.read_bytes() == b"my precious notes, not a database" * 50


async def test_a_home_that_is_a_file_is_a_settings_error(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    error = await opening_fails(load_settings(home=home))
    assert isinstance(error, SettingsError)
    assert str(home) in error.detail


async def test_a_folder_in_the_place_of_the_file_is_a_settings_error(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").mkdir()
    error = await opening_fails(load_settings(home=tmp_path))
    assert isinstance(error, SettingsError)
    assert "catalog.sqlite3" in error.detail


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, DiskFullError), (errno.EACCES, SettingsError), (errno.EHOSTUNREACH, DependencyDownError)],
)
def test_an_error_of_the_system_says_what_to_do(number: int, expected: type[FolioError]) -> None:
    with pytest.raises(expected, match="SQLite file /kb"), reported("SQLite file /kb"):
        raise OSError(number, "why")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://folio:hunter2@127.0.0.1:1/kb", "127.0.0.1:1/kb"),
        ("postgresql://folio:hunter2@no-such-host.invalid/kb", "no-such-host.invalid:5432/kb"),
    ],
)
async def test_a_server_that_is_down_is_named_without_the_password(url: str, named: str) -> None:
    error = await opening_fails(load_settings(catalog={"url": url}))
    assert isinstance(error, DependencyDownError)
    assert named in error.detail
    assert "FOLIO_CATALOG__URL" in error.detail
    assert "hunter2" not in error.detail


@pytest.mark.parametrize("wrong", ["user", "database"])
async def test_a_refused_login_is_reported_without_the_password(postgres: str, wrong: str) -> None:
    user, target = ("nobody_here", "test") if wrong == "user" else ("root", "no_such_database")
    url = f"postgresql://{user}:hunter2@127.0.0.1:5432/{target}"
    error = await opening_fails(load_settings(catalog={"url": url}))
    assert isinstance(error, DependencyDownError)
    assert "refuses" in error.detail
    assert "hunter2" not in error.detail


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("not a url", "not a database URL"),
        ("postgresql://host:port/kb", "not a database URL"),
        ("mysql://u:hunter2@host/kb", "'mysql'"),
        ("sqlite:///relative.sqlite3", "absolute"),
        ("sqlite://", "absolute"),
        ("postgresql://u:hunter2@host/kb?sslmod=require", "sslmod"),
    ],
)
async def test_a_wrong_url_is_a_settings_error(url: str, message: str) -> None:
    error = await opening_fails(load_settings(catalog={"url": url}))
    assert isinstance(error, SettingsError)
    assert message in error.detail
    assert "hunter2" not in error.detail


def test_libpq_sslmode_is_passed_on_as_asyncpg_calls_it() -> None:
    settings = load_settings(catalog={"url": "postgres://u@host/kb?sslmode=require"})
    url = catalog_url(settings)
    assert (url.drivername, dict(url.query)) == ("postgresql+asyncpg", {"ssl": "require"})


async def test_postgres_without_its_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    error = await opening_fails(load_settings(catalog={"url": "postgresql://u@host/kb"}))
    assert isinstance(error, MissingExtraError)
    assert "folio-kb[postgres]" in error.detail


async def test_connections_that_the_server_closed_are_replaced(postgres: str) -> None:
    async with open_catalog(load_settings(catalog={"url": postgres}), CLOCK) as catalog:
        await catalog.ping()
        closing = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
        await asyncio.to_thread(execute, SERVER + "test", closing.format(postgres.removeprefix(SERVER)))
        assert (await catalog.health()).healthy


async def test_health_survives_a_database_that_went_away(postgres: str) -> None:
    name = postgres.removeprefix(SERVER)
    async with open_catalog(load_settings(catalog={"url": postgres}), CLOCK) as catalog:
        await asyncio.to_thread(execute, SERVER + "test", f"DROP DATABASE {name} WITH (FORCE)")
        health = await catalog.health()
    assert not health.healthy
    assert name in health.detail


async def test_a_server_that_falls_silent_is_down_and_then_there_again(postgres: str) -> None:
    """Its connections stay open, and nothing comes through: as behind a network that drops packets."""
    door = Proxy(5432)
    await door.set(Door.OPEN)
    url = sa.make_url(postgres).set(drivername="postgresql+asyncpg", host="127.0.0.1", port=door.port)
    database = Database(url, answer_s=0.2)
    try:
        assert await asked(database) == 1
        await door.set(Door.SILENT)
        async with asyncio.timeout(20):
            with pytest.raises(DependencyDownError, match="in time"):
                await asked(database)
        await door.set(Door.OPEN)
        assert await asked(database) == 1
    finally:
        await database.close()
        await door.close()


async def asked(database: Database) -> int:
    async with database.reading() as connection:
        return (await connection.execute(sa.text("SELECT 1"))).scalar_one()


def test_waiting_in_vain_for_a_connection_is_an_outage_and_no_bug() -> None:
    with pytest.raises(DependencyDownError, match="in use"), reported("Postgres db/kb"):
        raise sa.exc.TimeoutError("QueuePool limit of size 5 overflow 10 reached")

"""A catalog that an earlier version wrote is brought up to date with what is in it."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from core.config import load_settings
from store.catalog import migrate
from store.catalog.catalog import open_catalog
from tests.fakes.clock import FakeClock

_SOURCE = "INSERT INTO sources VALUES ('s', 'folder', '/docs', 'default')"
_DOCUMENT = """
    INSERT INTO documents VALUES (
        'd', 's', 'default', 'a.txt', 'indexed', 'A', NULL, 'text/plain', NULL, 'hash', 'f', 3, 'key', 10, 20, 4,
        '{"PERSON": 1}', 'default', 1, '["board"]', 1, 0.5, 'run', '2026-01-01 12:00:00'
    )
"""


def write_first_catalog(file: Path) -> None:
    """A catalog as the first version left it, with one document."""
    file.parent.mkdir(parents=True)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(file) as rows:
        rows.execute(_SOURCE)
        rows.execute(_DOCUMENT)
    rows.close()


async def test_documents_of_the_first_version_are_kept_and_can_be_leased(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    write_first_catalog(settings.home / "catalog.sqlite3")
    async with open_catalog(settings, FakeClock()) as catalog:
        record = await catalog.get("d")
        assert record is not None
        assert (record.path, record.version, record.chunk_count, record.token_count) == ("a.txt", 3, 4, 0)
        assert record.access.groups == {"board"}
        assert await catalog.acquire(["d"], owner="one", lease_s=30) == {"d"}

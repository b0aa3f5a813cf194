"""Which database the settings name."""

from pathlib import Path

import sqlalchemy as sa

from core.config import Settings
from core.errors import SettingsError

SETTING = "FOLIO_CATALOG__URL"

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}

# libpq, and so most hosting guides, writes `sslmode`; asyncpg takes the same values as `ssl`. The cache of prepared
# statements must be switched off (0) behind a pooler such as PgBouncer.
_OPTIONS = {"ssl", "sslmode", "prepared_statement_cache_size"}


def catalog_url(settings: Settings) -> sa.URL:
    """The database of these settings, with its asynchronous driver.

    Raises:
        SettingsError: The URL cannot be read, or names a database other than a SQLite file or Postgres.
    """
    if settings.catalog.url is None:
        return sa.URL.create("sqlite+aiosqlite", database=str(settings.home / "catalog.sqlite3"))
    try:
        url = sa.make_url(settings.catalog.url.get_secret_value())
    except (sa.exc.ArgumentError, ValueError):
        raise SettingsError(f"{SETTING} is not a database URL. {_example()}") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise SettingsError(f"{SETTING} names the database '{url.drivername}'. {_example()}")
    if driver.startswith("sqlite") and not Path(url.database or "").is_absolute():
        raise SettingsError(
            f"{SETTING} must name a file by its absolute path: every process opens it for itself"
        )
    return _with_known_options(url.set(drivername=driver))


def sqlite_file(url: sa.URL) -> Path | None:
    """The file of a SQLite catalog; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def place(url: sa.URL) -> str:
    """The database as messages call it, without user and password."""
    file = sqlite_file(url)
    return (
        f"SQLite file {file}"
        if file
        else f"Postgres {url.host or 'localhost'}:{url.port or 5432}/{url.database}"
    )


def _with_known_options(url: sa.URL) -> sa.URL:
    unknown = sorted(set(url.query) - _OPTIONS)
    if unknown:
        raise SettingsError(f"{SETTING} has options that are not known: {', '.join(unknown)}")
    if "sslmode" not in url.query:
        return url
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": url.query["sslmode"]})


def _example() -> str:
    return "Use sqlite:////path/to/catalog.sqlite3 or postgresql://user:password@host/database"

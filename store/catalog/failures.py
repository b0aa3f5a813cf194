"""What a database failure means to the caller."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from core.errors import (
    DependencyDownError,
    DiskFullError,
    FolioError,
    InvalidInputError,
    SettingsError,
    StoreBusyError,
)
from store.catalog.address import SETTING

_UNUSABLE_FILE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EISDIR, errno.ENOTDIR, errno.EEXIST}
_DISK_FULL = {"53100"}
_REFUSED = {"28P01", "28000", "3D000", "42501"}
# Connection exceptions, too many connections, shutdown and start-up.
_NO_ANSWER = {"08000", "08001", "08003", "08004", "08006", "53300", "57P01", "57P02", "57P03"}
# Postgres keeps no NUL in a text.
_NO_TEXT = {"22021", "22P05"}


@contextmanager
def reported(place: str) -> Iterator[None]:
    """Turn failures of the database at `place` into Folio's errors; what is not known stays as it is.

    Raises:
        DependencyDownError: The database does not answer or refuses the login.
        DiskFullError: It has no space left.
        StoreBusyError: Another process has kept SQLite's write lock for too long.
        SettingsError: The SQLite file cannot be opened, written or read as a database.
        InvalidInputError: A text has a NUL character, which the database cannot hold.
    """
    try:
        yield
    except FolioError:
        raise
    except sa.exc.DBAPIError as error:
        known = classify(error, place)
        if known is None:
            raise
        raise known from error
    except sa.exc.TimeoutError as error:
        why = "all its connections are in use, and none became free in time"
        raise _no_answer(place, why) from error
    except TimeoutError as error:
        raise _no_answer(place, "it did not answer in time") from error
    except OSError as error:
        raise _classify_os(error, place) from error


def classify(error: sa.exc.DBAPIError, place: str) -> FolioError | None:
    """Folio's error for a driver's error; None if it is not about the database as a whole."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _classify_sqlite(cause, place)
    state = getattr(cause, "sqlstate", None)
    if state in _DISK_FULL:
        return _full(place)
    if state in _REFUSED:
        return _no_answer(place, "it refuses the user, the password, the database name or the user's rights")
    if state in _NO_TEXT:
        return InvalidInputError(
            "a text of the request has a NUL character, which cannot be kept: leave it out"
        )
    if error.connection_invalidated or state in _NO_ANSWER:
        return _no_answer(place, "the connection was lost or refused")
    return None


def _classify_sqlite(cause: sqlite3.Error, place: str) -> FolioError | None:
    # The low byte is the primary code; the rest tells variants of it apart.
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return _full(place)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusyError(f"another process keeps writing to the catalog ({place}): try again later")
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return _unusable(place, str(cause))
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return SettingsError(
            f"the catalog ({place}) is damaged or no SQLite database: restore it from a backup"
        )
    return None


def _classify_os(error: OSError, place: str) -> FolioError:
    why = error.strerror or type(error).__name__
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full(place)
    if error.errno in _UNUSABLE_FILE:
        return _unusable(place, why)
    return _no_answer(place, why)


def _full(place: str) -> DiskFullError:
    return DiskFullError(
        f"the catalog ({place}) has no space left: free some, then try again; nothing was lost"
    )


def _unusable(place: str, why: str) -> SettingsError:
    return SettingsError(
        f"the catalog ({place}) cannot be opened for writing ({why}): check FOLIO_HOME and {SETTING}"
    )


def _no_answer(place: str, why: str) -> DependencyDownError:
    return DependencyDownError(
        f"the catalog ({place}) cannot be reached: {why}. Check the server and {SETTING}"
    )

"""Connections to the catalog's database: read and write transactions with the same meaning everywhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from core.errors import MissingExtraError
from store.catalog.address import place
from store.catalog.failures import reported
from store.catalog.watching import watch

SQLITE_BUSY_S = 60.0
"""How long a SQLite writer waits for another process before it gives up."""

POSTGRES_CONNECT_S = 10.0

POSTGRES_ANSWER_S = 60.0
"""Longest that a statement may take. Without it a server that falls silent, its connections open, is waited for for ever."""

_EMPTYING_MS = 2000


class Database:
    """An engine whose transactions are either `reading` or `writing`, and whose failures are Folio's errors."""

    def __init__(
        self, url: sa.URL, *, slow_s: float = 0.0, answer_s: float | None = POSTGRES_ANSWER_S
    ) -> None:
        """Connects on first use. Statements over `slow_s` seconds are logged; 0: none are.

        `answer_s`: how long Postgres may take for one statement, in seconds; None: for ever.

        Raises:
            MissingExtraError: The URL names Postgres and asyncpg is not installed.
        """
        self.place = place(url)
        self._engine = _create_engine(url, answer_s=answer_s)
        watch(self._engine.sync_engine, slow_s=slow_s)
        self._writer = self._engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees committed rows; never waits for a writer."""
        with reported(self.place):
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back if it raises."""
        with reported(self.place):
            async with self._writer.begin() as connection:
                yield connection

    async def use_wal(self) -> None:
        """Let readers of a SQLite file go on while somebody writes. Kept in the file, for every process."""
        with reported(self.place):
            # The mode cannot be changed inside a transaction.
            async with self._engine.execution_options(sqlite_begin="").connect() as connection:
                await connection.exec_driver_sql("PRAGMA journal_mode = WAL")

    async def empty_log(self) -> bool:
        """Put the write-ahead log of a SQLite file into it, and empty it: old rows stand there too. Whether it is empty now.

        It is not where another process reads or writes for longer than a moment. Other databases keep their log themselves.
        """
        if self._engine.dialect.name != "sqlite":
            return False
        with reported(self.place):
            async with self._engine.execution_options(sqlite_begin="").connect() as connection:
                await connection.exec_driver_sql(f"PRAGMA busy_timeout = {_EMPTYING_MS}")
                try:
                    found = await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                    return found.scalar() == 0
                finally:
                    await connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(SQLITE_BUSY_S * 1000)}")

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _create_engine(url: sa.URL, *, answer_s: float | None) -> AsyncEngine:
    if url.get_backend_name() == "sqlite":
        return _create_sqlite_engine(url)
    try:
        return create_async_engine(
            url,
            hide_parameters=True,
            # A pooled connection may have died with a restart of the server.
            pool_pre_ping=True,
            connect_args={"timeout": POSTGRES_CONNECT_S, "command_timeout": answer_s},
        )
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise MissingExtraError("the Postgres catalog", extra="postgres") from error


def _create_sqlite_engine(url: sa.URL) -> AsyncEngine:
    engine = create_async_engine(
        url,
        # Parameters are titles and reasons: they must not reach a log through an error's text.
        hide_parameters=True,
        # Without an isolation level the driver begins nothing by itself: `_begin` decides how.
        connect_args={"timeout": SQLITE_BUSY_S, "isolation_level": None},
    )
    sa.event.listen(engine.sync_engine, "connect", _prepare)
    sa.event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: object) -> None:
    del record
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    # Sync at every commit. NORMAL may lose the last commits in a power cut, and the index would not lose them: a
    # document deleted on request would stand as indexed again, without its points, and no sync would notice.
    cursor.execute("PRAGMA synchronous = FULL")
    # What is deleted is overwritten: titles, answers and mentions of a document must not stay in free pages.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later fails at once, without waiting, if another process wrote in
    # between. A writer therefore takes the lock when it begins, and waits for it there.
    statement = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)

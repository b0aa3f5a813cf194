"""Postgres databases of one's own for tests."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

SERVER = "postgresql://root@127.0.0.1:5432/"


@contextmanager
def fresh_database() -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards; skips the test where no server answers.

    Its locale sorts unlike code points do, as most real databases' do.
    """
    asyncpg = pytest.importorskip("asyncpg", reason="needs the extra 'postgres'")
    name = f"folio_test_{uuid4().hex}"
    create = f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
    try:
        execute(SERVER + "test", create)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        pytest.skip(f"needs Postgres at 127.0.0.1:5432, user root, database test: {type(error).__name__}")
    try:
        yield SERVER + name
    finally:
        execute(SERVER + "test", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def execute(url: str, statements: str) -> None:
    """Run statements outside any event loop; for synchronous fixtures."""
    asyncio.run(_execute(url, statements))


async def _execute(url: str, statements: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url, timeout=5)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()

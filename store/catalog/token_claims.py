"""Who has a token: asked from threads, answered by an event loop of its own.

The loop that opened the catalog may be waiting for the very thread that asks; a loop in a thread of its own, with its own
connections, waits for nobody: it only reads, and readers wait for no writer.
"""

import asyncio
import threading
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

import sqlalchemy as sa

from core.errors import DependencyDownError
from core.pseudonyms import token_of
from store.catalog.engine import Database
from store.catalog.erasures import erased_among
from store.catalog.vault_tables import vault_values

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

_BATCH_COUNT = 400  # two parameters a token


class SqlTokenClaims:
    """Implements TokenClaims and Erasures. The thread is started by the first question and ended by `close`."""

    def __init__(self, url: sa.URL) -> None:
        """Ask the database at this URL, which has been migrated."""
        self._url = url
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._opened: tuple[BlockingPortal, Database] | None = None
        self._closed = False

    def taken(self, tenant: str, digests: Mapping[str, str]) -> set[str]:
        """Which of these short tokens (with their digests) are not to be used for their values.

        They belong to a value of another digest already, or the value goes by its long token elsewhere.

        Raises:
            DependencyDownError: The database does not answer, or the catalog has been closed.
        """
        if not digests:
            return set()
        portal, database = self._open()
        long = {token: _long(token, digest) for token, digest in digests.items()}
        known = portal.call(_known, database, tenant, sorted({*digests, *long.values()}))
        return {
            token
            for token, digest in digests.items()
            if known.get(token, digest) != digest or known.get(long[token]) == digest
        }

    def erased(self, tenant: str, digests: Collection[str]) -> set[str]:
        """Those of the digests whose values were erased on request (port `Erasures`).

        Raises:
            DependencyDownError: The database does not answer, or the catalog has been closed.
        """
        if not digests:
            return set()
        portal, database = self._open()
        return portal.call(_erased, database, tenant, digests)

    async def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._closed = True
            opened, self._opened = self._opened, None
        if opened is not None:
            await asyncio.to_thread(self._end, *opened)

    def _end(self, portal: "BlockingPortal", database: Database) -> None:
        portal.call(database.close)
        self._stack.close()

    def _open(self) -> "tuple[BlockingPortal, Database]":
        from anyio.from_thread import start_blocking_portal

        with self._lock:
            if self._closed:
                raise DependencyDownError("the catalog was closed while a document was being redacted")
            if self._opened is None:
                portal = self._stack.enter_context(start_blocking_portal())
                self._opened = portal, Database(self._url)
            return self._opened


def _long(token: str, digest: str) -> str:
    return token_of(token.rpartition("_")[0], digest, long=True)


async def _erased(database: Database, tenant: str, digests: Collection[str]) -> set[str]:
    async with database.reading() as connection:
        return await erased_among(connection, tenant, digests)


async def _known(database: Database, tenant: str, tokens: list[str]) -> dict[str, str]:
    """The digests of those tokens that are in the vault."""
    found: dict[str, str] = {}
    async with database.reading() as connection:
        for start in range(0, len(tokens), _BATCH_COUNT):
            wanted = vault_values.c.token.in_(tokens[start : start + _BATCH_COUNT])
            query = sa.select(vault_values.c.token, vault_values.c.digest)
            rows = await connection.execute(query.where(vault_values.c.tenant == tenant, wanted))
            found |= {row.token: row.digest for row in rows}
    return found

"""Which values were erased on request, so that no file brings them back."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.ports import Clock
from core.pseudonyms import TOKEN_DIGITS
from store.catalog.engine import Database
from store.catalog.erasure_tables import erased_values
from store.catalog.upsert import insert_or_replace

_BATCH_COUNT = 500


class SqlErasures:
    """Implements ErasureLog over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def note(self, tenant: str, digests: Collection[str]) -> None:
        """Note values as erased, all or none; of those that are noted already the time is brought up to date."""
        now = self._clock.now()
        rows = [{"tenant": tenant, "digest": digest, "erased_at": now} for digest in sorted(set(digests))]
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(insert_or_replace(erased_values, connection.dialect.name), rows)

    async def forget(self, tenant: str, digests: Collection[str]) -> int:
        """Let values be pseudonymised again; how many were noted."""
        these = (erased_values.c.tenant == tenant) & erased_values.c.digest.in_(sorted(set(digests)))
        async with self._database.writing() as connection:
            return int((await connection.execute(sa.delete(erased_values).where(these))).rowcount)

    async def erased(self, tenant: str, digests: Collection[str]) -> set[str]:
        """Those of the digests whose values were erased."""
        async with self._database.reading() as connection:
            return await erased_among(connection, tenant, digests)


async def erased_among(connection: AsyncConnection, tenant: str, digests: Collection[str]) -> set[str]:
    """Those of the digests whose values were erased, inside a transaction."""
    wanted, found = sorted(set(digests)), set[str]()
    for start in range(0, len(wanted), _BATCH_COUNT):
        these = erased_values.c.digest.in_(wanted[start : start + _BATCH_COUNT])
        query = sa.select(erased_values.c.digest).where(erased_values.c.tenant == tenant, these)
        found |= set((await connection.execute(query)).scalars())
    return found


async def erased_tokens(connection: AsyncConnection, tenant: str, tokens: Collection[str]) -> set[str]:
    """Those of the tokens, short or long, that are cut from a digest whose value was erased, inside a transaction."""
    cut = {token: token.rpartition("_")[2] for token in tokens}
    wanted, found = sorted({digits[:TOKEN_DIGITS] for digits in cut.values()}), set[str]()
    for start in range(0, len(wanted), _BATCH_COUNT):
        # A scan of what one tenant had erased, which is little.
        these = sa.func.substr(erased_values.c.digest, 1, TOKEN_DIGITS).in_(
            wanted[start : start + _BATCH_COUNT]
        )
        query = sa.select(erased_values.c.digest).where(erased_values.c.tenant == tenant, these)
        found |= set((await connection.execute(query)).scalars())
    return {token for token, digits in cut.items() if any(digest.startswith(digits) for digest in found)}

"""Encrypting the vault anew with the current key, a few rows at a time. Safe to break off and to repeat."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.privacy_ports import Sealer
from store.catalog.engine import Database
from store.catalog.vault import list_place, sealed_columns, sealed_of, value_place, writing
from store.catalog.vault_tables import vault_lists, vault_values

# Writers wait for no more than these.
_BATCH_COUNT = 200
_PLACES: tuple[tuple[sa.Table, Callable[[Any], str]], ...] = (
    (vault_values, value_place),
    (vault_lists, list_place),
)


@dataclass(frozen=True, slots=True)
class KeyUse:
    """How much of a tenant's part of the vault a key has sealed."""

    tenant: str
    key_id: str
    value_count: int
    list_count: int


class SqlVaultRotation:
    """Counts and re-encrypts what is sealed, over SQLite or Postgres."""

    def __init__(self, database: Database, *, sealer: Sealer) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._sealer = sealer

    async def usage(self) -> list[KeyUse]:
        """By tenant and key; reads no value and needs no key."""
        counts: dict[tuple[str, str], dict[str, int]] = {}
        async with self._database.reading() as connection:
            for table, _ in _PLACES:
                for row in await connection.execute(_counted(table)):
                    counts.setdefault((row.tenant, row.key_id), {})[table.name] = row.count
        return [
            KeyUse(tenant, key_id, found.get("vault_values", 0), found.get("vault_lists", 0))
            for (tenant, key_id), found in sorted(counts.items())
        ]

    async def reseal(self) -> int:
        """Encrypt the next rows that another key has sealed; how many there were. 0: everything has the current key.

        Raises:
            TamperedError: A row was changed; it stays as it is.
            SettingsError: The key of a row is not among those of this deployment.
        """
        async with writing(self._database, self._sealer) as connection:
            for table, place_of in _PLACES:
                count = await self._resealed(connection, table, place_of)
                if count:
                    return count
        return 0

    async def forget(self, key_ids: Collection[str], *, forget: Callable[[], None]) -> bool:
        """Call `forget` if nothing is sealed with these keys, while no writer has its turn; whether it was called."""
        async with writing(self._database, self._sealer) as connection:
            for table, _ in _PLACES:
                used = sa.select(sa.literal(1)).where(table.c.key_id.in_(list(key_ids))).limit(1)
                if (await connection.execute(used)).first():
                    return False
            forget()
            return True

    async def _resealed(
        self, connection: AsyncConnection, table: sa.Table, place_of: Callable[[Any], str]
    ) -> int:
        old = sa.select(table).where(table.c.key_id != self._sealer.key_id).limit(_BATCH_COUNT)
        rows = (await connection.execute(old)).mappings().all()
        if rows:
            await connection.execute(
                _rewrite(table), [self._rewritten(table, row, place_of(row)) for row in rows]
            )
        return len(rows)

    def _rewritten(self, table: sa.Table, row: sa.RowMapping, place: str) -> dict[str, Any]:
        plain = self._sealer.open(sealed_of(row), place=place)
        key = {f"of_{column.name}": row[column.name] for column in table.primary_key}
        return key | sealed_columns(self._sealer.seal(plain, place=place))


def _counted(table: sa.Table) -> sa.Select[Any]:
    query = sa.select(table.c.tenant, table.c.key_id, sa.func.count().label("count"))
    return query.group_by(table.c.tenant, table.c.key_id)


def _rewrite(table: sa.Table) -> sa.Update:
    this = sa.and_(*(column == sa.bindparam(f"of_{column.name}") for column in table.primary_key))
    values: dict[str, Any] = {name: sa.bindparam(name) for name in ("key_id", "nonce", "ciphertext")}
    return sa.update(table).where(this).values(**values)

"""Rows of which a text names somebody by a pseudonym."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from store.catalog.batches import batches

_LIKE_COUNT = 100  # SQLite nests at most 1000 conditions


async def rows_naming(
    connection: AsyncConnection, column: sa.Column[Any], tenant: str, tokens: Collection[str]
) -> list[sa.RowMapping]:
    """The keys and texts of a column that have one of the pseudonyms, in capitals or not. Its table has a column `tenant`."""
    table = column.table
    found: dict[tuple[Any, ...], sa.RowMapping] = {}
    for batch in batches(sorted({token.lower() for token in tokens}), _LIKE_COUNT):
        # Whoever asks may write a pseudonym in small letters.
        wanted = sa.or_(*(sa.func.lower(column).contains(token, autoescape=True) for token in batch))
        query = sa.select(*table.primary_key, column).where(table.c.tenant == tenant, wanted)
        for row in (await connection.execute(query)).mappings():
            found[tuple(row[key.name] for key in table.primary_key)] = row
    return list(found.values())

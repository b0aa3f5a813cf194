"""What somebody does to the catalog who owns its database, and not only the rights of Folio."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa

from store.catalog.catalog import SqlCatalog

GUARDED = {
    "audit_log": ("update", "delete"),
    "audit_checkpoints": ("update", "delete"),
    "answer_records": ("update",),
}


async def execute(catalog: SqlCatalog, statements: str) -> None:
    async with catalog._database.writing() as connection:
        for statement in statements.split("; "):
            await connection.execute(sa.text(statement))


@asynccontextmanager
async def without_triggers(catalog: SqlCatalog) -> AsyncIterator[None]:
    """Nothing refuses a change; afterwards it does again on a server, whose database other tests use too."""
    if catalog._database._engine.dialect.name == "sqlite":
        for table, events in GUARDED.items():
            for event in events:
                await execute(catalog, f"DROP TRIGGER keep_{table}_{event}")
        yield
        return
    for table in GUARDED:
        await execute(catalog, f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        for table in GUARDED:
            await execute(catalog, f"ALTER TABLE {table} ENABLE TRIGGER USER")

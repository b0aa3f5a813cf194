"""What is deleted gets nothing any more, whoever is late: a process that stood still for longer than its lease."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.documents import DocumentState
from store.catalog.tables import documents

_GONE = (DocumentState.DELETING.value, DocumentState.DELETED.value)


async def is_deleted(connection: AsyncConnection, doc_id: str) -> bool:
    """Whether the catalog says that a document is deleted or about to be; who says so later waits for this transaction.

    A deletion says so first and removes afterwards: what was written before it said so is there to be removed.
    """
    state = sa.select(documents.c.state).where(documents.c.doc_id == doc_id)
    # Of one row, and shared: on Postgres; SQLite has one writer anyway.
    found = (await connection.execute(state.with_for_update(read=True))).scalar()
    return found in _GONE

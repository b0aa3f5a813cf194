"""Writes the messages to webhooks in the transaction that writes the documents they are about.

Whoever changes a document, the API, Dagster or the command line: the message is there exactly if the change is.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.documents import DocumentRecord, DocumentState
from core.webhooks import DeliveryState, EventType, StoredState, Webhook, event_of
from store.catalog.tables import documents
from store.catalog.webhook_tables import webhook_deliveries
from store.catalog.webhooks import from_row, of_tenants

_BATCH_COUNT = 500  # SQLite takes 32,766 parameters, older ones 999


async def write_events(
    connection: AsyncConnection, records: Sequence[DocumentRecord], *, now: datetime
) -> None:
    """The messages about a write that is to follow in this transaction. One query if there are no webhooks."""
    tenants = sorted({record.tenant for record in records})
    found = (await connection.execute(of_tenants(tenants))).mappings().all()
    if not found:
        return
    webhooks = [from_row(row) for row in found]
    before = await _stored(connection, [record.doc_id for record in records])
    rows = [
        _row(webhook, record, event=event, now=now)
        for record in records
        if (event := event_of(record, before.get(record.doc_id)))
        for webhook in webhooks
        if event in webhook.events and record.access.readable_by(webhook.principal)
    ]
    if rows:
        await connection.execute(sa.insert(webhook_deliveries), rows)


def payload_of(record: DocumentRecord, event: EventType, *, now: datetime) -> str:
    """What is sent: ids and states, no word of the document."""
    data = {
        "document_id": record.doc_id,
        "source_id": record.source_id,
        "path": record.path.encode(errors="replace").decode(),
        "version": record.version,
        "state": record.state.value,
        "reason": record.reason,
    }
    return json.dumps(
        {"type": event.value, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": data}
    )


def _row(webhook: Webhook, record: DocumentRecord, *, event: EventType, now: datetime) -> dict[str, Any]:
    return {
        "message_id": f"msg_{uuid4().hex}",
        "webhook_id": webhook.webhook_id,
        "event": event.value,
        "doc_id": record.doc_id,
        "payload": payload_of(record, event, now=now),
        "state": DeliveryState.PENDING.value,
        "attempt_count": 0,
        "created_at": now,
        "available_at": now,
    }


async def _stored(connection: AsyncConnection, doc_ids: Sequence[str]) -> dict[str, StoredState]:
    stored: dict[str, StoredState] = {}
    for start in range(0, len(doc_ids), _BATCH_COUNT):
        wanted = documents.c.doc_id.in_(doc_ids[start : start + _BATCH_COUNT])
        columns = (documents.c.doc_id, documents.c.state, documents.c.version, documents.c.reason)
        for row in (await connection.execute(sa.select(*columns).where(wanted))).mappings():
            state = DocumentState(row["state"])
            stored[row["doc_id"]] = StoredState(state, row["version"], row["reason"])
    return stored

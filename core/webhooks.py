"""Who is told of what becomes of documents, and the messages to them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.access import Principal
from core.documents import DocumentRecord, DocumentState


class EventType(StrEnum):
    """What can be subscribed to."""

    INDEXED = "document.indexed"
    FAILED = "document.failed"
    DELETED = "document.deleted"


class DeliveryState(StrEnum):
    """Where a message to a webhook stands. Dead: given up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


_EVENTS = {
    DocumentState.INDEXED: EventType.INDEXED,
    DocumentState.FAILED: EventType.FAILED,
    DocumentState.QUARANTINED: EventType.FAILED,
    DocumentState.DELETED: EventType.DELETED,
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription. It hears of documents that its principal may read; `sealed_secret` is the encrypted signing key."""

    webhook_id: str
    url: str
    events: frozenset[EventType]
    principal: Principal
    sealed_secret: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to one webhook. `number` ascends with the order in which a document's messages were written.

    `message_id` and `payload` (JSON) stay the same over all tries.
    """

    number: int
    message_id: str
    webhook_id: str
    event: EventType
    doc_id: str
    payload: str
    state: DeliveryState
    created_at: datetime
    available_at: datetime
    attempt_count: int = 0
    last_status: int | None = None
    last_error: str | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one try. `retry_at` is None for one that was accepted, or given up."""

    number: int
    state: DeliveryState
    status: int | None = None
    error: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredState:
    """What the catalog said of a document before a write."""

    state: DocumentState
    version: int
    reason: str | None


def event_of(record: DocumentRecord, before: StoredState | None) -> EventType | None:
    """What a write of the record tells the world; None for one that leaves the document as it was."""
    event = _EVENTS.get(record.state)
    if event is None or before is None:
        return event
    was = _EVENTS.get(before.state)
    if event is EventType.INDEXED:
        return event if was is not event or before.version != record.version else None
    if event is EventType.FAILED:
        return event if was is not event or before.reason != record.reason else None
    return event if was is not event else None

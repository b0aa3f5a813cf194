"""Documents as rows, and the statements that read and write them. Executes nothing."""

from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import AccessLabel, Tier
from core.documents import DocumentRecord, DocumentState
from store.catalog.tables import documents

_PLAIN = [
    field.name for field in fields(DocumentRecord) if field.name not in {"state", "access", "retired_keys"}
]


def to_row(record: DocumentRecord, updated_at: datetime) -> dict[str, Any]:
    """The record as column values."""
    plain = {name: getattr(record, name) for name in _PLAIN}
    return plain | {
        "state": record.state.value,
        "retired_keys": list(record.retired_keys),
        "access_tenant": record.access.tenant,
        "access_tier": int(record.access.tier),
        "access_groups": sorted(record.access.groups),
        "updated_at": updated_at,
    }


def from_row(row: sa.RowMapping) -> DocumentRecord:
    """The record of a row that holds all columns."""
    return DocumentRecord(
        **{name: row[name] for name in _PLAIN},
        state=DocumentState(row["state"]),
        retired_keys=tuple(row["retired_keys"]),
        access=AccessLabel(
            tenant=row["access_tenant"],
            tier=Tier(row["access_tier"]),
            groups=frozenset(row["access_groups"]),
        ),
    )


def by_id(doc_id: str) -> sa.Select[Any]:
    """One document."""
    return sa.select(documents).where(documents.c.doc_id == doc_id)


def of_source(source_id: str) -> sa.Select[Any]:
    """What a sync of the source compares its scan with: see `DocumentCatalog.of_source`."""
    deleted_by_request = documents.c.reason.is_not(None) & documents.c.content_hash.is_not(None)
    known = (documents.c.state != DocumentState.DELETED.value) | deleted_by_request
    return sa.select(documents).where(documents.c.source_id == source_id, known)


def page(tenant: str, *, limit: int, after: str | None, states: Collection[DocumentState]) -> sa.Select[Any]:
    """The next documents of a tenant by id."""
    query = sa.select(documents).where(documents.c.tenant == tenant)
    if after is not None:
        query = query.where(documents.c.doc_id > after)
    if states:
        query = query.where(documents.c.state.in_([state.value for state in states]))
    return query.order_by(documents.c.doc_id).limit(limit)


def state_counts(tenant: str) -> sa.Select[Any]:
    """Rows of `state` and `count`."""
    query = sa.select(documents.c.state, sa.func.count().label("count")).where(documents.c.tenant == tenant)
    return query.group_by(documents.c.state)


def artifact_users(key: str) -> sa.Select[Any]:
    """The number of documents with this artifact."""
    return sa.select(sa.func.count()).where(documents.c.artifact_key == key)

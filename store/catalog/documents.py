"""Documents as rows, and the statements that read and write them. Executes nothing."""

from collections.abc import Collection, Iterator, Sequence
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

# SQLite takes 32,766 parameters, and a thousand nested conditions.
_PATHS_COUNT = 500
_FOLDERS_COUNT = 100


def to_row(record: DocumentRecord, updated_at: datetime, *, label_key: str) -> dict[str, Any]:
    """The record as column values. `label_key` is the id of its access label."""
    plain = {name: getattr(record, name) for name in _PLAIN}
    return plain | {
        "state": record.state.value,
        "retired_keys": list(record.retired_keys),
        "access_tenant": record.access.tenant,
        "access_tier": int(record.access.tier),
        "access_groups": sorted(record.access.groups),
        "access_label": label_key,
        "updated_at": updated_at,
    }


def from_row(row: sa.RowMapping) -> DocumentRecord:
    """The record of a row that holds all columns."""
    return DocumentRecord(
        **{name: row[name] for name in _PLAIN},
        state=DocumentState(row["state"]),
        retired_keys=tuple(row["retired_keys"]),
        access=label(row),
    )


def label(row: sa.RowMapping) -> AccessLabel:
    """What a row says of who may read the document."""
    return AccessLabel(
        tenant=row["access_tenant"],
        tier=Tier(row["access_tier"]),
        groups=frozenset(row["access_groups"]),
    )


def labels(doc_ids: Collection[str]) -> sa.Select[Any]:
    """The ids of these documents, and who may read them."""
    columns = (documents.c.doc_id, documents.c.access_tenant, documents.c.access_tier)
    return sa.select(*columns, documents.c.access_groups).where(documents.c.doc_id.in_(sorted(doc_ids)))


def by_id(doc_id: str) -> sa.Select[Any]:
    """One document."""
    return sa.select(documents).where(documents.c.doc_id == doc_id)


def of_source(source_id: str) -> sa.Select[Any]:
    """What a sync of the source compares its scan with: see `DocumentCatalog.of_source`."""
    deleted_by_request = documents.c.reason.is_not(None) & documents.c.content_hash.is_not(None)
    known = (documents.c.state != DocumentState.DELETED.value) | deleted_by_request
    return sa.select(documents).where(documents.c.source_id == source_id, known)


def at_paths(source_id: str, paths: Collection[str]) -> Iterator[sa.Select[Any]]:
    """Statements for `DocumentCatalog.at_paths`: the same document may come twice."""
    files = sorted(path for path in paths if not path.endswith("/"))
    folders = sorted(path for path in paths if path.endswith("/"))
    for start in range(0, len(files), _PATHS_COUNT):
        yield of_source(source_id).where(documents.c.path.in_(files[start : start + _PATHS_COUNT]))
    for start in range(0, len(folders), _FOLDERS_COUNT):
        yield of_source(source_id).where(_below(folders[start : start + _FOLDERS_COUNT]))


def has_living(source_id: str) -> sa.Select[Any]:
    """A row for one document of the source that is not deleted, if there is any."""
    living = documents.c.state != DocumentState.DELETED.value
    return sa.select(documents.c.doc_id).where(documents.c.source_id == source_id, living).limit(1)


def has_any(source_id: str) -> sa.Select[Any]:
    """A row for one document of the source, if there is any."""
    return sa.select(documents.c.doc_id).where(documents.c.source_id == source_id).limit(1)


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


def _below(folders: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a path begins with one of the prefixes. Not LIKE: that ignores case in SQLite."""
    path = documents.c.path
    return sa.or_(*(sa.func.substr(path, 1, len(folder)) == folder for folder in folders))

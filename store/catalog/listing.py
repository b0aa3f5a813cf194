"""Listings of documents. Readers are decided by the few labels that there are, never by going through all documents."""

import json
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from core import ids
from core.access import AccessLabel, Principal, Tier
from core.documents import DocumentRecord, DocumentState
from core.listing import DocumentOrder, DocumentQuery, ListingPlace, SourceCount
from store.catalog.documents import from_row
from store.catalog.engine import Database
from store.catalog.label_tables import access_labels
from store.catalog.tables import UtcDateTime, documents

# SQLite joins 500 selects at most. One for each label reads no more rows than a page has.
_JOINED_COUNT = 100
_KEY_DIGITS = 32
_COLUMNS = {
    DocumentOrder.ID: documents.c.doc_id,
    DocumentOrder.UPDATED_AT: documents.c.updated_at,
    DocumentOrder.PATH: documents.c.path,
    DocumentOrder.TITLE: documents.c.title,
    DocumentOrder.SIZE: documents.c.size_bytes,
}


class SqlDocumentListing:
    """Implements DocumentListing over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def listed(self, principal: Principal, query: DocumentQuery) -> list[DocumentRecord]:
        """The readable documents that meet the query, in its order."""
        async with self._database.reading() as connection:
            found = await connection.execute(_labels_of(principal.tenant))
            keys = readable_keys(found.mappings().all(), principal)
            if not keys:
                return []
            statement = _page(keys, query, dialect=connection.dialect.name)
            rows = (await connection.execute(statement)).mappings().all()
        return [from_row(row) for row in rows]

    async def tenants(self) -> set[str]:
        """Whose documents there are, or were."""
        async with self._database.reading() as connection:
            return set((await connection.execute(sa.select(access_labels.c.tenant).distinct())).scalars())

    async def counts(self, principal: Principal) -> dict[str, SourceCount]:
        """By source id; sources without a readable indexed document are absent."""
        async with self._database.reading() as connection:
            found = await connection.execute(_labels_of(principal.tenant))
            keys = readable_keys(found.mappings().all(), principal)
            rows = (await connection.execute(_counts(keys))).all() if keys else []
        return {row[0]: SourceCount(int(row[1]), int(row[2]), row[3]) for row in rows}


def label_key(label: AccessLabel) -> str:
    """The id of a label: equal ones have the same on every machine."""
    said = {"groups": sorted(label.groups), "tenant": label.tenant, "tier": int(label.tier)}
    return ids.text_key(json.dumps(said, sort_keys=True, separators=(",", ":")))[:_KEY_DIGITS]


def label_rows(records: Collection[DocumentRecord]) -> list[dict[str, Any]]:
    """The labels of these documents as column values, by id: writers that take them in one order do not block each other."""
    labels = {label_key(record.access): record.access for record in records}
    return [
        {
            "label_key": key,
            "tenant": label.tenant,
            "tier": int(label.tier),
            "groups": sorted(label.groups),
        }
        for key, label in sorted(labels.items())
    ]


def readable_keys(rows: Sequence[sa.RowMapping], principal: Principal) -> list[str]:
    """The ids of the labels that the principal may read."""
    return [row["label_key"] for row in rows if _label(row).readable_by(principal)]


def _label(row: sa.RowMapping) -> AccessLabel:
    return AccessLabel(row["tenant"], Tier(row["tier"]), frozenset(row["groups"]))


def _labels_of(tenant: str) -> sa.Select[Any]:
    return sa.select(access_labels).where(access_labels.c.tenant == tenant)


def _page(keys: Sequence[str], query: DocumentQuery, *, dialect: str) -> sa.Select[Any]:
    """Each label has its documents in order in an index; the first of all of them are the page."""
    if len(keys) > _JOINED_COUNT:
        return _ordered(_meeting(query, dialect).where(documents.c.access_label.in_(keys)), query, dialect)
    parts = [
        _ordered(_meeting(query, dialect).where(documents.c.access_label == key), query, dialect).subquery()
        for key in keys
    ]
    joined = sa.union_all(*(sa.select(part) for part in parts)).subquery()
    value = _by_code_point(joined.c[_COLUMNS[query.order].name], query.order, dialect)
    return sa.select(joined).order_by(*_directed(query, value, joined.c.doc_id)).limit(query.limit)


def _ordered(statement: sa.Select[Any], query: DocumentQuery, dialect: str) -> sa.Select[Any]:
    value = _by_code_point(_COLUMNS[query.order], query.order, dialect)
    return statement.order_by(*_directed(query, value, documents.c.doc_id)).limit(query.limit)


def _directed(query: DocumentQuery, *columns: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
    return [column.desc() if query.descending else column.asc() for column in columns]


def _meeting(query: DocumentQuery, dialect: str) -> sa.Select[Any]:
    found = sa.select(documents)
    if query.states:
        found = found.where(documents.c.state.in_([state.value for state in query.states]))
    if query.source_ids:
        found = found.where(documents.c.source_id.in_(query.source_ids))
    if query.mime_types:
        found = found.where(documents.c.mime_type.in_(query.mime_types))
    if query.path_prefix:
        # Not LIKE: that ignores case in SQLite.
        prefix = sa.func.substr(documents.c.path, 1, len(query.path_prefix))
        found = found.where(prefix == query.path_prefix)
    if query.words:
        found = found.where(sa.or_(*(_has(column, query.words) for column in _WORDED)))
    if query.updated_after is not None:
        found = found.where(documents.c.updated_at >= query.updated_after)
    if query.updated_before is not None:
        found = found.where(documents.c.updated_at < query.updated_before)
    return found if query.after is None else found.where(_behind(query, query.after, dialect))


_WORDED = (documents.c.title, documents.c.path)


def _has(column: sa.ColumnElement[str], words: str) -> sa.ColumnElement[bool]:
    # SQLite's `lower` knows ASCII only: there other letters are to be written as they are.
    in_any_case = sa.func.lower(column).contains(words.lower(), autoescape=True)
    return sa.or_(in_any_case, column.contains(words, autoescape=True))


def _behind(query: DocumentQuery, after: ListingPlace, dialect: str) -> sa.ColumnElement[bool]:
    column = _COLUMNS[query.order]
    kind = UtcDateTime() if query.order is DocumentOrder.UPDATED_AT else column.type
    here = sa.tuple_(_by_code_point(column, query.order, dialect), documents.c.doc_id)
    there = sa.tuple_(sa.literal(after.value, kind), sa.literal(after.doc_id, documents.c.doc_id.type))
    return here < there if query.descending else here > there


def _by_code_point(
    column: sa.ColumnElement[Any], order: DocumentOrder, dialect: str
) -> sa.ColumnElement[Any]:
    """Titles and paths are ordered alike on every database, whatever its locale."""
    if dialect == "postgresql" and order in {DocumentOrder.PATH, DocumentOrder.TITLE}:
        return sa.collate(column, "C")
    return column


def _counts(keys: Sequence[str]) -> sa.Select[Any]:
    count, chunks = sa.func.count(), sa.func.coalesce(sa.func.sum(documents.c.chunk_count), 0)
    latest = sa.func.max(documents.c.updated_at, type_=UtcDateTime())
    readable = documents.c.access_label.in_(keys) & (documents.c.state == DocumentState.INDEXED.value)
    found = sa.select(documents.c.source_id, count, chunks, latest).where(readable)
    return found.group_by(documents.c.source_id)

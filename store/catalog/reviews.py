"""The review queue in the catalog's database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.documents import DocumentRecord, DocumentState
from core.ports import Clock
from core.reviews import (
    Decision,
    Place,
    ReviewItem,
    ReviewKind,
    ReviewReason,
    ReviewState,
    item_id_of,
)
from store.catalog.answer_record_tables import answer_records
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.review_tables import review_items as items
from store.catalog.upsert import insert_if_new

_OPEN = ReviewState.OPEN.value
_GONE = (DocumentState.DELETING, DocumentState.DELETED)
_UNDECIDED = {
    "state": _OPEN,
    "decided_by": "",
    "decided_at": None,
    "note": "",
    "question": "",
    "correction": "",
}


class SqlReviews:
    """Implements Reviews over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def add(self, new: Sequence[ReviewItem], *, max_open: int) -> int:
        """Put items into the queue, or add their reasons to those that are there and open them again; how many are new."""
        count = 0
        if not new:
            return count
        async with self._database.writing() as connection:
            room = {
                name: max_open - await _open_count(connection, name) for name in {one.tenant for one in new}
            }
            # In order: two that add the same items at once would wait for each other.
            for item in sorted(new, key=lambda one: one.item_id):
                there = await _row(connection, item.tenant, item.item_id)
                if there is not None:
                    await _join(connection, there, item, now=self._clock.now())
                elif room[item.tenant] > 0:
                    insert = insert_if_new(items, connection.dialect.name)
                    added = (await connection.execute(insert, _to_row(item))).rowcount
                    room[item.tenant] -= added
                    count += added
        return count

    async def get(self, tenant: str, item_id: str) -> ReviewItem | None:
        """One of a tenant, or None."""
        async with self._database.reading() as connection:
            row = await _row(connection, tenant, item_id)
        return _from_row(row) if row else None

    async def page(
        self,
        tenant: str,
        *,
        limit: int,
        after: Place | None = None,
        states: Sequence[ReviewState] = (),
        kinds: Sequence[ReviewKind] = (),
    ) -> list[ReviewItem]:
        """Items in these states and of these kinds (none: all), the newest first, from after a place."""
        query = sa.select(items).where(items.c.tenant == tenant)
        if states:
            query = query.where(items.c.state.in_([one.value for one in states]))
        if kinds:
            query = query.where(items.c.kind.in_([one.value for one in kinds]))
        if after is not None:
            same = (items.c.created_at == after.created_at) & (items.c.item_id < after.item_id)
            query = query.where((items.c.created_at < after.created_at) | same)
        query = query.order_by(items.c.created_at.desc(), items.c.item_id.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [_from_row(row) for row in (await connection.execute(query)).mappings()]

    async def cited(self, tenant: str, answer_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The documents that answers cite, of those answers of the tenant that have a record."""
        found: dict[str, frozenset[str]] = {}
        row = answer_records.c
        async with self._database.reading() as connection:
            for batch in batches(answer_ids):
                query = sa.select(row.answer_id, row.citations)
                rows = await connection.execute(query.where(row.tenant == tenant, row.answer_id.in_(batch)))
                found |= {one.answer_id: frozenset(doc_id for _, doc_id, _ in one.citations) for one in rows}
        return found

    async def claim(self, tenant: str, item_id: str, *, subject: str) -> bool:
        """Say who looks at an open item; False if somebody else does, or it is not open. An empty subject gives it back."""
        free = items.c.assignee.in_(["", subject]) if subject else sa.true()
        change = sa.update(items).where(items.c.tenant == tenant, items.c.item_id == item_id)
        change = change.where(items.c.state == _OPEN, free)
        async with self._database.writing() as connection:
            values = {"assignee": subject, "updated_at": self._clock.now()}
            return (await connection.execute(change.values(values))).rowcount == 1

    async def decide(self, tenant: str, item_id: str, decision: Decision) -> bool:
        """Decide an item, in place of an earlier decision; False if there is none."""
        now = self._clock.now()
        values = {
            "state": decision.state.value,
            "decided_by": decision.subject,
            "decided_at": now,
            "updated_at": now,
            "note": decision.note,
            "question": decision.question,
            "correction": decision.correction,
        }
        change = sa.update(items).where(items.c.tenant == tenant, items.c.item_id == item_id)
        async with self._database.writing() as connection:
            return (await connection.execute(change.values(values))).rowcount == 1


async def note_quarantined(
    connection: AsyncConnection, records: Sequence[DocumentRecord], *, now: datetime
) -> None:
    """Put documents in quarantine into the queue, and take those out of it that are not there any more.

    Part of the transaction that saves the records. A decision holds until the document's bytes change.
    """
    settled = [row.doc_id for row in records if row.state is DocumentState.INDEXED]
    gone = [row.doc_id for row in records if row.state in _GONE]
    for doc_ids, undecided in ((settled, True), (gone, False)):
        for batch in batches(item_id_of(ReviewKind.DOCUMENT, one) for one in doc_ids):
            over = sa.delete(items).where(items.c.item_id.in_(batch))
            await connection.execute(over.where(items.c.state == _OPEN) if undecided else over)
    for record in sorted(records, key=lambda one: one.doc_id):
        if record.state is DocumentState.QUARANTINED:
            await _note(connection, record, now=now)


async def _note(connection: AsyncConnection, record: DocumentRecord, *, now: datetime) -> None:
    kind, content_hash = ReviewKind.DOCUMENT, record.content_hash or ""
    item = ReviewItem(
        item_id_of(kind, record.doc_id),
        record.tenant,
        kind,
        record.doc_id,
        (ReviewReason.QUARANTINED,),
        now,
        now,
        content_hash=content_hash,
    )
    insert = insert_if_new(items, connection.dialect.name)
    if not (await connection.execute(insert, _to_row(item))).rowcount:
        other = (items.c.item_id == item.item_id, items.c.content_hash != content_hash)
        values = _UNDECIDED | {"content_hash": content_hash, "assignee": "", "updated_at": now}
        await connection.execute(sa.update(items).where(*other).values(values))


async def _join(connection: AsyncConnection, row: sa.RowMapping, item: ReviewItem, *, now: datetime) -> None:
    """Add the reasons of an item to those that are there. One that says nothing new changes nothing."""
    reasons = [*row["reasons"], *(one.value for one in item.reasons if one.value not in row["reasons"])]
    if reasons != row["reasons"]:
        same = items.c.item_id == row["item_id"]
        values = _UNDECIDED | {"reasons": reasons, "updated_at": now}
        await connection.execute(sa.update(items).where(same).values(values))


async def _row(connection: AsyncConnection, tenant: str, item_id: str) -> sa.RowMapping | None:
    query = sa.select(items).where(items.c.tenant == tenant, items.c.item_id == item_id)
    return (await connection.execute(query)).mappings().first()


async def _open_count(connection: AsyncConnection, tenant: str) -> int:
    query = sa.select(sa.func.count()).select_from(items)
    counted = query.where(items.c.tenant == tenant, items.c.state == _OPEN)
    return int((await connection.execute(counted)).scalar_one())


def _to_row(item: ReviewItem) -> dict[str, Any]:
    return asdict(item) | {
        "kind": item.kind.value,
        "state": item.state.value,
        "reasons": [one.value for one in item.reasons],
    }


def _from_row(row: sa.RowMapping) -> ReviewItem:
    return ReviewItem(
        **{
            **row,
            "kind": ReviewKind(row["kind"]),
            "state": ReviewState(row["state"]),
            "reasons": tuple(ReviewReason(one) for one in row["reasons"]),
        }
    )

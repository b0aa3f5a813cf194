"""Orders of batches: written down before they are placed, and collected once, whoever collects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.batches import BatchOrder, CollectedAnswer, OrderedPassage, OrderStatus
from core.errors import InvalidInputError
from core.language_models import CallRecord
from core.ports import Clock
from store.catalog.batch_order_tables import batch_items as items
from store.catalog.batch_order_tables import batch_orders as orders
from store.catalog.batches import batches
from store.catalog.calls import write_calls
from store.catalog.engine import Database
from store.catalog.graph_guard import is_deleted
from store.catalog.graph_readings import add_answer
from store.catalog.graph_tables import graph_documents
from store.catalog.upsert import insert_unless_taken

_GOING_ON = (OrderStatus.SUBMITTING.value, OrderStatus.OPEN.value)


class SqlBatchOrders:
    """Keeps orders and what their prompts are about, over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def begin(self, order: BatchOrder, passages: Sequence[OrderedPassage]) -> set[str]:
        """Write down that this is about to be ordered; the keys of the passages that are in it.

        Left out is what is on order already, and what belongs to a document that has gone or is in another version by now.
        Where nothing is left there is no order.
        """
        async with self._database.writing() as connection:
            versions = await _versions(connection, {passage.doc_id for passage in passages})
            current = [row for row in passages if versions.get(row.doc_id) == row.version]
            # In one order, whoever writes: two writers cannot wait for each other.
            rows = [
                {"key": row.key, "order_id": order.order_id, "doc_id": row.doc_id, "reading": row.reading}
                for row in sorted(current, key=lambda row: (row.doc_id, row.reading))
            ]
            if not rows:
                return set()
            await connection.execute(insert_unless_taken(items, connection.dialect.name), rows)
            written = sa.select(items.c.key).where(items.c.order_id == order.order_id)
            keys = set((await connection.execute(written)).scalars())
            if keys:
                await connection.execute(sa.insert(orders), _to_row(order) | {"item_count": len(keys)})
        return keys

    async def placed(self, order_id: str, *, provider_id: str) -> None:
        """The provider has it, by this id.

        Raises:
            InvalidInputError: Somebody has given it up meanwhile.
        """
        these = (orders.c.order_id == order_id) & (orders.c.status == OrderStatus.SUBMITTING.value)
        values = {"status": OrderStatus.OPEN.value, "provider_id": provider_id}
        async with self._database.writing() as connection:
            written = await connection.execute(sa.update(orders).where(these).values(**values))
        if written.rowcount != 1:
            raise InvalidInputError(f"order {order_id} was given up while it was placed: cancel it there")

    async def withdraw(self, order_id: str) -> None:
        """Forget an order that was certainly not placed."""
        these = (orders.c.order_id == order_id) & (orders.c.status == OrderStatus.SUBMITTING.value)
        async with self._database.writing() as connection:
            if (await connection.execute(sa.delete(orders).where(these))).rowcount:
                await connection.execute(sa.delete(items).where(items.c.order_id == order_id))

    async def orders(self, tenant: str) -> list[BatchOrder]:
        """The orders of a tenant, oldest first."""
        left = sa.select(sa.func.count()).where(items.c.order_id == orders.c.order_id).scalar_subquery()
        wanted = sa.select(orders, left.label("left_count")).where(orders.c.tenant == tenant)
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(orders.c.submitted_at, orders.c.order_id))
            return [_from_row(row) for row in rows.mappings()]

    async def documents(self, tenant: str) -> set[str]:
        """Documents of which passages are on order."""
        wanted = sa.select(items.c.doc_id).distinct().join(orders, orders.c.order_id == items.c.order_id)
        these = (orders.c.tenant == tenant) & (items.c.doc_id != "")
        async with self._database.reading() as connection:
            return set((await connection.execute(wanted.where(these))).scalars())

    async def collect(
        self, order: BatchOrder, answers: Sequence[CollectedAnswer], *, calls: Mapping[str, CallRecord]
    ) -> dict[str, str]:
        """Take results in: each once, with its call, in one transaction. The documents of the items that were taken, by key.

        An answer is kept beside those that are known, unless the document does not have its passage any more: its id is empty
        then. What another collector has taken is not among them.
        """
        given, now = {answer.key: answer for answer in answers}, self._clock.now()
        taken: dict[str, str] = {}
        async with self._database.writing() as connection:
            for batch in batches(sorted(given)):
                for row in await _locked(
                    connection, items.c.key.in_(batch) & (items.c.order_id == order.order_id)
                ):
                    answer, doc_id = given[row["key"]].answer, row["doc_id"]
                    taken[row["key"]] = doc_id
                    if answer is not None and doc_id and not await is_deleted(connection, doc_id):
                        place = {"doc_id": doc_id, "key": row["reading"], "tenant": order.tenant}
                        await add_answer(connection, place, answer=answer, now=now)
            await _remove(connection, taken)
            await write_calls(connection, [calls[key] for key in sorted(taken) if key in calls], now=now)
        return taken

    async def close(self, order_id: str, status: OrderStatus) -> set[str]:
        """The order is at its end; the documents of what has no result, which may be ordered again."""
        these = (orders.c.order_id == order_id) & orders.c.status.in_(_GOING_ON)
        async with self._database.writing() as connection:
            closed = await connection.execute(sa.update(orders).where(these).values(status=status.value))
            if not closed.rowcount:
                return set()
            left = await _locked(connection, items.c.order_id == order_id)
            await _remove(connection, [row["key"] for row in left])
        return {row["doc_id"] for row in left} - {""}

    async def forgotten(self, order_id: str) -> None:
        """The provider has nothing of it any more."""
        async with self._database.writing() as connection:
            these = sa.update(orders).where(orders.c.order_id == order_id)
            await connection.execute(these.values(is_forgotten=True))


async def _versions(connection: AsyncConnection, doc_ids: Iterable[str]) -> dict[str, int]:
    """The versions that evidence is of; who replaces it waits for this transaction, and finds what it writes."""
    found: dict[str, int] = {}
    for batch in batches(sorted(doc_ids)):
        wanted = sa.select(graph_documents.c.doc_id, graph_documents.c.version)
        these = wanted.where(graph_documents.c.doc_id.in_(batch)).order_by(graph_documents.c.doc_id)
        rows = await connection.execute(these.with_for_update(read=True))
        found |= {row.doc_id: row.version for row in rows}
    return found


async def _locked(connection: AsyncConnection, these: sa.ColumnElement[bool]) -> Sequence[sa.RowMapping]:
    """Items, in one order whoever asks, and nobody else's until the end of this transaction."""
    wanted = sa.select(items).where(these).order_by(items.c.key).with_for_update()
    return (await connection.execute(wanted)).mappings().all()


async def _remove(connection: AsyncConnection, keys: Iterable[str]) -> None:
    for batch in batches(sorted(keys)):
        await connection.execute(sa.delete(items).where(items.c.key.in_(batch)))


def _to_row(order: BatchOrder) -> dict[str, Any]:
    row = {name: value for name, value in asdict(order).items() if name != "left_count"}
    return row | {"status": order.status.value}


def _from_row(row: Mapping[Any, Any]) -> BatchOrder:
    return BatchOrder(**{**row, "status": OrderStatus(row["status"])})

"""What humans have said of merges, and what the batch has found, in the catalog's database."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.graph import Merge, MergeState
from core.ports import Clock
from core.pseudonyms import TOKEN
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.graph_tables import graph_evidence, graph_merges, graph_positions
from store.catalog.upsert import advanced, insert_if_new, insert_or_replace


class SqlMergeDecisions:
    """Implements MergeDecisions and FoundMerges over SQLite or Postgres. Places (`spots`) are not kept."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def decisions(self, tenant: str) -> list[Merge]:
        """All that is kept of a tenant, by keys: decisions of humans, and automatic merges of the batch."""
        query = sa.select(graph_merges).where(graph_merges.c.tenant == tenant)
        query = query.order_by(graph_merges.c.left_key, graph_merges.c.right_key)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_from_row(row) for row in rows]

    async def decide(self, tenant: str, merge: Merge, *, subject: str) -> None:
        """Keep a decision in place of an earlier one on the same pair. `subject` says who decided.

        Of a pseudonym that no document has any more, nothing is kept.
        """
        async with self._database.writing() as connection:
            await _count_up(connection, tenant)
            write = insert_or_replace(graph_merges, connection.dialect.name)
            await connection.execute(write, self._row(tenant, merge, subject=subject))
            await drop_unnamed(connection, tenant, [merge.left, merge.right])

    async def undo(self, tenant: str, left: str, right: str) -> bool:
        """Forget what a human decided of a pair; whether there was something."""
        one = _pair(tenant, left, right) & (graph_merges.c.state != MergeState.AUTOMATIC.value)
        async with self._database.writing() as connection:
            undone = (await connection.execute(sa.delete(graph_merges).where(one))).rowcount
            if undone:
                await _count_up(connection, tenant)
        return bool(undone)

    async def decided_position(self, tenant: str) -> int:
        """Counts up with every decision, undoing, and batch that changed something."""
        query = sa.select(graph_positions.c.merges).where(graph_positions.c.tenant == tenant)
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def replace_found(
        self, tenant: str, *, removed: Collection[Merge], found: Collection[Merge], subject: str
    ) -> None:
        """Keep the automatic merges of a batch, and forget others. A pair that a human has decided stays as decided.

        What was removed from the evidence since the batch read it is not kept. Who removes evidence waits for this transaction,
        or this one for him: both take the tenant's row first.
        """
        if not removed and not found:
            return
        rows = [self._row(tenant, merge, subject=subject) for merge in found]
        async with self._database.writing() as connection:
            await _count_up(connection, tenant)
            for merge in removed:
                one = _pair(tenant, merge.left, merge.right)
                await connection.execute(sa.delete(graph_merges).where(one, _IS_AUTOMATIC))
            if rows:
                await connection.execute(insert_if_new(graph_merges, connection.dialect.name), rows)
            for batch in batches(sorted({key for merge in found for key in (merge.left, merge.right)})):
                await drop_unnamed(connection, tenant, batch)

    def _row(self, tenant: str, merge: Merge, *, subject: str) -> dict[str, Any]:
        left, right = sorted((merge.left, merge.right))
        return {
            "tenant": tenant,
            "left_key": left,
            "right_key": right,
            "state": merge.state.value,
            "reason": merge.reason,
            "score": merge.score,
            "subject": subject,
            "decided_at": self._clock.now(),
        }


_IS_AUTOMATIC = graph_merges.c.state == MergeState.AUTOMATIC.value


def _pair(tenant: str, left: str, right: str) -> sa.ColumnElement[bool]:
    first, second = sorted((left, right))
    return sa.and_(
        graph_merges.c.tenant == tenant, graph_merges.c.left_key == first, graph_merges.c.right_key == second
    )


async def drop_unnamed(connection: AsyncConnection, tenant: str, keys: Sequence[str]) -> None:
    """Forget merges of those among these keys that nothing names any more: found ones, and decisions on pseudonyms.

    Part of the transaction that takes the last evidence away. Other decisions of humans outlast the documents.
    """
    personal = [key for key in keys if TOKEN.search(key)]
    dropped_count = 0
    for end in (graph_merges.c.left_key, graph_merges.c.right_key):
        named = sa.exists().where(graph_evidence.c.tenant == tenant, graph_evidence.c.subject == end)
        these = (end.in_(keys) & _IS_AUTOMATIC) | end.in_(personal)
        unnamed = sa.delete(graph_merges).where(graph_merges.c.tenant == tenant, these, ~named)
        dropped_count += (await connection.execute(unnamed)).rowcount
    if dropped_count:
        # Who has read them before reads them anew, and forgets them.
        await _count_up(connection, tenant)


async def _count_up(connection: AsyncConnection, tenant: str) -> None:
    """The tenant's row is this transaction's until it ends: positions are given in order of commits."""
    step = advanced(graph_positions, connection.dialect.name, key="tenant", counter="merges")
    await connection.execute(step, {"tenant": tenant})


def _from_row(row: sa.RowMapping) -> Merge:
    return Merge(
        row["left_key"], row["right_key"], MergeState(row["state"]), reason=row["reason"], score=row["score"]
    )

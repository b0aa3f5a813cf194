"""What guardrails have blocked, and what became of appeals, in the catalog's database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from core.guardrails import Appeal, AppealState, Block, Family, Point
from core.ports import Clock
from store.catalog.appeal_tables import appeals
from store.catalog.engine import Database


class SqlAppeals:
    """Implements Appeals over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def record(self, block: Block) -> None:
        """Keep a block."""
        row = {
            **asdict(block),
            "point": block.point.value,
            "family": block.family.value,
            "at": self._clock.now(),
            "state": AppealState.UNFILED.value,
            "decided_by": "",
            "note": "",
        }
        async with self._database.writing() as connection:
            await connection.execute(sa.insert(appeals), [row])

    async def get(self, tenant: str, appeal_id: str) -> Appeal | None:
        """One of a tenant, or None."""
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(appeals).where(_one(tenant, appeal_id)))
            row = found.mappings().first()
        return _from_row(row) if row else None

    async def file(self, tenant: str, appeal_id: str) -> bool:
        """Object to a block that nobody has objected to; whether it was one."""
        unfiled = appeals.c.state == AppealState.UNFILED.value
        change = sa.update(appeals).where(_one(tenant, appeal_id), unfiled)
        values = {"state": AppealState.OPEN.value, "filed_at": self._clock.now()}
        async with self._database.writing() as connection:
            return bool((await connection.execute(change.values(values))).rowcount)

    async def decide(
        self, tenant: str, appeal_id: str, *, state: AppealState, subject: str, note: str
    ) -> bool:
        """Decide an appeal, in place of an earlier decision; whether there is one that was filed."""
        filed = appeals.c.state != AppealState.UNFILED.value
        change = sa.update(appeals).where(_one(tenant, appeal_id), filed)
        decision = {
            "state": state.value,
            "decided_at": self._clock.now(),
            "decided_by": subject,
            "note": note,
        }
        async with self._database.writing() as connection:
            return bool((await connection.execute(change.values(decision))).rowcount)

    async def of_tenant(
        self, tenant: str, *, states: Sequence[AppealState] = (), limit: int = 100
    ) -> list[Appeal]:
        """Those of a tenant in these states (none: in all), newest first."""
        query = sa.select(appeals).where(appeals.c.tenant == tenant)
        if states:
            query = query.where(appeals.c.state.in_([state.value for state in states]))
        query = query.order_by(appeals.c.at.desc(), appeals.c.appeal_id).limit(limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [_from_row(row) for row in rows]

    async def purge(self, before: datetime) -> int:
        """Forget blocks from before an instant, decided or not; how many."""
        async with self._database.writing() as connection:
            return int((await connection.execute(sa.delete(appeals).where(appeals.c.at < before))).rowcount)


def _one(tenant: str, appeal_id: str) -> sa.ColumnElement[bool]:
    return (appeals.c.tenant == tenant) & (appeals.c.appeal_id == appeal_id)


def _from_row(row: sa.RowMapping) -> Appeal:
    block = Block(
        row["appeal_id"],
        row["tenant"],
        row["subject"],
        Point(row["point"]),
        row["rule"],
        Family(row["family"]),
        row["score"],
        row["policy_hash"],
        row["fingerprint"],
    )
    return Appeal(
        block,
        row["at"],
        AppealState(row["state"]),
        filed_at=row["filed_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        note=row["note"],
    )

"""The audit log in the catalog's database. Entries are appended one after the other, whoever writes; none is ever changed."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.access import Principal
from core.audit import (
    EVERYTHING,
    START,
    AuditEntry,
    AuditEvent,
    AuditFilter,
    AuditHead,
    AuditVerdict,
    ChainCheck,
    linked,
)
from core.ports import Clock
from store.catalog.audit_tables import audit_checkpoints, audit_head, audit_log
from store.catalog.engine import Database
from store.catalog.sealed_records import SealCheck
from store.catalog.upsert import insert_or_replace

RESTORED = "pii.restored"
LOCK_ID = 4_702_111_234_474_983_748  # any constant; it names this lock among the server's advisory locks
_PAGE_COUNT = 1000
_ONLY = 1


class SqlAudit:
    """Implements AccessAudit and AuditLog over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def restored(self, principal: Principal, tokens: Collection[str], *, purpose: str) -> None:
        """Record, before the values are shown, that a principal is given them: one entry a token."""
        tenant, subject = principal.tenant, principal.subject
        await self.append(
            [AuditEvent(tenant, subject, RESTORED, token, purpose) for token in sorted(set(tokens))]
        )

    async def append(self, events: Sequence[AuditEvent]) -> None:
        """Add entries to the end of the chain, all or none."""
        if not events:
            return
        async with self._database.writing() as connection:
            await appended(connection, events, clock=self._clock)

    async def entries(
        self, tenant: str, *, limit: int, before: int | None = None, wanted: AuditFilter = EVERYTHING
    ) -> list[AuditEntry]:
        """Entries of a tenant, newest first, from before the number `before`."""
        query = sa.select(audit_log).where(audit_log.c.tenant == tenant, *_conditions(wanted))
        if before is not None:
            query = query.where(audit_log.c.sequence < before)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(audit_log.c.sequence.desc()).limit(limit))
            return [AuditEntry(**row) for row in rows.mappings()]

    async def following(
        self, after: int, *, up_to: int, limit: int = _PAGE_COUNT
    ) -> tuple[list[AuditEntry], AuditHead]:
        """Entries of all tenants by number, after one and up to another; and what the first entry of the log follows."""
        async with self._database.reading() as connection:
            rows = await _page(connection, after=after, up_to=up_to, limit=limit)
            return [AuditEntry(**row) for row in rows], await checkpoint(connection)

    async def head(self) -> AuditHead:
        """Where the log says it ends."""
        async with self._database.reading() as connection:
            return await head(connection)

    async def verify(self, *, noted: AuditHead | None = None) -> AuditVerdict:
        """Read the whole log, of all tenants, and the records of answers that it seals.

        `noted` is a head that was written down elsewhere.
        """
        async with self._database.reading() as connection:
            # First: what is appended while it is read does not count.
            ends = await head(connection)
            begins = await checkpoint(connection)
            check, after = ChainCheck(noted, start=begins), begins.sequence
            while rows := await _page(connection, after=after, up_to=ends.sequence):
                for row in rows:
                    check.read(AuditEntry(**row))
                after = rows[-1]["sequence"]
            last = (await connection.execute(sa.select(sa.func.max(audit_log.c.sequence)))).scalar() or 0
            # Read after the last entry: whoever appends one writes the head in the same transaction.
            end = await head(connection)
            moved = await checkpoint(connection)
        if moved != begins:
            # Entries were removed while they were read.
            return await self.verify(noted=noted)
        found = check.verdict(ends, last=last, end=end)
        if found.problem is not None:
            return found
        return await SealCheck(self._database).verdict(found)


async def appended(
    connection: AsyncConnection, events: Sequence[AuditEvent], *, clock: Clock
) -> list[AuditEntry]:
    """Add entries to the end of the chain as part of a transaction; whoever else appends waits for its end."""
    # SQLite's writers take turns anyway. Without turns two would follow the same entry.
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_ID)))
    last, at, entries = await head(connection), clock.now(), []
    for event in events:
        entries.append(linked(event, at=at, after=last))
        last = AuditHead(entries[-1].sequence, entries[-1].hash)
    await connection.execute(sa.insert(audit_log), [asdict(entry) for entry in entries])
    write = insert_or_replace(audit_head, connection.dialect.name)
    await connection.execute(write, {"only": _ONLY, **asdict(last)})
    return entries


async def head(connection: AsyncConnection) -> AuditHead:
    """Where the log says it ends."""
    row = (await connection.execute(sa.select(audit_head.c.sequence, audit_head.c.hash))).mappings().first()
    return AuditHead(**row) if row else START


async def checkpoint(connection: AsyncConnection) -> AuditHead:
    """What the first entry that is there follows."""
    query = sa.select(audit_checkpoints.c.sequence, audit_checkpoints.c.hash)
    newest = query.order_by(audit_checkpoints.c.sequence.desc()).limit(1)
    row = (await connection.execute(newest)).mappings().first()
    return AuditHead(**row) if row else START


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    row = audit_log.c
    found: list[sa.ColumnElement[bool]] = []
    if wanted.actions:
        found.append(row.action.in_(wanted.actions))
    if wanted.subject is not None:
        found.append(row.subject == wanted.subject)
    if wanted.object is not None:
        found.append(row.object == wanted.object)
    if wanted.since is not None:
        found.append(row.at >= wanted.since)
    if wanted.until is not None:
        found.append(row.at < wanted.until)
    return found


async def _page(
    connection: AsyncConnection, *, after: int, up_to: int, limit: int = _PAGE_COUNT
) -> Sequence[sa.RowMapping]:
    within = (audit_log.c.sequence > after) & (audit_log.c.sequence <= up_to)
    query = sa.select(audit_log).where(within).order_by(audit_log.c.sequence).limit(limit)
    return (await connection.execute(query)).mappings().all()

"""The audit log in the catalog's database. Entries are appended one after the other, whoever writes; none is ever changed."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.access import Principal
from core.audit import START, AuditEntry, AuditEvent, AuditHead, AuditVerdict, ChainCheck, linked
from core.ports import Clock
from store.catalog.audit_tables import audit_head, audit_log
from store.catalog.engine import Database
from store.catalog.upsert import insert_or_replace

RESTORED = "pii.restored"
_LOCK_ID = 4_702_111_234_474_983_748  # any constant; it names this lock among the server's advisory locks
_PAGE_COUNT = 1000
_ONLY = 1


class SqlAudit:
    """Implements AccessAudit over SQLite or Postgres."""

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
            # SQLite's writers take turns anyway. Without turns two would follow the same entry.
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_ID)))
            head, at, entries = await _head(connection), self._clock.now(), []
            for event in events:
                entries.append(linked(event, at=at, after=head))
                head = AuditHead(entries[-1].sequence, entries[-1].hash)
            await connection.execute(sa.insert(audit_log), [asdict(entry) for entry in entries])
            write = insert_or_replace(audit_head, connection.dialect.name)
            await connection.execute(write, {"only": _ONLY, **asdict(head)})

    async def entries(self, tenant: str, *, limit: int, before: int | None = None) -> list[AuditEntry]:
        """Entries of a tenant, newest first, from before the number `before`."""
        query = sa.select(audit_log).where(audit_log.c.tenant == tenant)
        if before is not None:
            query = query.where(audit_log.c.sequence < before)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(audit_log.c.sequence.desc()).limit(limit))
            return [AuditEntry(**row) for row in rows.mappings()]

    async def verify(self, *, noted: AuditHead | None = None) -> AuditVerdict:
        """Read the whole log, of all tenants. `noted` is a head that was written down elsewhere."""
        check, after = ChainCheck(noted), 0
        async with self._database.reading() as connection:
            # First: what is appended while it is read does not count.
            head = await _head(connection)
            while rows := await _page(connection, after=after, up_to=head.sequence):
                for row in rows:
                    check.read(AuditEntry(**row))
                after = rows[-1]["sequence"]
            last = (await connection.execute(sa.select(sa.func.max(audit_log.c.sequence)))).scalar() or 0
            # Read after the last entry: whoever appends one writes the head in the same transaction.
            end = await _head(connection)
        return check.verdict(head, last=last, end=end)


async def _head(connection: AsyncConnection) -> AuditHead:
    row = (await connection.execute(sa.select(audit_head.c.sequence, audit_head.c.hash))).mappings().first()
    return AuditHead(**row) if row else START


async def _page(connection: AsyncConnection, *, after: int, up_to: int) -> Sequence[sa.RowMapping]:
    within = (audit_log.c.sequence > after) & (audit_log.c.sequence <= up_to)
    query = sa.select(audit_log).where(within).order_by(audit_log.c.sequence).limit(_PAGE_COUNT)
    return (await connection.execute(query)).mappings().all()

"""Whether the records of answers are those that the audit log has digests of."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.answer_records import (
    PRUNED,
    RECORDED,
    AnswerRecord,
    RecordedCitation,
    RecordedDecision,
    digest,
)
from core.audit import AuditVerdict
from core.guardrails import Action, Point
from store.catalog.answer_record_tables import answer_records
from store.catalog.audit_tables import audit_log
from store.catalog.engine import Database

_BATCH_COUNT = 100
_LEFT_OUT = ("sealed_by", "position", "citations", "decisions")


class SealCheck:
    """Compares every record with the digest that seals it. The chain of the log has been read before: its entries are true."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def verdict(self, chain: AuditVerdict) -> AuditVerdict:
        """The verdict about the chain, with what is wrong with the records."""
        last, count = chain.head.sequence, 0
        async with self._database.reading() as connection:
            after = await pruned_up_to(connection)
            while seals := await _seals(connection, after=after, up_to=last):
                found = await _sealed(connection, [row["sequence"] for row in seals])
                for seal in seals:
                    own = found.get(seal["sequence"], [])
                    problem = _wrong(seal, own)
                    if problem and seal["sequence"] > await pruned_up_to(connection):
                        return replace(chain, problem=problem)
                    count += len(own)
                after = seals[-1]["sequence"]
            stray = (await connection.execute(_stray(last))).scalar()
        problem = (
            f"a record of an answer claims the seal of entry {stray}, which seals none" if stray else None
        )
        return replace(chain, problem=problem, record_count=count)


async def pruned_up_to(connection: AsyncConnection) -> int:
    """The number of the last entry whose records were removed because their time was over; 0 if none were."""
    query = sa.select(audit_log.c.object).where(audit_log.c.action == PRUNED)
    newest = query.order_by(audit_log.c.sequence.desc()).limit(1)
    found = (await connection.execute(newest)).scalar()
    return int(found) if found and found.isdecimal() else 0


def record_of(row: sa.RowMapping) -> AnswerRecord:
    """A record as it was written."""
    fields = {name: value for name, value in row.items() if name not in _LEFT_OUT}
    return AnswerRecord(
        **fields,
        citations=tuple(RecordedCitation(*one) for one in row["citations"]),
        decisions=tuple(
            RecordedDecision(Point(point), rule, Action(action)) for point, rule, action in row["decisions"]
        ),
    )


async def _seals(connection: AsyncConnection, *, after: int, up_to: int) -> Sequence[sa.RowMapping]:
    row = audit_log.c
    query = sa.select(row.sequence, row.object, row.detail, row.tenant)
    query = query.where(row.action == RECORDED, row.sequence > after, row.sequence <= up_to)
    return (await connection.execute(query.order_by(row.sequence).limit(_BATCH_COUNT))).mappings().all()


async def _sealed(connection: AsyncConnection, sequences: Sequence[int]) -> dict[int, list[AnswerRecord]]:
    row = answer_records.c
    query = sa.select(answer_records).where(row.sealed_by.in_(sequences))
    found: dict[int, list[AnswerRecord]] = {}
    for one in (await connection.execute(query.order_by(row.sealed_by, row.position))).mappings():
        found.setdefault(one["sealed_by"], []).append(record_of(one))
    return found


def _wrong(seal: sa.RowMapping, records: Sequence[AnswerRecord]) -> str | None:
    if str(len(records)) != seal["object"]:
        return f"entry {seal['sequence']} seals {seal['object']} records of answers, and {len(records)} are there"
    if digest(records) != seal["detail"] or any(one.tenant != seal["tenant"] for one in records):
        return f"a record of an answer that entry {seal['sequence']} seals was changed"
    return None


def _stray(up_to: int) -> sa.Select[tuple[int]]:
    sealing = sa.exists().where(
        audit_log.c.sequence == answer_records.c.sealed_by, audit_log.c.action == RECORDED
    )
    query = sa.select(answer_records.c.sealed_by).where(answer_records.c.sealed_by <= up_to, ~sealing)
    return query.limit(1)

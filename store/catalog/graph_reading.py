"""Reads evidence: by document, a tenant's whole, and what has changed. A document is never seen half replaced."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import accumulate
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.graph import DocumentEvidence, GraphChange
from core.graph_ports import ExtractorTotals
from store.catalog.batch_order_tables import batch_items
from store.catalog.batches import BATCH_COUNT, batches
from store.catalog.engine import Database
from store.catalog.graph_rows import ENTRIES, ROWS, Assembler
from store.catalog.graph_tables import (
    graph_changes,
    graph_communities,
    graph_documents,
    graph_evidence,
    graph_members,
    graph_merges,
    graph_positions,
    graph_sentences,
)
from store.catalog.reading_tables import graph_readings

_PAGE_ROWS = 20_000
_LIKE_COUNT = 100  # SQLite nests at most 1000 conditions
# Whatever may hold words of a document.
_TEXTS: tuple[tuple[sa.Table, tuple[sa.Column[Any], ...]], ...] = (
    (graph_evidence, (graph_evidence.c.subject, graph_evidence.c.object, graph_evidence.c.name)),
    (graph_sentences, (graph_sentences.c.text,)),
    (graph_communities, (graph_communities.c.title,)),
    (graph_members, (graph_members.c.key,)),
    (graph_merges, (graph_merges.c.left_key, graph_merges.c.right_key)),
    (graph_readings, (graph_readings.c.answer,)),
)


class SqlEvidenceReader:
    """Implements EvidenceReader and the reading half of EvidenceKeeper over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def of_documents(self, doc_ids: Collection[str]) -> list[DocumentEvidence]:
        """What these documents say, by id; those without evidence are left out."""
        found: list[DocumentEvidence] = []
        assembler = Assembler()
        async with self._snapshot() as connection:
            for batch in batches(sorted(set(doc_ids))):
                wanted = ENTRIES.where(graph_documents.c.doc_id.in_(batch))
                entries = (await connection.execute(wanted)).all()
                found += assembler.documents(entries, await _rows(connection, entries))
        return found

    async def count(self, doc_id: str) -> int:
        """How much is kept of a document: rows, sentences of summaries, answers about chunks, prompts on order. An entry without rows counts as one."""
        rows, entries, *beside = await self._counts(doc_id)
        return max(rows, entries) + sum(beside)

    async def extractors(self, doc_ids: Collection[str]) -> dict[str, tuple[int, str]]:
        """Version and extractor that each document was read in and by; those without evidence are left out."""
        columns = (graph_documents.c.doc_id, graph_documents.c.version, graph_documents.c.extractor)
        found: dict[str, tuple[int, str]] = {}
        async with self._database.reading() as connection:
            for batch in batches(sorted(set(doc_ids))):
                wanted = sa.select(*columns).where(graph_documents.c.doc_id.in_(batch))
                found |= {row[0]: (row[1], row[2]) for row in await connection.execute(wanted)}
        return found

    async def kept(self, tenant: str) -> dict[str, int]:
        """The version of every document of a tenant that has evidence, by id."""
        wanted = sa.select(graph_documents.c.doc_id, graph_documents.c.version)
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.where(graph_documents.c.tenant == tenant))
            return {row[0]: row[1] for row in rows}

    async def totals(self, tenant: str) -> list[ExtractorTotals]:
        """How much each extractor has read, by its fingerprint."""
        by = graph_documents.c.extractor
        total = sa.func.sum
        wanted = sa.select(
            by, sa.func.count(), total(graph_documents.c.row_count), total(graph_documents.c.left_out_count)
        ).where(graph_documents.c.tenant == tenant)
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.group_by(by).order_by(by))
            return [ExtractorTotals(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]

    async def position(self, tenant: str) -> int:
        """The end of the change log; 0 before the first change."""
        async with self._database.reading() as connection:
            return await _position(connection, tenant)

    async def changes(self, tenant: str, *, after: int) -> list[GraphChange] | None:
        """What has changed since a position, oldest first; None if the log does not reach back so far: load anew."""
        log = sa.select(graph_changes.c.position, graph_changes.c.doc_id).where(
            graph_changes.c.tenant == tenant, graph_changes.c.position > after
        )
        async with self._database.reading() as connection:
            # The end first: what comes in between is in the log then, and not missed.
            end = await _position(connection, tenant)
            rows = (await connection.execute(log.order_by(graph_changes.c.position))).all()
        if end < after:
            # A log that is shorter than it was: the catalog is one from before.
            return None
        # Positions have no gaps: without the next one, the log was cut here.
        if end > after and (not rows or rows[0][0] != after + 1):
            return None
        return [GraphChange(row[0], row[1]) for row in rows]

    async def load(self, tenant: str) -> AsyncIterator[DocumentEvidence]:
        """Everything, document by document, in order of their ids; a page of some 20,000 rows in memory at a time."""
        assembler, after = Assembler(), ""
        while True:
            async with self._snapshot() as connection:
                entries = await _page(connection, tenant, after=after)
                page = assembler.documents(entries, await _rows(connection, entries))
            for evidence in page:
                yield evidence
            if not entries:
                return
            after = entries[-1][0]

    async def purge_changes(self, *, before: datetime) -> int:
        """Forget changes from before an instant; how many there were. A reader who is further behind loads anew."""
        # By position: the log must have no holes, and clocks of several machines may disagree.
        last = sa.func.max(graph_changes.c.position)
        old = sa.select(graph_changes.c.tenant, last).where(graph_changes.c.changed_at < before)
        count = 0
        async with self._database.writing() as connection:
            for tenant, position in (await connection.execute(old.group_by(graph_changes.c.tenant))).all():
                these = (graph_changes.c.tenant == tenant) & (graph_changes.c.position <= position)
                count += (await connection.execute(sa.delete(graph_changes).where(these))).rowcount
        return count

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many rows, summaries, merges and answers of a tenant have one of these pseudonyms in them. Reads everything."""
        count = 0
        async with self._database.reading() as connection:
            for table, columns in _TEXTS:
                for batch in batches(sorted({token.lower() for token in tokens}), _LIKE_COUNT):
                    wanted = sa.or_(*(_contains(column, token) for token in batch for column in columns))
                    counted = sa.select(sa.func.count()).select_from(table)
                    these = counted.where(table.c.tenant == tenant, wanted)
                    count += int((await connection.execute(these)).scalar_one())
        return count

    async def _counts(self, doc_id: str) -> tuple[int, ...]:
        """Rows, entries, sentences and answers of a document, and prompts about it that are on order."""
        tables = (graph_evidence, graph_documents, graph_sentences, graph_readings, batch_items)
        async with self._database.reading() as connection:
            counted = sa.select(*(_count_of(table, doc_id) for table in tables))
            return tuple(map(int, (await connection.execute(counted)).one()))

    @asynccontextmanager
    async def _snapshot(self) -> AsyncIterator[AsyncConnection]:
        """Several reads of one state. SQLite's transactions are that anyway."""
        async with self._database.reading() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection


def _count_of(table: sa.Table, doc_id: str) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.count()).where(table.c.doc_id == doc_id).scalar_subquery()


def _contains(column: sa.Column[Any], token: str) -> sa.ColumnElement[bool]:
    # Keys are written in small letters where a pseudonym is a part of them.
    return sa.func.lower(column).contains(token, autoescape=True)


async def _position(connection: AsyncConnection, tenant: str) -> int:
    wanted = sa.select(graph_positions.c.evidence).where(graph_positions.c.tenant == tenant)
    return int((await connection.execute(wanted)).scalar_one_or_none() or 0)


async def _page(connection: AsyncConnection, tenant: str, *, after: str) -> Sequence[Sequence[Any]]:
    """The next entries of a tenant: as many as have a page of rows together, one at least."""
    here = (graph_documents.c.tenant == tenant) & (graph_documents.c.doc_id > after)
    wanted = ENTRIES.where(here).limit(BATCH_COUNT)
    entries: Sequence[Sequence[Any]] = (await connection.execute(wanted)).all()
    totals = accumulate(entry[-1] for entry in entries)
    fitting = sum(total <= _PAGE_ROWS for total in totals)
    return entries[: max(fitting, 1)]


async def _rows(connection: AsyncConnection, entries: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    if not entries:
        return []
    these = graph_evidence.c.doc_id.in_([entry[0] for entry in entries])
    found: Sequence[Sequence[Any]] = (await connection.execute(ROWS.where(these))).all()
    return found

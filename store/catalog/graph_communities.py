"""Communities in the catalog's database, with their members and the sentences of their summaries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.access import AccessLabel, Tier
from core.graph import ChunkRef, CitedSentence, Community, Spot
from core.ports import Clock
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.graph_tables import (
    graph_communities,
    graph_documents,
    graph_evidence,
    graph_members,
    graph_positions,
    graph_sentences,
)
from store.catalog.upsert import insert_if_new, insert_or_replace


class SqlCommunities:
    """Implements CommunityStore over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock

    async def communities(self, tenant: str) -> list[Community]:
        """All of a tenant, by level and id."""
        async with self._database.reading() as connection:
            if connection.dialect.name == "postgresql":
                # Three reads of one state. SQLite's transactions are that anyway.
                await connection.execution_options(isolation_level="REPEATABLE READ")
            rows = await _rows(connection, graph_communities, tenant, "level", "community_id")
            members = await _rows(connection, graph_members, tenant, "community_id", "rank")
            sentences = await _rows(connection, graph_sentences, tenant, "community_id", "number")
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for row in members:
            keys[row["community_id"]].append(row["key"])
        cited: defaultdict[str, list[CitedSentence]] = defaultdict(list)
        for row in sentences:
            cited[row["community_id"]].append(_sentence(row))
        return [_community(row, keys[row["community_id"]], cited[row["community_id"]]) for row in rows]

    async def replace(
        self, tenant: str, *, removed: Collection[str], written: Sequence[Community], position: int
    ) -> None:
        """Remove some, write others as a whole, and note the position; all or nothing.

        What was removed from the evidence since it was read is not written: neither its sentences, nor entities that nothing
        names any more. Whoever removes evidence waits for this transaction, or this one for him.
        """
        gone = sorted({*removed, *(one.community_id for one in written)})
        async with self._database.writing() as connection:
            await _lock(connection, tenant)
            for batch in batches(gone):
                for table in (graph_communities, graph_members, graph_sentences):
                    these = (table.c.tenant == tenant) & table.c.community_id.in_(batch)
                    await connection.execute(sa.delete(table).where(these))
            await self._write(connection, tenant, await _supported(connection, tenant, written))
            noted = sa.update(graph_positions).where(graph_positions.c.tenant == tenant)
            await connection.execute(noted.values(communities=position))

    async def made_at(self, tenant: str) -> int:
        """The position that they were last brought up to; 0: never made."""
        query = sa.select(graph_positions.c.communities).where(graph_positions.c.tenant == tenant)
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar() or 0)

    async def _write(self, connection: AsyncConnection, tenant: str, written: Sequence[Community]) -> None:
        now = self._clock.now()
        rows = [{**_to_row(one), "tenant": tenant, "updated_at": now} for one in written]
        members = [
            {"tenant": tenant, "community_id": one.community_id, "rank": rank, "key": key}
            for one in written
            for rank, key in enumerate(one.members)
        ]
        sentences = [
            {
                "tenant": tenant,
                "community_id": one.community_id,
                "number": number,
                **_sentence_row(sentence),
            }
            for one in written
            for number, sentence in enumerate(one.sentences)
        ]
        for table, new in (
            (graph_communities, rows),
            (graph_members, members),
            (graph_sentences, sentences),
        ):
            if new:
                await connection.execute(insert_or_replace(table, connection.dialect.name), new)


async def _lock(connection: AsyncConnection, tenant: str) -> None:
    """Make others that write to this tenant's graph wait. SQLite has one writer anyway."""
    await connection.execute(
        insert_if_new(graph_positions, connection.dialect.name),
        {"tenant": tenant, "evidence": 0, "merges": 0, "communities": 0},
    )
    row = sa.select(graph_positions.c.tenant).where(graph_positions.c.tenant == tenant)
    await connection.execute(row.with_for_update())


async def _supported(
    connection: AsyncConnection, tenant: str, written: Sequence[Community]
) -> list[Community]:
    """The communities without what has no evidence any more."""
    labels = await _labels(
        connection, tenant, {row.spot.chunk.doc_id for one in written for row in one.sentences}
    )
    named = await _named(connection, tenant, {key for one in written for key in one.members})
    found = []
    for one in written:
        sentences = tuple(
            row
            for row in one.sentences
            if labels.get((row.spot.chunk.doc_id, row.spot.chunk.version)) == one.access
        )
        members = tuple(key for key in one.members if key in named)
        # A title that was written from sentences may say what they said.
        title = one.title if len(sentences) == len(one.sentences) else ""
        found.append(replace(one, sentences=sentences, members=members, title=title))
    return found


async def _labels(
    connection: AsyncConnection, tenant: str, doc_ids: Collection[str]
) -> dict[tuple[str, int], AccessLabel]:
    """The labels of the documents that have evidence, by id and version."""
    columns = (
        graph_documents.c.doc_id,
        graph_documents.c.version,
        graph_documents.c.access_tier,
        graph_documents.c.access_groups,
    )
    found: dict[tuple[str, int], AccessLabel] = {}
    for batch in batches(sorted(doc_ids)):
        these = (graph_documents.c.tenant == tenant) & graph_documents.c.doc_id.in_(batch)
        for doc_id, version, tier, groups in await connection.execute(sa.select(*columns).where(these)):
            found[doc_id, version] = AccessLabel(tenant, Tier(tier), frozenset(groups))
    return found


async def _named(connection: AsyncConnection, tenant: str, keys: Collection[str]) -> set[str]:
    """Those of the keys that some evidence has."""
    found: set[str] = set()
    for batch in batches(sorted(keys)):
        these = (graph_evidence.c.tenant == tenant) & graph_evidence.c.subject.in_(batch)
        wanted = sa.select(graph_evidence.c.subject).where(these).distinct()
        found |= set((await connection.execute(wanted)).scalars())
    return found


async def _rows(
    connection: AsyncConnection, table: sa.Table, tenant: str, *order: str
) -> Sequence[sa.RowMapping]:
    query = sa.select(table).where(table.c.tenant == tenant).order_by(*(table.c[name] for name in order))
    return (await connection.execute(query)).mappings().all()


def _to_row(one: Community) -> dict[str, Any]:
    return {
        "community_id": one.community_id,
        "access_tier": int(one.access.tier),
        "access_groups": sorted(one.access.groups),
        "level": one.level,
        "parent_id": one.parent_id,
        "title": one.title,
        "evidence_hash": one.evidence_hash,
        "made_by": one.made_by,
        "weight": one.weight,
    }


def _sentence_row(sentence: CitedSentence) -> dict[str, Any]:
    spot = sentence.spot
    return {
        "doc_id": spot.chunk.doc_id,
        "version": spot.chunk.version,
        "ordinal": spot.chunk.ordinal,
        "span_start": spot.start,
        "span_end": spot.end,
        "text": sentence.text,
    }


def _sentence(row: sa.RowMapping) -> CitedSentence:
    chunk = ChunkRef(row["doc_id"], row["version"], row["ordinal"])
    return CitedSentence(row["text"], Spot(chunk, row["span_start"], row["span_end"]))


def _community(row: sa.RowMapping, keys: Sequence[str], sentences: Sequence[CitedSentence]) -> Community:
    access = AccessLabel(row["tenant"], Tier(row["access_tier"]), frozenset(row["access_groups"]))
    return Community(
        community_id=row["community_id"],
        tenant=row["tenant"],
        access=access,
        level=row["level"],
        parent_id=row["parent_id"],
        title=row["title"],
        members=tuple(keys),
        sentences=tuple(sentences),
        evidence_hash=row["evidence_hash"],
        made_by=row["made_by"],
        weight=row["weight"],
    )

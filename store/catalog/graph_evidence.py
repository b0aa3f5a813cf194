"""Writes the evidence of documents: rows, change log and what was made from them, in one transaction a document."""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.graph import DocumentEvidence
from core.ports import Clock
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.graph_guard import is_deleted
from store.catalog.graph_merges import drop_unnamed
from store.catalog.graph_reading import SqlEvidenceReader
from store.catalog.graph_readings import forget_answers
from store.catalog.graph_rows import document_to_row, evidence_to_rows
from store.catalog.graph_tables import (
    graph_changes,
    graph_communities,
    graph_documents,
    graph_evidence,
    graph_members,
    graph_positions,
    graph_sentences,
)
from store.catalog.upsert import advanced

_EXTRACTIVE = "extractive"


class SqlGraphEvidence(SqlEvidenceReader):
    """Implements EvidenceKeeper, EvidenceReader and ChangeLog over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        super().__init__(database)
        self._clock = clock

    async def replace(self, evidence: DocumentEvidence) -> None:
        """These rows in place of all that any version of the document had; none of one that is deleted. May be repeated."""
        doc_id, tenant = evidence.doc_id, evidence.access.tenant
        rows = evidence_to_rows(evidence)
        async with self._database.writing() as connection:
            tenants = {tenant, *_tenants(await _entry(connection, doc_id))}
            await self._noted(connection, doc_id, tenants=tenants)
            if await is_deleted(connection, doc_id):
                await _forget(connection, doc_id)
                return
            # Once more, now that this writer has its turn.
            entry = await _entry(connection, doc_id)
            former = await _taken_out(connection, doc_id) if entry else set()
            await connection.execute(sa.insert(graph_documents), document_to_row(evidence, self._clock.now()))
            if rows:
                await connection.execute(sa.insert(graph_evidence), rows)
            if entry:
                same = _label(entry) == _label_of(evidence)
                await _forget_citations(connection, doc_id, but=evidence.version if same else None)
                if (entry["tenant"], entry["version"]) != (tenant, evidence.version):
                    kept = evidence.passages if entry["tenant"] == tenant else frozenset()
                    await forget_answers(connection, doc_id, but=kept)
                await _drop_members(connection, former - {(tenant, row["subject"]) for row in rows})

    async def remove(self, doc_id: str) -> int:
        """Remove all rows of a document, and all that was written from them; how many rows there were."""
        # A look first: a writer keeps SQLite's other writers waiting, and the log should name changes only.
        row_count, *beside = await self._counts(doc_id)
        if not row_count and not any(beside):
            return 0
        async with self._database.writing() as connection:
            tenants = _tenants(await _entry(connection, doc_id))
            await self._noted(connection, doc_id, tenants=tenants)
            await _forget(connection, doc_id)
        return row_count

    async def _noted(self, connection: AsyncConnection, doc_id: str, *, tenants: Collection[str]) -> None:
        """Write the change into the logs of these tenants.

        Their positions are taken first of all: whoever comes later waits for this transaction, and stands behind it in the log.
        """
        now = self._clock.now()
        for tenant in sorted(tenants):
            step = advanced(graph_positions, connection.dialect.name, key="tenant", counter="evidence")
            position = (await connection.execute(step, {"tenant": tenant})).scalar_one()
            change = {"tenant": tenant, "position": position, "doc_id": doc_id, "changed_at": now}
            await connection.execute(sa.insert(graph_changes), change)


async def _forget(connection: AsyncConnection, doc_id: str) -> None:
    """Delete a document's rows, and all that was made from them."""
    former = await _taken_out(connection, doc_id)
    await forget_answers(connection, doc_id)
    await _forget_citations(connection, doc_id, but=None)
    await _drop_members(connection, former)


async def _taken_out(connection: AsyncConnection, doc_id: str) -> set[tuple[str, str]]:
    """Delete a document's rows; the entities that they named, by tenant and key."""
    named = sa.select(graph_evidence.c.tenant, graph_evidence.c.subject).distinct()
    found = await connection.execute(named.where(graph_evidence.c.doc_id == doc_id))
    former = {(row[0], row[1]) for row in found}
    await connection.execute(sa.delete(graph_evidence).where(graph_evidence.c.doc_id == doc_id))
    await connection.execute(sa.delete(graph_documents).where(graph_documents.c.doc_id == doc_id))
    return former


async def _entry(connection: AsyncConnection, doc_id: str) -> sa.RowMapping | None:
    wanted = sa.select(graph_documents).where(graph_documents.c.doc_id == doc_id)
    return (await connection.execute(wanted)).mappings().first()


def _tenants(entry: sa.RowMapping | None) -> set[str]:
    return {entry["tenant"]} if entry else set()


def _label(entry: sa.RowMapping) -> tuple[Any, ...]:
    return entry["tenant"], entry["access_tier"], sorted(entry["access_groups"])


def _label_of(evidence: DocumentEvidence) -> tuple[Any, ...]:
    access = evidence.access
    return access.tenant, int(access.tier), sorted(access.groups)


async def _forget_citations(connection: AsyncConnection, doc_id: str, *, but: int | None) -> None:
    """Delete the sentences of summaries that are the document's, but for those of one version.

    A title that a model has written for such a community may say what the sentences said: it goes too.
    """
    cited = graph_sentences.c.doc_id == doc_id
    if but is not None:
        cited &= graph_sentences.c.version != but
    places = sa.select(graph_sentences.c.tenant, graph_sentences.c.community_id).where(cited).distinct()
    for tenant, community_id in (await connection.execute(places)).all():
        titled = sa.update(graph_communities).where(
            graph_communities.c.tenant == tenant,
            graph_communities.c.community_id == community_id,
            graph_communities.c.made_by != _EXTRACTIVE,
        )
        await connection.execute(titled.values(title=""))
    await connection.execute(sa.delete(graph_sentences).where(cited))


async def _drop_members(connection: AsyncConnection, former: Iterable[tuple[str, str]]) -> None:
    """Take entities that nothing names any more out of communities and merges."""
    named = sa.exists().where(
        graph_evidence.c.tenant == graph_members.c.tenant, graph_evidence.c.subject == graph_members.c.key
    )
    keys: dict[str, list[str]] = {}
    for tenant, key in sorted(former):
        keys.setdefault(tenant, []).append(key)
    for tenant, own in keys.items():
        for batch in batches(own):
            these = (graph_members.c.tenant == tenant) & graph_members.c.key.in_(batch)
            await connection.execute(sa.delete(graph_members).where(these, ~named))
            await drop_unnamed(connection, tenant, batch)

"""How much the graph holds, and whether its tables agree with the documents. Counts and ids only."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from core.access import AccessLabel, Tier
from core.documents import DocumentState
from core.graph import ENTITY_PREDICATES
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.graph_tables import graph_communities, graph_documents, graph_evidence, graph_sentences
from store.catalog.tables import documents

_SHOWN_COUNT = 50
_SAMPLED_DOCUMENTS = 20
_GONE = (DocumentState.DELETED, DocumentState.DELETING)


@dataclass(frozen=True, slots=True)
class GraphCensus:
    """What there is of a tenant. `by_kind` counts entities; `rows_by_predicate` rows of evidence.

    `without_evidence` are indexed documents of which nothing was read in their version, `without_document` evidence whose
    document is gone; of both some ids and how many there are. `bad_citations` are communities (id) that cite another version
    than the one that is shown, a document of another visibility class, or one that is gone.
    """

    document_count: int
    row_count: int
    entity_count: int
    rows_by_predicate: dict[str, int] = field(default_factory=dict)
    by_kind: dict[str, int] = field(default_factory=dict)
    without_evidence: tuple[str, ...] = ()
    without_evidence_count: int = 0
    without_document: tuple[str, ...] = ()
    without_document_count: int = 0
    citation_count: int = 0
    bad_citations: tuple[str, ...] = ()


class SqlGraphCensus:
    """Reads a census over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def census(self, tenant: str) -> GraphCensus:
        """Everything of a tenant, counted: a pass over its evidence."""
        here = graph_evidence.c.tenant == tenant
        names = graph_evidence.c.predicate.in_(sorted(ENTITY_PREDICATES))
        rows = sa.func.count()
        entities = sa.func.count(graph_evidence.c.subject.distinct())
        missing, orphans = await self._missing(tenant), await self._orphans(tenant)
        bad, citation_count = await self._citations(tenant)
        by_predicate = await self._counts(graph_evidence.c.predicate, rows, here)
        return GraphCensus(
            document_count=await self._count(graph_documents, graph_documents.c.tenant == tenant),
            row_count=sum(by_predicate.values()),
            entity_count=await self._value(sa.select(entities).where(here & names)),
            rows_by_predicate=by_predicate,
            by_kind=await self._counts(graph_evidence.c.kind, entities, here & names),
            without_evidence=tuple(missing[:_SHOWN_COUNT]),
            without_evidence_count=len(missing),
            without_document=tuple(orphans[:_SHOWN_COUNT]),
            without_document_count=len(orphans),
            citation_count=citation_count,
            bad_citations=tuple(bad[:_SHOWN_COUNT]),
        )

    async def row_counts(self, tenant: str, keys: Collection[str]) -> dict[str, int]:
        """How many rows name each of these entities; those without any are absent."""
        subject = graph_evidence.c.subject
        named = graph_evidence.c.predicate.in_(sorted(ENTITY_PREDICATES)) & (
            graph_evidence.c.tenant == tenant
        )
        found: dict[str, int] = {}
        for batch in batches(sorted(set(keys))):
            found |= await self._counts(subject, sa.func.count(), named & subject.in_(batch))
        return found

    async def sampled_keys(self, tenant: str, *, limit: int) -> list[str]:
        """Entities of a few documents, at most so many. A fair sample, for ids of documents are hashes."""
        few = (
            sa.select(graph_documents.c.doc_id)
            .where(graph_documents.c.tenant == tenant)
            .order_by(graph_documents.c.doc_id)
            .limit(_SAMPLED_DOCUMENTS)
        )
        subject = graph_evidence.c.subject
        named = graph_evidence.c.predicate.in_(sorted(ENTITY_PREDICATES))
        wanted = sa.select(subject).where(graph_evidence.c.doc_id.in_(few), named).distinct()
        return await self._ids(wanted.order_by(subject).limit(limit))

    async def _missing(self, tenant: str) -> list[str]:
        """Indexed documents with chunks of which no evidence of their version is kept."""
        same = (graph_documents.c.doc_id == documents.c.doc_id) & (
            graph_documents.c.version == documents.c.version
        )
        wanted = (
            sa.select(documents.c.doc_id)
            .select_from(documents.outerjoin(graph_documents, same))
            .where(
                documents.c.tenant == tenant,
                documents.c.state == DocumentState.INDEXED.value,
                documents.c.chunk_count > 0,
                graph_documents.c.doc_id.is_(None),
            )
        )
        return await self._ids(wanted.order_by(documents.c.doc_id))

    async def _orphans(self, tenant: str) -> list[str]:
        """Evidence whose document is deleted or unknown."""
        joined = graph_documents.outerjoin(documents, graph_documents.c.doc_id == documents.c.doc_id)
        gone = documents.c.state.in_([state.value for state in _GONE]) | documents.c.doc_id.is_(None)
        wanted = sa.select(graph_documents.c.doc_id).select_from(joined)
        return await self._ids(
            wanted.where(graph_documents.c.tenant == tenant, gone).order_by(graph_documents.c.doc_id)
        )

    async def _citations(self, tenant: str) -> tuple[list[str], int]:
        """Communities with a citation that they should not have, and how many citations there are."""
        community, cited = graph_communities.c, graph_documents.c
        joined = graph_sentences.join(
            graph_communities,
            (graph_sentences.c.tenant == community.tenant)
            & (graph_sentences.c.community_id == community.community_id),
        ).outerjoin(graph_documents, graph_sentences.c.doc_id == cited.doc_id)
        wanted = sa.select(
            community.community_id,
            community.access_tier,
            community.access_groups,
            graph_sentences.c.version,
            cited.version.label("living"),
            cited.tenant.label("owner"),
            cited.access_tier.label("tier"),
            cited.access_groups.label("groups"),
        ).select_from(joined)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted.where(graph_sentences.c.tenant == tenant))).all()
        bad = {row.community_id for row in rows if not _is_good(row, tenant)}
        return sorted(bad), len(rows)

    async def _counts(
        self, column: sa.Column[str], count: sa.ColumnElement[int], where: sa.ColumnElement[bool]
    ) -> dict[str, int]:
        wanted = sa.select(column, count).where(where).group_by(column).order_by(column)
        async with self._database.reading() as connection:
            return {row[0]: int(row[1]) for row in await connection.execute(wanted)}

    async def _count(self, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
        return await self._value(sa.select(sa.func.count()).select_from(table).where(where))

    async def _value(self, wanted: sa.Select[int]) -> int:
        async with self._database.reading() as connection:
            return int((await connection.execute(wanted)).scalar_one())

    async def _ids(self, wanted: sa.Select[str]) -> list[str]:
        async with self._database.reading() as connection:
            return list((await connection.execute(wanted)).scalars())


def _is_good(row: Any, tenant: str) -> bool:
    if row.living is None or row.living != row.version:
        return False
    of_document = AccessLabel(row.owner, Tier(row.tier), frozenset(row.groups))
    return of_document == AccessLabel(tenant, Tier(row.access_tier), frozenset(row.access_groups))

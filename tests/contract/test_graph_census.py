"""What the graph holds, counted, and what in it does not agree, over SQLite and Postgres."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.access import AccessLabel, Tier
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from folio.graph_agreement import compare_view
from store.catalog.catalog import SqlCatalog, open_catalog
from store.catalog.graph_tables import graph_documents
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.graph_communities import clique, community_of

TABLES = (
    "graph_positions",
    "graph_documents",
    "graph_evidence",
    "graph_changes",
    "graph_communities",
    "graph_members",
    "graph_sentences",
    "documents",
    "sources",
)
SOURCE = Source("s" * 16, SourceKind.FOLDER, "/srv/docs")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock()) as opened:
        await opened.register(SOURCE)
        yield opened


def record(doc_id: str, *, state: DocumentState = DocumentState.INDEXED, version: int = 1) -> DocumentRecord:
    return DocumentRecord(
        doc_id, SOURCE.source_id, "default", f"{doc_id}.md", state, version=version, chunk_count=1
    )


async def test_everything_is_counted(catalog: SqlCatalog) -> None:
    await catalog.graph.replace(clique("doc", ("Robin", "Wren", "Finch"))[0])
    await catalog.graph.replace(clique("other", ("Robin", "Wren"), access=AccessLabel(tenant="other"))[0])
    await catalog.save([record("doc")])
    census = await catalog.graph_census.census("default")
    assert (census.document_count, census.row_count, census.entity_count) == (1, 9, 3)
    assert census.rows_by_predicate == {"mentioned": 6, "works_with": 3}
    assert census.by_kind == {"organisation": 3}
    assert (census.without_evidence, census.without_document, census.bad_citations) == ((), (), ())


async def test_an_empty_graph_has_nothing(catalog: SqlCatalog) -> None:
    census = await catalog.graph_census.census("default")
    assert (census.document_count, census.row_count, census.rows_by_predicate) == (0, 0, {})


async def test_documents_and_evidence_without_each_other_are_named(catalog: SqlCatalog) -> None:
    await catalog.save(
        [
            record("current"),
            record("newer", version=2),
            record("unread"),
            record("gone"),
            replace(record("empty"), chunk_count=0),
        ]
    )
    for doc_id in ("current", "newer", "gone", "unknown"):
        await catalog.graph.replace(clique(doc_id, ("Robin", "Wren"))[0])
    # As if its evidence had been left behind.
    await catalog.save([record("gone", state=DocumentState.DELETED)])
    census = await catalog.graph_census.census("default")
    assert (census.without_evidence, census.without_evidence_count) == (("newer", "unread"), 2)
    assert (census.without_document, census.without_document_count) == (("gone", "unknown"), 2)


async def test_citations_of_other_versions_labels_and_documents_are_bad(catalog: SqlCatalog) -> None:
    await catalog.graph.replace(clique("doc", ("Robin", "Wren"))[0])
    made = community_of("doc")
    await catalog.graph_communities.replace("default", removed=(), written=[made], position=1)
    good = await catalog.graph_census.census("default")
    assert (good.citation_count, good.bad_citations) == (1, ())
    for change in ({"version": 2}, {"version": 1, "access_tier": int(Tier.RESTRICTED)}):
        async with catalog._database.writing() as connection:
            await connection.execute(sa.update(graph_documents).values(**change))
        assert (await catalog.graph_census.census("default")).bad_citations == (made.community_id,)
    async with catalog._database.writing() as connection:
        await connection.execute(sa.delete(graph_documents))
    assert (await catalog.graph_census.census("default")).bad_citations == (made.community_id,)


async def test_the_view_agrees_with_the_tables(catalog: SqlCatalog) -> None:
    for number in range(3):
        await catalog.graph.replace(clique(f"doc{number}", ("Robin", "Wren", f"Bird {number}"))[0])
    found = await compare_view(catalog, "default")
    assert (found.sampled_count, found.differing_count, found.is_settled) == (5, 0, True)
    assert await catalog.graph_census.row_counts("default", ["robin", "nobody"]) == {"robin": 6}

"""A refresh over real stores: only living texts are quoted, and only one refresh goes on at a time."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from folio.assembly import open_artifacts
from folio.graph_communities import LivingTexts, refresh_communities
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.fakes.artifacts import FakeArtifacts
from tests.fakes.clock import FakeClock
from tests.fakes.graph_communities import clique

SOURCE = Source("s" * 16, SourceKind.FOLDER, "/srv/docs")
OTHER = "another-machine/1/mark/0"
BIRDS = ("Robin", "Wren", "Finch")


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock()) as opened:
        await opened.register(SOURCE)
        yield opened


def record(doc_id: str, key: str | None) -> DocumentRecord:
    return DocumentRecord(
        doc_id,
        SOURCE.source_id,
        "default",
        f"{doc_id}.md",
        DocumentState.INDEXED,
        version=1,
        artifact_key=key,
    )


async def test_summaries_quote_the_stored_text(catalog: SqlCatalog, settings: Settings) -> None:
    evidence, text = clique("birds", BIRDS)
    await catalog.save([record("birds", await open_artifacts(settings).put(text))])
    await catalog.graph.replace(evidence)
    report = await refresh_communities(settings, catalog, clock=FakeClock())
    assert (report.community_count, report.position, report.is_busy) == (1, 1, False)
    (made,) = await catalog.graph_communities.communities("default")
    assert {one.text for one in made.sentences} <= set(text.split("\n\n"))
    assert made.sentences


async def test_whoever_comes_second_is_told(catalog: SqlCatalog, settings: Settings) -> None:
    await catalog.graph.replace(clique("birds", BIRDS)[0])
    await catalog.acquire(["*communities default"], owner=OTHER, lease_s=60)
    report = await refresh_communities(settings, catalog, clock=FakeClock())
    assert report.is_busy
    assert await catalog.graph_communities.communities("default") == []
    await catalog.release(["*communities default"], owner=OTHER)
    assert not (await refresh_communities(settings, catalog, clock=FakeClock())).is_busy


async def test_only_the_text_of_the_living_version_is_read(catalog: SqlCatalog) -> None:
    artifacts = FakeArtifacts()
    texts = LivingTexts(catalog, artifacts)
    living = record("doc", await artifacts.put("words"))
    assert await texts.text("doc", version=1) is None
    await catalog.save([living])
    assert await texts.text("doc", version=1) == "words"
    assert await texts.text("doc", version=2) is None
    for other in (
        replace(living, state=DocumentState.FAILED),
        replace(living, artifact_key=None),
        replace(living, artifact_key="gone"),
    ):
        await catalog.save([other])
        assert await texts.text("doc", version=1) is None

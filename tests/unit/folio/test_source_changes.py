"""Sources that are added, changed and removed, and declared ones that the catalog is told of."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceOptions
from core.errors import InvalidInputError, NotFoundError, TransientError
from core.runs import FileFailure, IngestReport
from folio import uploads
from folio.source_changes import SourceKeeper, known_sources, record_declared
from tests.fakes.catalog import FakeCatalog

CODE = SourceOptions(chunking="code")


class World:
    """A catalog and a keeper; `removed` are the sources whose documents were taken out of the index."""

    def __init__(self, place: Path, **sections: Any) -> None:
        self.folder = place / "docs"
        self.folder.mkdir()
        self.settings = Settings(_env_file=None, home=place / "home", **sections)
        self.catalog = FakeCatalog()
        self.removed: list[Source] = []
        self.report = IngestReport(deleted=3)
        self.keeper = SourceKeeper(self.settings, self.catalog)

    async def add(self, place: Path | str | None = None, **said: Any) -> Source:
        named = {"name": None, "options": SourceOptions(), **said}
        return await self.keeper.add(str(place or self.folder), **named)

    async def known(self) -> list[Source]:
        return await known_sources(self.settings, self.catalog)

    async def remove(self, reference: str) -> IngestReport:
        return await self.keeper.remove(reference, remove_documents=self._remove_documents)

    async def _remove_documents(self, source: Source) -> IngestReport:
        self.removed.append(source)
        return self.report


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
async def declared(tmp_path: Path) -> World:
    world = World(tmp_path, sources=[{"name": "docs", "path": str(tmp_path / "docs"), "chunking": "code"}])
    await record_declared(world.settings, world.catalog)
    return world


async def test_an_added_source_is_registered(world: World) -> None:
    source = await world.add(options=CODE)
    assert (source.name, source.root, source.options) == ("docs", str(world.folder), CODE)
    assert await world.known() == [source]


async def test_a_known_source_that_is_added_again_stays_as_it_is(world: World) -> None:
    source = await world.add(options=CODE)
    assert await world.add() == source
    assert await world.add(name="docs", options=CODE) == source
    with pytest.raises(InvalidInputError, match="same place"):
        await world.add(options=SourceOptions(chunking="sentence"))
    assert await world.known() == [source]


@pytest.mark.parametrize("name", ["missing", "note.txt", "missing.jsonl"])
async def test_what_is_no_folder_or_corpus_is_refused(world: World, tmp_path: Path, name: str) -> None:
    (tmp_path / "note.txt").write_text("text")
    with pytest.raises(InvalidInputError, match="is not a"):
        await world.add(tmp_path / name)
    assert await world.known() == []


async def test_a_folder_around_the_upload_area_may_be_a_source(world: World, tmp_path: Path) -> None:
    await world.catalog.register(uploads.source(world.settings.home, tenant="default"))
    assert (await world.add(tmp_path)).root == str(tmp_path)


async def test_a_change_is_recorded(world: World) -> None:
    await world.add()
    changed = await world.keeper.change("docs", name="rules", options=CODE)
    assert (changed.name, changed.options) == ("rules", CODE)
    assert await world.known() == [changed]


async def test_removing_takes_out_the_documents_and_then_forgets_the_source(world: World) -> None:
    source = await world.add()
    report = await world.remove("docs")
    assert (report.deleted, world.removed, await world.known()) == (3, [source], [])


async def test_a_source_stays_while_documents_of_it_do(world: World) -> None:
    source = await world.add()
    world.report = IngestReport(failed=(FileFailure("a.md", "the store is busy"),))
    with pytest.raises(TransientError, match="the store is busy"):
        await world.remove("docs")
    assert await world.known() == [source]


async def test_a_sync_that_adds_documents_meanwhile_keeps_the_source(world: World) -> None:
    source = await world.add()
    await world.catalog.save(
        [DocumentRecord("d1", source.source_id, "default", "a.md", DocumentState.INDEXED)]
    )
    with pytest.raises(InvalidInputError, match="documents"):
        await world.remove("docs")
    assert await world.known() == [source]


async def test_an_unknown_source_is_told(world: World) -> None:
    with pytest.raises(NotFoundError, match="legal"):
        await world.keeper.change("legal", name=None, options=CODE)
    with pytest.raises(NotFoundError, match="legal"):
        await world.remove("legal")


async def test_a_declared_source_is_changed_where_it_is_declared(declared: World) -> None:
    with pytest.raises(InvalidInputError, match=r"folio\.toml"):
        await declared.keeper.change("docs", name=None, options=SourceOptions())
    with pytest.raises(InvalidInputError, match=r"folio\.toml"):
        await declared.remove("docs")
    assert [source.options for source in await declared.known()] == [CODE]
    assert declared.removed == []


async def test_the_upload_area_is_not_removed(world: World) -> None:
    area = uploads.source(world.settings.home, tenant="default")
    await world.catalog.register(area)
    with pytest.raises(InvalidInputError, match="DELETE /v1/documents"):
        await world.remove(area.source_id)


async def test_a_changed_declaration_is_recorded_and_an_equal_one_writes_nothing(declared: World) -> None:
    tables = [{"name": "docs", "path": str(declared.folder), "language": "de"}]
    other = declared.settings.model_copy(update={"sources": Settings(sources=tables).sources})
    await record_declared(other, declared.catalog)
    assert [source.options for source in await declared.known()] == [SourceOptions(language="de")]
    await record_declared(other, Refusing(declared.catalog))


async def test_a_declared_source_takes_over_a_folder_that_was_ingested(tmp_path: Path) -> None:
    world = World(tmp_path)
    plain = await world.add(name="before")
    declared = [{"name": "docs", "path": str(world.folder), "tier": "public"}]
    other = world.settings.model_copy(update={"sources": Settings(sources=declared).sources})
    await record_declared(other, world.catalog)
    (found,) = await world.known()
    assert (found.source_id, found.name, found.options.tier) == (plain.source_id, "docs", 0)


async def test_sources_of_declared_tenants_are_known_too(tmp_path: Path) -> None:
    tables = [{"name": "acme", "path": str(tmp_path / "acme"), "tenant": "acme"}]
    world = World(tmp_path, sources=tables)
    await record_declared(world.settings, world.catalog)
    mine = await world.add()
    assert sorted(source.name for source in await world.known()) == ["acme", mine.name]


async def test_nothing_is_told_of_another_tenants_source(tmp_path: Path) -> None:
    tables = [{"name": "theirs", "path": str(tmp_path / "docs"), "tenant": "acme", "exclude": ["plans/**"]}]
    world = World(tmp_path, sources=tables)
    await record_declared(world.settings, world.catalog)
    with pytest.raises(InvalidInputError, match="a source of another tenant") as caught:
        await world.add()
    assert "theirs" not in str(caught.value)


async def test_a_source_does_not_change_hands_by_a_declaration(tmp_path: Path) -> None:
    world = World(tmp_path, sources=[{"name": "docs", "path": str(tmp_path / "docs"), "tenant": "acme"}])
    (source,) = [replace(row, tenant="other") for row in await _declared(world)]
    await world.catalog.register(source)
    with pytest.raises(InvalidInputError, match="tenant"):
        await record_declared(world.settings, world.catalog)


async def _declared(world: World) -> list[Source]:
    catalog = FakeCatalog()
    await record_declared(world.settings, catalog)
    return await known_sources(world.settings, catalog)


class Refusing:
    """A catalog that may only be read."""

    def __init__(self, catalog: FakeCatalog) -> None:
        self._catalog = catalog

    async def sources(self, tenant: str | None = None) -> list[Source]:
        return await self._catalog.sources(tenant)

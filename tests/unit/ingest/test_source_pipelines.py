"""Each source has its own pipeline: what is said of one changes nothing for the others."""

from dataclasses import replace
from pathlib import Path

import pytest

from core import ids
from core.documents import ParsedDocument, Source, SourceKind, SourceOptions
from core.runs import IngestReport
from ingest.pii.off import NoRedaction
from ingest.pipeline import Pipeline, Pipelines, pipeline_fingerprint
from tests.fakes.chunker import FakeChunker
from tests.fakes.parser import FakeParser
from tests.fakes.redactor import FakeRedactor
from tests.unit.ingest.world import World


def source(folder: Path, **options: object) -> Source:
    root = str(folder)
    source_id = ids.source_id(SourceKind.FOLDER, root)
    return Source(source_id, SourceKind.FOLDER, root, options=SourceOptions(**options))


@pytest.fixture
async def two(world: World) -> World:
    """Two sources, each with a document, both indexed."""
    world.redactor = FakeRedactor("secret")
    for name in ("one", "two"):
        world.write(f"{name}/{name}.txt", f"a secret of {name}")
        await world.catalog.update(source(world.folder / name))
    assert (await world.sync()).added == 2
    return world


async def sync_with(world: World, name: str, **options: object) -> IngestReport:
    await world.catalog.update(source(world.folder / name, **options))
    return await world.sync()


@pytest.mark.parametrize(
    "options",
    [{"chunking": "sentence"}, {"redaction": "off"}, {"language": "de"}],
    ids=lambda row: next(iter(row)),
)
async def test_another_pipeline_for_one_source_indexes_that_source_only(two: World, options: dict) -> None:
    before = await two.records()
    report = await sync_with(two, "one", **options)
    after = await two.records()

    assert (report.modified, report.unchanged, report.added, report.deleted) == (1, 1, 0, 0)
    assert after["two.txt"] == before["two.txt"]
    assert after["one.txt"].version == before["one.txt"].version + 1
    assert (await two.sync()).unchanged == 2


async def test_redaction_is_that_of_the_source(two: World) -> None:
    await sync_with(two, "one", redaction="off")
    assert (two.texts("one.txt"), two.texts("two.txt")) == (["a secret of one"], ["a <WORD> of two"])


async def test_options_that_leave_the_text_as_it_is_index_nothing(two: World) -> None:
    report = await sync_with(two, "one", schedule="0 3 * * *", max_file_bytes=1000, include=("**/*.txt",))
    assert (report.unchanged, report.modified) == (2, 0)


async def test_option_that_is_taken_back_brings_the_former_pipeline_back(two: World) -> None:
    before = (await two.records())["one.txt"].fingerprint
    await sync_with(two, "one", chunking="code")
    assert (await two.records())["one.txt"].fingerprint != before
    await sync_with(two, "one")
    assert (await two.records())["one.txt"].fingerprint == before


async def test_file_that_moves_to_a_source_with_another_pipeline_is_indexed_anew(two: World) -> None:
    await sync_with(two, "two", redaction="off")
    (two.folder / "one/one.txt").rename(two.folder / "two/new.txt")
    report = await two.sync()
    assert (report.moved, report.added, report.deleted) == (0, 1, 1)
    assert (two.texts("new.txt"), two.texts("one.txt")) == (["a secret of one"], [])


async def test_file_that_moves_to_a_source_with_the_same_pipeline_is_carried_over(two: World) -> None:
    (two.folder / "one/one.txt").rename(two.folder / "two/one.txt")
    two.parser.paths.clear()
    report = await two.sync()
    assert (report.moved, report.added, report.deleted) == (1, 0, 0)
    assert two.parser.paths == []


class LanguageChunker(FakeChunker):
    """Remembers the languages of the documents that it has cut."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str | None] = []

    def chunk(self, document: ParsedDocument):
        self.languages.append(document.language)
        return super().chunk(document)


class GermanParser(FakeParser):
    """Finds every document to be German."""

    def parse(self, data: bytes, *, path: str) -> ParsedDocument:
        return replace(super().parse(data, path=path), language="de")


@pytest.mark.parametrize(("parser", "language"), [(FakeParser(), "fr"), (GermanParser(), "de")])
async def test_language_of_the_source_stands_where_the_document_has_none(
    world: World, parser: FakeParser, language: str
) -> None:
    world.parser, world.chunker = parser, LanguageChunker()
    world.write("a.txt", "texte")
    await world.catalog.update(source(world.folder, language="fr"))
    await world.sync()
    assert world.chunker.languages == [language]
    # Kept with the chunk, by the name of a stemmer: its words can be weighed again.
    stored = {point.language for point in world.index.points.values()}
    assert stored == {{"fr": "french", "de": "german"}[language]}


def counted() -> tuple[Pipelines, list[tuple[str | None, str]], list[tuple[str | None, str | None]]]:
    redactors: list[tuple[str | None, str]] = []
    chunkers: list[tuple[str | None, str | None]] = []

    def redactor(policy: str | None, tenant: str) -> NoRedaction:
        redactors.append((policy, tenant))
        return NoRedaction()

    def chunker(strategy: str | None, language: str | None) -> FakeChunker:
        chunkers.append((strategy, language))
        return FakeChunker()

    return Pipelines(FakeParser(), redactor=redactor, chunker=chunker), redactors, chunkers


def test_sources_with_the_same_options_share_a_pipeline_and_all_share_a_policys_redactor() -> None:
    pipelines, redactors, chunkers = counted()
    plain, again = source(Path("/a")), source(Path("/b"), tier=1, schedule="0 3 * * *")
    code = source(Path("/c"), chunking="code")
    assert pipelines.of(plain) is pipelines.of(again)
    assert pipelines.of(code).redactor is pipelines.of(plain).redactor
    assert (redactors, chunkers) == ([(None, "default")], [(None, None), ("code", None)])


def test_every_tenant_has_its_own_redactor_and_none_its_own_chunker() -> None:
    pipelines, redactors, chunkers = counted()
    one, other = source(Path("/a")), replace(source(Path("/a")), tenant="other")
    assert pipelines.of(one) is not pipelines.of(other)
    assert redactors == [(None, "default"), (None, "other")]
    assert chunkers == [(None, None)]


def test_fingerprint_without_options_is_what_it_was_before_sources_had_any() -> None:
    parts = {"parser": "fake-parser:1", "redactor": "off", "chunker": "fake-chunker:1"}
    plain = Pipeline(FakeParser(), NoRedaction(), FakeChunker())
    expected = ids.fingerprint({**parts, "embedder": "e", "sparse": "s"})
    assert pipeline_fingerprint(plain, embedder="e", sparse="s") == expected


def test_fingerprint_sees_every_part() -> None:
    plain = Pipeline(FakeParser(), NoRedaction(), FakeChunker())
    others = [
        replace(plain, parser=FakeParser("2")),
        replace(plain, redactor=FakeRedactor("word")),
        replace(plain, chunker=FakeChunker("2")),
        replace(plain, language="de"),
    ]
    found = {pipeline_fingerprint(row, embedder="e", sparse="s") for row in (plain, *others)}
    found |= {
        pipeline_fingerprint(plain, embedder="f", sparse="s"),
        pipeline_fingerprint(plain, embedder="e", sparse="t"),
    }
    assert len(found) == 7

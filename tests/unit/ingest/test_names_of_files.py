"""Names of people in the names of files: no store, report or event has them, whatever is done with the files."""

from pathlib import Path

import pytest

from core import ids
from core.config import RedactionSettings
from core.documents import (
    DocumentRecord,
    DocumentState,
    ParsedDocument,
    RedactedDocument,
    Source,
    SourceKind,
    SourceOptions,
)
from core.errors import TransientError
from core.pseudonyms import TOKEN, MentionField, PseudonymKey
from core.runs import IngestReport
from ingest.plan import Change
from ingest.preparing import Prepared, Preparer
from ingest.sources.opening import open_source
from ingest.sources.targets import SyncTarget
from ingest.sources.veiled import VeiledFiles
from ingest.veils import Veils, no_veils
from tests.unit.ingest.world import World, run_record, settings

NAMES = ("jane", "smith", "garcia", "okonkwo")
CV = "HR/Maria Garcia/CV Jane Smith.md"
PLAIN = "handbook/leave-policy.md"


def veils(policy: str = "standard", *, root: bytes = b"key") -> Veils:
    return Veils(
        RedactionSettings(policy=policy),  # type: ignore[arg-type]
        key=lambda tenant: PseudonymKey(root, tenant=tenant),
    )


@pytest.fixture
def world(tmp_path: Path) -> World:
    folder = tmp_path / "docs"
    folder.mkdir()
    return World(folder, settings(tmp_path / "home"), veils=veils())


async def kept(world: World) -> str:
    """All that catalog and index have, as text."""
    records = repr(await world.catalog.page("default", limit=1000))
    points = [point async for point in world.index.scan()]
    return (records + repr(points) + repr(await world.catalog.runs())).lower()


async def assert_clean(world: World) -> None:
    text = await kept(world)
    assert [name for name in NAMES if name in text] == []


async def living(world: World) -> dict[str, DocumentRecord]:
    out = {DocumentState.DELETED, DocumentState.DELETING}
    return {path: row for path, row in (await world.records()).items() if row.state not in out}


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.added, report.modified, report.moved, report.deleted, report.unchanged


async def veiled(world: World, path: str) -> str:
    veil = world.veils.of(next(iter(await world.catalog.sources("default"))))
    return veil.path(path) if veil else path


async def test_catalog_index_plan_and_report_have_no_name_of_a_person(world: World) -> None:
    world.write(CV, "words")
    world.write(PLAIN, "words")
    plan = await world.plan()
    assert not any(name in repr(plan).lower() for name in NAMES)
    report = await world.execute(plan)
    assert counts(report) == (2, 0, 0, 0, 0)
    await assert_clean(world)
    paths = await living(world)
    assert set(paths) == {PLAIN, await veiled(world, CV)}
    assert all(path == PLAIN or (path.startswith("HR/") and path.endswith(".md")) for path in paths)
    assert paths[await veiled(world, CV)].title.startswith("CV PERSON_")


async def test_edits_moves_and_deletions_are_followed(world: World) -> None:
    cv = world.write(CV, "first words")
    await world.sync()
    assert counts(await world.sync()) == (0, 0, 0, 0, 1)
    cv.write_text("other, longer words")
    assert counts(await world.sync()) == (0, 1, 0, 0, 0)
    other = world.folder / "HR/Contract Okonkwo.md"
    cv.rename(other)
    assert counts(await world.sync()) == (0, 0, 1, 0, 0)
    assert set(await living(world)) == {await veiled(world, "HR/Contract Okonkwo.md")}
    await assert_clean(world)
    other.unlink()
    world.write(PLAIN, "words")
    assert counts(await world.sync()) == (1, 0, 0, 1, 0)
    await assert_clean(world)


async def test_failures_name_nobody(world: World) -> None:
    world.write(CV, "CORRUPT")
    world.write("Jane Smith.bin", "not included by the globs")
    world.settings = settings(world.settings.home, ingest={"max_file_bytes": 100})
    world.write("Okonkwo, Jane.md", "x" * 101)
    report = await world.sync()
    assert sorted(row.reason.split()[0] for row in report.failed)[-1] == "the"
    assert not any(name in repr(report).lower() for name in NAMES)
    assert len(report.failed) == 2
    await assert_clean(world)


async def test_file_and_folder_are_named_as_they_are_on_disk_or_as_the_catalog_has_them(world: World) -> None:
    world.write(CV, "words")
    world.write("HR/Maria Garcia/notes.md", "words")
    world.write(PLAIN, "words")
    await world.sync()
    path = await veiled(world, CV)
    folder = str(Path(path).parent)
    for named in (CV, path):
        (world.folder / CV).write_text(f"changed for {len(named)}")
        assert counts(await world.sync(world.folder / named)) == (0, 1, 0, 0, 0)
    for named in ("HR/Maria Garcia", folder):
        assert counts(await world.sync(world.folder / named)) == (0, 0, 0, 0, 2)
    (world.folder / CV).unlink()
    assert counts(await world.sync(world.folder / path)) == (0, 0, 0, 1, 0)
    await assert_clean(world)


async def test_folder_that_cannot_be_listed_deletes_nothing(world: World) -> None:
    world.write(CV, "words")
    await world.sync()
    [source] = await world.catalog.sources("default")
    inner, veil = open_source(source, settings=world.settings), world.veils.of(source)
    assert veil

    def unlistable(folder: str) -> list[str]:
        raise TransientError(f"a folder cannot be listed: {folder[:0]}")

    scan = VeiledFiles(inner, veil=veil, listing=unlistable, roots=("/docs",)).scan((veil.path(CV),))
    assert not scan.complete
    assert not scan.candidates


async def test_what_was_removed_on_request_stays_out(world: World) -> None:
    world.write(CV, "words")
    await world.sync()
    [record] = (await living(world)).values()
    await world.engine.delete(record)
    assert counts(await world.sync()) == (0, 0, 0, 0, 1)
    await assert_clean(world)


async def test_corpus_with_addresses_for_ids(world: World) -> None:
    corpus = world.write(
        "people.jsonl",
        '{"id": "jane.smith@example.com", "title": "", "text": "one"}\n{"id": "doc-12", "text": "two"}\n'
        '{"id": "jane.smith@example.com", "text": "again"}\n',
    )
    report = await world.sync(corpus, as_jsonl=True)
    assert report.added == 2
    assert len(report.failed) == 1
    assert not any(name in repr(report).lower() for name in NAMES)
    records = await living(world)
    assert {row.external_id for row in records.values()} == set(records)
    assert "doc-12" in records
    assert any(path.startswith("EMAIL_ADDRESS_") for path in records)
    await assert_clean(world)
    corpus.write_text(
        '{"id": "jane.smith@example.com", "text": "changed"}\n{"id": "doc-12", "text": "two"}\n'
    )
    assert counts(await world.sync(corpus, as_jsonl=True)) == (0, 1, 0, 0, 1)
    corpus.write_text('{"id": "doc-12", "text": "two"}\n')
    assert counts(await world.sync(corpus, as_jsonl=True)) == (0, 0, 0, 1, 1)


@pytest.mark.parametrize("retention_s", [0.0, 3600.0])
async def test_home_from_before_names_were_veiled(tmp_path: Path, retention_s: float) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    old = settings(tmp_path / "home", retention={"deleted_s": retention_s})
    world = World(folder, old, veils=no_veils())
    world.write(CV, "words of a cv")
    world.write(PLAIN, "words")
    world.write("Okonkwo gone.md", "deleted by a sync")
    await world.sync()
    on_request = world.write("Contract Garcia.md", "removed on request")
    (folder / "Okonkwo gone.md").unlink()
    await world.sync()
    await world.engine.delete((await world.records())["Contract Garcia.md"])
    before = (await world.records())[CV]

    world.veils = veils()
    report = await world.sync()
    assert counts(report) == (0, 1, 1, 0, 1)
    await assert_clean(world)
    after = await living(world)
    assert set(after) == {PLAIN, await veiled(world, CV)}
    assert after[await veiled(world, CV)].doc_id != before.doc_id
    assert {point.doc_id async for point in world.index.scan() if point.active} == {
        row.doc_id for row in after.values()
    }
    assert counts(await world.sync()) == (0, 0, 0, 0, 3)
    on_request.write_text("changed, so it is wanted again")
    assert counts(await world.sync()) == (1, 0, 0, 0, 2)
    await assert_clean(world)


async def test_part_of_a_home_from_before_is_neither_lost_nor_doubled(world: World) -> None:
    world.veils = no_veils()
    world.write(CV, "words")
    await world.sync()
    world.veils = veils()
    assert counts(await world.sync(world.folder / CV)) == (0, 0, 1, 0, 0)
    assert set(await living(world)) == {await veiled(world, CV)}
    await assert_clean(world)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (veils(), veils(root=b"another key")),
        (veils(), no_veils()),
        (veils("off"), veils("strict")),
    ],
)
async def test_names_that_are_veiled_otherwise_are_moves(world: World, first: Veils, then: Veils) -> None:
    world.veils = first
    world.write(CV, "words of a cv")
    world.write("HR/Okonkwo.md", "other words")
    await world.sync()
    before = set(await living(world))
    world.veils = then
    report = await world.sync()
    assert counts(report) == (0, 0, 2, 0, 0)
    after = set(await living(world))
    assert after == {await veiled(world, CV), await veiled(world, "HR/Okonkwo.md")}
    assert not after & before
    assert counts(await world.sync()) == (0, 0, 0, 0, 2)


async def test_source_without_redaction_keeps_its_names(world: World) -> None:
    world.write(CV, "words")
    plain = Source(
        ids.source_id("folder", str(world.folder)),
        SourceKind.FOLDER,
        str(world.folder),
        options=SourceOptions(redaction="off"),
    )
    plan = await world.engine.plan([SyncTarget(plain)])
    await world.engine.execute(plan, run=run_record())
    assert set(await living(world)) == {CV}


async def test_two_names_that_become_one_are_told_apart_by_an_error(world: World) -> None:
    world.write(CV, "words")
    await world.sync()
    other = world.folder / await veiled(world, CV)
    other.parent.mkdir(parents=True)
    other.write_text("a file that is really called so")
    report = await world.sync()
    assert [row.reason for row in report.failed] == [
        "another file's path is the same without its personal data: rename one of them"
    ]
    assert len(await living(world)) == 1


async def test_mentions_give_the_true_name_back(world: World) -> None:
    world.write(CV, "words")
    plan = await world.plan()
    prepared = prepared_of(world, plan.added[0], veils())
    found = [row for row in prepared.mentions if row.where is MentionField.PATH]
    restored = prepared.candidate.path
    for mention in reversed(found):
        assert restored[mention.start : mention.end] == mention.token
        assert CV[mention.original_start : mention.original_end] == mention.value
        restored = restored[: mention.start] + mention.value + restored[mention.end :]
    assert restored == CV
    assert all(row.aliases and row.identity and row.reversible for row in found)
    key = PseudonymKey(b"key", tenant="default")
    assert {row.identity for row in found} >= {key.token("PERSON", "jane smith")}
    assert "Smith" not in repr(prepared)


async def test_title_from_the_name_reaches_the_redactor_as_words(world: World) -> None:
    world.redactor = reading = TitleReader()
    world.write("cv_jane_smith.md", "words")
    [change] = (await world.plan()).added
    prepared = prepared_of(world, change, veils())
    assert reading.titles == ["cv jane smith"]
    # What this redactor missed is taken out all the same.
    assert TOKEN.sub("*", prepared.document.title) == "cv *"
    [mention] = [row for row in prepared.mentions if row.where is MentionField.TITLE]
    assert prepared.document.title[mention.start : mention.end] == mention.token
    assert mention.value == "jane smith"


class TitleReader:
    """Implements Redactor: changes nothing, and remembers the titles."""

    fingerprint = "title-reader"

    def __init__(self) -> None:
        self.titles: list[str] = []

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        self.titles.append(document.title)
        return RedactedDocument(document, {})


def prepared_of(world: World, change: Change, own: Veils) -> Prepared:
    source = change.source
    files = {source.source_id: open_source(source, settings=world.settings, veil=own.of(source))}
    pipelines = world.engine._parts.pipelines
    preparer = Preparer(files, pipelines=pipelines, clock=world.clock, veils=own)
    prepared = preparer.prepare(change)
    assert isinstance(prepared, Prepared)
    return prepared

import asyncio

import pytest

from core.documents import DocumentState, ParsedDocument
from core.errors import DependencyDownError, SettingsError, TransientError
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.parser import FakeParser
from tests.unit.ingest.world import World, settings


class BrokenParser(FakeParser):
    """Fails like foreign code does on files whose name holds `bad`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def parse(self, data: bytes, *, path: str) -> ParsedDocument:
        if "bad" in path:
            raise self.error
        return super().parse(data, path=path)


class FailingEmbedder(FakeEmbedder):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error: Exception | None = error

    async def embed_passages(self, texts):
        if self.error:
            raise self.error
        return await super().embed_passages(texts)


async def test_unreadable_file_is_reported_with_its_reason_and_stops_nothing(world: World) -> None:
    world.write("bad.txt", "CORRUPT")
    world.write("empty.txt", "")
    world.write("good.txt", "fine")
    report = await world.sync()
    assert {row.path: row.reason for row in report.failed} == {
        "bad.txt": "the file is damaged",
        "empty.txt": "the file is empty",
    }
    assert (report.added, world.texts("good.txt")) == (1, ["fine"])
    assert (await world.records())["bad.txt"].state is DocumentState.QUARANTINED


async def test_known_failure_is_reported_again_without_parsing(world: World) -> None:
    world.write("bad.txt", "CORRUPT")
    await world.sync()
    world.parser.paths.clear()
    report = await world.sync()
    assert [row.reason for row in report.failed] == ["the file is damaged"]
    assert world.parser.paths == []
    world.parser = FakeParser(fingerprint="fake-parser:2")
    await world.sync()
    assert world.parser.paths == ["bad.txt"], "a new parser may be able to read it"


async def test_modified_file_that_cannot_be_read_keeps_its_earlier_version(world: World) -> None:
    world.write("a.txt", "old words")
    await world.sync()
    world.write("a.txt", "CORRUPT")
    report = await world.sync()
    assert report.failed[0].reason == "the file is damaged; the version indexed before stays searchable"
    assert world.texts("a.txt") == ["old words"]
    record = (await world.records())["a.txt"]
    assert (record.state, record.version, record.chunk_count) == (DocumentState.QUARANTINED, 1, 1)
    assert (await world.sync()).failed == report.failed


async def test_unexpected_error_of_a_parser_names_its_type_and_no_text(world: World, caplog) -> None:
    world.parser = BrokenParser(ValueError("secret words of the document"))
    world.write("bad.txt", "secret words")
    world.write("good.txt", "fine")
    report = await world.sync()
    assert [row.reason for row in report.failed] == ["unexpected ValueError while the file was prepared"]
    assert report.added == 1
    assert "secret" not in caplog.text


async def test_wrong_setting_found_while_preparing_ends_the_run_and_blames_no_file(world: World) -> None:
    world.parser = BrokenParser(SettingsError("the model is not installed"))
    world.write("bad.txt", "x")
    with pytest.raises(SettingsError, match="not installed"):
        await world.sync()
    assert await world.records() == {}


async def test_transient_failure_is_tried_again_by_the_next_sync(world: World) -> None:
    world.embedder = FailingEmbedder(TransientError("the model timed out"))
    world.write("a.txt", "one")
    report = await world.sync()
    assert [row.reason for row in report.failed] == ["it could not be embedded: the model timed out"]
    world.embedder.error = None
    assert (await world.sync()).failed == ()
    assert world.texts("a.txt") == ["one"]


async def test_store_that_is_down_ends_the_run_and_shows_nothing_half(world: World) -> None:
    world.write("a.txt", "old")
    await world.sync()
    world.write("a.txt", "brand new")
    world.index.failure = DependencyDownError("the vector store does not answer")
    with pytest.raises(DependencyDownError):
        await world.sync()
    assert world.texts("a.txt") == ["old"]
    [run] = await world.catalog.runs()
    assert (run.error, run.finished_at) == ("the vector store does not answer", world.clock.now())
    world.index.failure = None
    assert (await world.sync()).modified == 1
    assert world.texts("a.txt") == ["brand new"]


async def test_missing_points_fail_the_document_and_the_old_version_stays(world: World) -> None:
    world.write("a.txt", "old")
    await world.sync()
    world.write("a.txt", "new one\n\nnew two")
    write = world.index.write
    world.index.write = lambda points: write(points[:1])
    report = await world.sync()
    assert "1 of 2 chunks are stored" in report.failed[0].reason
    assert world.texts("a.txt") == ["old"]
    world.index.write = write
    await world.sync()
    assert world.texts("a.txt") == ["new one", "new two"]
    assert len(world.index.points) == 2, "what the failed attempt wrote is retired"
    assert (await world.records())["a.txt"].version == 3


async def test_document_left_indexing_by_a_crash_is_indexed_under_a_higher_version(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    await world.amend("a.txt", state=DocumentState.INDEXING, version=7)
    report = await world.sync()
    record = (await world.records())["a.txt"]
    assert (report.modified, record.state, record.version) == (1, DocumentState.INDEXED, 8)
    assert {point.version for point in world.index.points.values()} == {8}


async def test_files_below_a_malformed_access_file_are_withdrawn(world: World) -> None:
    world.write("open.txt", "anyone")
    world.write("people/a.txt", "pay")
    await world.sync()
    world.write("people/.folio.yaml", "teir: restricted")
    report = await world.sync()
    assert [row.path for row in report.failed] == ["people/a.txt"]
    assert "unknown keys: teir" in report.failed[0].reason
    assert (world.texts("people/a.txt"), world.texts("open.txt")) == ([], ["anyone"])
    assert (await world.plan()).work_count == 0, "a recorded refusal is no work"
    world.write("people/.folio.yaml", "tier: restricted")
    await world.sync()
    assert world.texts("people/a.txt") == ["pay"]


async def test_document_whose_label_changed_is_withdrawn_if_it_cannot_be_indexed(world: World) -> None:
    world.write("a.txt", "pay")
    await world.sync()
    world.write("a.txt", "CORRUPT")
    world.write(".folio.yaml", "tier: restricted")
    report = await world.sync()
    assert report.failed[0].reason == "the file is damaged"
    assert world.index.points == {}


async def test_too_large_file_names_size_limit_and_setting(world: World) -> None:
    world.settings = settings(world.settings.home, ingest={"max_file_bytes": 10})
    world.write("big.txt", "x" * 11)
    [failure] = (await world.sync()).failed
    assert failure.reason.startswith("big.txt has 11 bytes, more than the limit of 10.")
    assert "FOLIO_INGEST__MAX_FILE_BYTES" in failure.reason
    world.settings = settings(world.settings.home, ingest={"max_file_bytes": 11})
    assert (await world.sync()).failed == ()


async def test_missing_source_deletes_nothing_and_is_reported(world: World) -> None:
    world.write("a.txt", "one")
    plan = await world.plan()
    await world.execute(plan)
    world.folder.rename(world.folder.with_name("moved"))
    again = await world.engine.plan(plan.targets)
    report = await world.execute(again)
    assert report.deleted == 0
    assert report.failed[0].reason.startswith("the folder is not there; its document stays searchable")
    assert world.texts("a.txt") == ["one"]


async def test_file_that_vanishes_after_planning_fails_and_is_forgotten_later(world: World) -> None:
    path = world.write("a.txt", "one")
    plan = await world.plan()
    path.unlink()
    report = await world.execute(plan)
    assert report.failed[0].reason == "the file was gone when it was to be read"
    assert (await world.sync()).deleted == 1


async def test_cancelled_run_is_recorded_as_interrupted(world: World) -> None:
    started = asyncio.Event()

    async def waiting(texts):
        started.set()
        await asyncio.Event().wait()

    world.embedder.embed_passages = waiting
    world.write("a.txt", "one")
    task = asyncio.create_task(world.sync())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    [run] = await world.catalog.runs()
    assert run.error == "interrupted"

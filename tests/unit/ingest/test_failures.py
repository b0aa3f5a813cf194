"""What may pass is tried again in the same run; what cannot goes to quarantine."""

import pytest

from core.documents import DocumentState, ParsedDocument
from core.errors import DependencyDownError, TransientError
from ingest.execution import _pause_s
from tests.fakes.embedder import FakeEmbedder
from tests.unit.ingest.world import World, settings


class Flaky:
    """Raises the error the first `count` times it is called, then does what it stands for."""

    def __init__(self, real, error: Exception, count: int) -> None:
        self.real, self.error, self.left, self.call_count = real, error, count, 0

    async def __call__(self, *args, **kwargs):
        self.call_count += 1
        if self.left:
            self.left -= 1
            raise self.error
        return await self.real(*args, **kwargs)


@pytest.fixture
def patient(world: World) -> World:
    world.settings = settings(world.settings.home, ingest={"retry_count": 2})
    return world


async def test_failure_that_passes_is_not_reported(patient: World) -> None:
    patient.embedder.embed_passages = Flaky(FakeEmbedder().embed_passages, TransientError("busy"), 2)
    patient.write("a.txt", "one")
    patient.write("b.txt", "two")
    report = await patient.sync()
    assert (report.added, report.failed) == (2, ())
    assert (patient.texts("a.txt"), patient.texts("b.txt")) == (["one"], ["two"])


async def test_failure_that_stays_is_failed_after_the_last_try(patient: World) -> None:
    embed = patient.embedder.embed_passages = Flaky(None, TransientError("busy"), 99)
    patient.write("a.txt", "one")
    report = await patient.sync()
    assert [row.reason for row in report.failed] == ["it could not be embedded: busy"]
    assert embed.call_count == 3
    assert (await patient.records())["a.txt"].state is DocumentState.FAILED


async def test_missing_points_are_written_again_under_a_new_version(patient: World) -> None:
    patient.index.activate = Flaky(patient.index.activate, TransientError("points are missing"), 1)
    patient.write("a.txt", "one")
    assert (await patient.sync()).failed == ()
    assert {point.version for point in patient.index.points.values()} == {2}


async def test_removal_that_fails_once_is_tried_again(patient: World) -> None:
    path = patient.write("a.txt", "one")
    await patient.sync()
    path.unlink()
    patient.index.delete_document = Flaky(patient.index.delete_document, TransientError("points remain"), 1)
    report = await patient.sync()
    assert (report.deleted, report.failed, patient.index.points) == (1, (), {})


async def test_permanent_failure_is_quarantined_at_its_first_try(patient: World) -> None:
    patient.write("bad.txt", "CORRUPT")
    await patient.sync()
    record = (await patient.records())["bad.txt"]
    assert (record.state, record.reason) == (DocumentState.QUARANTINED, "the file is damaged")
    assert patient.parser.paths == ["bad.txt"]


async def test_store_that_is_down_ends_the_run_at_once(patient: World) -> None:
    write = patient.index.write = Flaky(None, DependencyDownError("no answer"), 99)
    patient.write("a.txt", "one")
    with pytest.raises(DependencyDownError):
        await patient.sync()
    assert write.call_count == 1


async def test_progress_counts_a_document_once_however_often_it_is_tried(patient: World) -> None:
    patient.embedder.embed_passages = Flaky(FakeEmbedder().embed_passages, TransientError("busy"), 1)
    patient.write("a.txt", "one")
    told = []
    await patient.sync(on_progress=told.append)
    assert [(row.done_count, row.total_count) for row in told] == [(1, 1)]


def test_pauses_double_and_spread() -> None:
    assert all(0.5 <= _pause_s(1, first_s=1.0) <= 1.0 for _ in range(50))
    assert all(2.0 <= _pause_s(3, first_s=1.0) <= 4.0 for _ in range(50))
    assert len({_pause_s(1, first_s=1.0) for _ in range(50)}) > 1


async def retry(world: World):
    """Sync again, and try what failed before in the same way as well."""
    plan = await world.plan()
    return await world.execute(await world.engine.plan(plan.targets, again=True))


async def test_quarantined_file_is_tried_again_only_when_asked_for(world: World) -> None:
    world.write("bad.txt", "CORRUPT")
    world.write("good.txt", "fine")
    await world.sync()
    world.parser.paths.clear()
    assert [row.path for row in (await world.sync()).failed] == ["bad.txt"]
    assert world.parser.paths == []
    report = await retry(world)
    assert ([row.path for row in report.failed], report.unchanged) == (["bad.txt"], 1)
    assert world.parser.paths == ["bad.txt"]
    assert (await world.records())["bad.txt"].attempt_count == 2


async def test_quarantined_file_that_can_be_read_by_now_is_indexed(world: World) -> None:
    world.write("bad.txt", "CORRUPT")
    await world.sync()
    # As if a program that the parser calls had been installed: neither the file nor a fingerprint changes.
    world.parser.parse = lambda data, *, path: ParsedDocument("rescued", "bad", "text/plain")
    assert ((await world.sync()).modified, world.texts("bad.txt")) == (0, [])
    assert ((await retry(world)).modified, world.texts("bad.txt")) == (1, ["rescued"])
    assert (await world.records())["bad.txt"].state is DocumentState.INDEXED


async def test_file_whose_label_is_not_known_stays_hidden_however_often_it_is_tried(world: World) -> None:
    world.write("people/.folio.yaml", "teir: restricted")
    world.write("people/a.txt", "pay")
    await world.sync()
    report = await retry(world)
    assert [row.path for row in report.failed] == ["people/a.txt"]
    assert world.index.points == {}

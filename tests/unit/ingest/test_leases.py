"""Two runs over the same folder: no document is worked on twice at once, and nobody waits for the dead."""

import asyncio
import os
import socket

import pytest

from core import ids
from core.documents import DocumentState
from core.errors import StoreBusyError
from ingest import leases
from ingest.leases import RunLeases
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.unit.ingest.world import World, source_of

LEASE_S = 30.0
DEAD_PID = 2**22 + 1
"""Above the highest that Linux gives out."""


def doc_id(world: World, path: str) -> str:
    return ids.doc_id(source_of(world).source_id, path)


@pytest.fixture
def timed(world: World) -> World:
    """A catalog whose leases end by the world's clock."""
    world.catalog = FakeCatalog(world.clock)
    return world


def run_leases(catalog: FakeCatalog, clock: FakeClock) -> RunLeases:
    return RunLeases(catalog, clock=clock, lease_s=LEASE_S)


async def hold(world: World, path: str, *, owner: str = "elsewhere/1/mark/run") -> None:
    await world.catalog.acquire([doc_id(world, path)], owner=owner, lease_s=LEASE_S)


async def test_two_runs_of_one_plan_index_every_document_once(world: World) -> None:
    for number in range(10):
        world.write(f"{number}.txt", f"text {number}")
    plan = await world.plan()
    first, second = await asyncio.gather(world.execute(plan), world.execute(plan))
    assert (first.added + second.added, first.unchanged + second.unchanged) == (10, 10)
    assert (first.failed, second.failed) == ((), ())
    assert {row.version for row in (await world.records()).values()} == {1}
    assert world.embedder.passage_count == 10
    assert world.catalog.leases == {}


async def test_two_runs_of_one_plan_delete_and_move_every_document_once(world: World) -> None:
    for name in ("gone.txt", "a.txt"):
        world.write(name, name)
    await world.sync()
    (world.folder / "gone.txt").unlink()
    (world.folder / "sub").mkdir()
    (world.folder / "a.txt").rename(world.folder / "sub" / "a.txt")
    plan = await world.plan()
    reports = await asyncio.gather(world.execute(plan), world.execute(plan))
    assert sum(report.moved for report in reports) == 1
    assert sum(report.deleted for report in reports) == 1
    assert [point.path for point in world.index.points.values()] == ["sub/a.txt"]
    assert all(report.failed == () for report in reports)


async def test_document_that_another_run_has_is_done_after_the_others(timed: World) -> None:
    await hold(timed, "a.txt")
    for name in ("a.txt", "b.txt"):
        timed.write(name, name)
    stepped = asyncio.Event()
    syncing = asyncio.create_task(timed.sync(on_progress=lambda _: stepped.set()))
    await stepped.wait()
    assert (timed.texts("a.txt"), timed.texts("b.txt")) == ([], ["b.txt"])
    timed.clock.advance(LEASE_S)
    report = await syncing
    assert (report.added, report.failed, timed.texts("a.txt")) == (2, (), ["a.txt"])


async def test_document_that_another_run_never_gives_up_is_reported(timed: World, monkeypatch) -> None:
    monkeypatch.setattr("ingest.execution.LONGEST_WAIT_S", 0.0)
    await hold(timed, "a.txt")
    timed.write("a.txt", "one")
    [failure] = (await timed.sync()).failed
    assert failure.path == "a.txt"
    assert "another run has been working on a.txt" in failure.reason
    assert await timed.records() == {}


async def test_what_another_run_finished_after_the_plan_is_left_as_it_is(world: World) -> None:
    world.write("a.txt", "one")
    plan = await world.plan()
    await world.sync()
    report = await world.execute(plan)
    assert (report.added, report.unchanged) == (0, 1)
    assert (await world.records())["a.txt"].version == 1


async def test_lease_of_a_dead_process_of_this_machine_is_taken_at_once(timed: World) -> None:
    await hold(timed, "a.txt", owner=f"{socket.gethostname()}/{DEAD_PID}/mark/run")
    timed.write("a.txt", "one")
    assert (await timed.sync()).added == 1


async def test_lease_of_a_former_process_with_our_number_is_taken_at_once(timed: World) -> None:
    await hold(timed, "a.txt", owner=f"{socket.gethostname()}/{os.getpid()}/former/run")
    timed.write("a.txt", "one")
    assert (await timed.sync()).added == 1


async def test_deletion_on_request_waits_for_the_run_that_has_the_document(timed: World) -> None:
    timed.write("a.txt", "one")
    await timed.sync()
    record = (await timed.records())["a.txt"]
    await hold(timed, "a.txt")
    deleting = asyncio.create_task(timed.engine.delete(record))
    await asyncio.sleep(0.05)
    assert timed.texts("a.txt") == ["one"]
    await timed.catalog.release([record.doc_id], owner="elsewhere/1/mark/run")
    assert (await deleting).state is DocumentState.DELETED


async def test_waiting_for_a_document_ends_with_an_error_that_says_what_to_do(monkeypatch) -> None:
    clock = FakeClock()
    monkeypatch.setattr(leases, "LONGEST_WAIT_S", 0.0)
    catalog = FakeCatalog(clock)
    await catalog.acquire(["d"], owner="elsewhere/1/mark/run", lease_s=LEASE_S)
    with pytest.raises(StoreBusyError, match="sync again when it has ended"):
        await run_leases(catalog, clock).wait_for("d")


async def test_all_of_several_documents_are_taken_or_none() -> None:
    clock = FakeClock()
    catalog = FakeCatalog(clock)
    one, other = run_leases(catalog, clock), run_leases(catalog, clock)
    assert await one.take("a")
    assert not await other.take("a", "b")
    assert set(catalog.leases) == {"a"}


async def test_held_leases_are_extended_while_the_run_goes_on() -> None:
    clock = FakeClock()
    catalog = FakeCatalog(clock)
    run = RunLeases(catalog, clock=clock, lease_s=0.03)
    extended = asyncio.Event()
    acquire = catalog.acquire

    async def watching(*args, **kwargs):
        taken = await acquire(*args, **kwargs)
        extended.set()
        return taken

    catalog.acquire = watching
    async with run.kept():
        await run.take("a")
        _, first_end = catalog.leases["a"]
        clock.advance(0.02)
        extended.clear()
        await extended.wait()
        assert catalog.leases["a"][1] > first_end
    assert catalog.leases == {}

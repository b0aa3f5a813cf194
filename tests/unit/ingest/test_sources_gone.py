"""The engine over folders that vanish, edits that times do not show, and names that are nearly the same."""

import os
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.unit.ingest.world import World

YEAR_2000 = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())


def unmount(world: World) -> None:
    """What is left of a mount point: an empty folder that is older than what was mounted there."""
    for file in world.folder.iterdir():
        file.unlink()
    os.utime(world.folder, (YEAR_2000, YEAR_2000))


async def test_an_unmounted_folder_deletes_nothing_and_is_told_apart(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    unmount(world)
    plan = await world.plan()
    assert (plan.deleted, plan.unreachable) == ((), plan.failures)
    report = await world.execute(plan)
    assert (report.deleted, len(report.failed)) == (0, 1)
    assert "folio ingest --allow-empty" in report.failed[0].reason
    assert world.texts("a.txt") == ["one"]


async def test_emptiness_that_is_confirmed_deletes(world: World) -> None:
    world.write("a.txt", "one")
    targets = (await world.plan()).targets
    await world.sync()
    unmount(world)
    report = await world.execute(await world.engine.plan(targets, allow_empty=True))
    assert (report.deleted, report.failed, world.texts("a.txt")) == (1, (), [])


async def test_a_folder_whose_last_file_was_deleted_is_simply_empty(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    (world.folder / "a.txt").unlink()
    report = await world.sync()
    assert (report.deleted, report.failed) == (1, ())


@pytest.mark.parametrize("shift_s", [0, -86_400, 86_400])
async def test_an_edit_of_the_same_size_is_seen_whatever_the_clock_says(world: World, shift_s: int) -> None:
    path = world.write("a.txt", "one")
    await world.sync()
    before = path.stat()
    world.write("a.txt", "two")
    os.utime(path, ns=(before.st_mtime_ns, before.st_mtime_ns + shift_s * 10**9))
    report = await world.sync()
    assert (report.modified, world.texts("a.txt")) == (1, ["two"])


async def test_a_file_that_was_read_at_rest_is_not_read_again(world: World) -> None:
    path = world.write("a.txt", "one")
    os.utime(path, (YEAR_2000, YEAR_2000))
    await world.sync()
    world.write("a.txt", "two")
    os.utime(path, (YEAR_2000, YEAR_2000))
    assert (await world.sync()).unchanged == 1, "size and time are the fast path"


async def test_a_doubtful_time_is_settled_by_the_next_look(world: World) -> None:
    path = world.write("a.txt", "one")
    await world.sync()
    assert (await world.records())["a.txt"].modified_ns != path.stat().st_mtime_ns
    os.utime(path, (YEAR_2000, YEAR_2000))
    await world.sync()
    assert (await world.records())["a.txt"].modified_ns == path.stat().st_mtime_ns


async def test_names_that_differ_in_case_or_unicode_form_are_documents_of_their_own(world: World) -> None:
    names = [
        *(unicodedata.normalize(form, "café.txt") for form in ("NFC", "NFD")),
        "Report.txt",
        "report.txt",
    ]
    for number, name in enumerate(names):
        world.write(name, f"words {number}")
    if len(list(world.folder.iterdir())) < len(names):
        pytest.skip("this file system takes such names for one")
    assert (await world.sync()).added == len(names)
    records = await world.records()
    assert (set(records), len({row.doc_id for row in records.values()})) == (set(names), len(names))
    assert [world.texts(name) for name in names] == [[f"words {number}"] for number in range(len(names))]
    (world.folder / names[1]).unlink()
    (world.folder / names[2]).unlink()
    assert (await world.sync()).deleted == 2
    assert (world.texts(names[0]), world.texts(names[3])) == (["words 0"], ["words 3"])


async def test_a_file_that_is_named_in_the_other_unicode_form_is_synced(world: World) -> None:
    composed, decomposed = (unicodedata.normalize(form, "café.txt") for form in ("NFC", "NFD"))
    world.write(composed, "one")
    await world.sync()
    world.write(composed, "two")
    await world.sync(world.folder / Path(decomposed))
    assert (world.texts(composed), set(await world.records())) == (["two"], {composed})

"""Syncs of a part of a source: by name, by folder, by bucket. What is outside is neither looked at nor deleted."""

from dataclasses import replace

import pytest

from core.documents import DocumentState
from core.runs import IngestReport
from ingest.sources.targets import SyncTarget, in_bucket
from tests.unit.ingest.world import World, source_of

NAMES = [f"{number}.txt" for number in range(12)]
COUNT = 3


@pytest.fixture
async def indexed(world: World) -> World:
    for name in NAMES:
        world.write(name, f"text of {name}")
    assert (await world.sync()).added == len(NAMES)
    return world


def bucket_of(world: World, name: str) -> int:
    target = SyncTarget(source_of(world))
    return next(index for index in range(COUNT) if replace(target, bucket=(index, COUNT)).covers(name))


def name_outside(world: World, index: int) -> str:
    """A name in another bucket. Ids hang on where the test runs, so it has to be looked for."""
    names = (f"other-{number}.txt" for number in range(1000))
    return next(name for name in names if bucket_of(world, name) != index)


async def sync_bucket(world: World, index: int) -> IngestReport:
    known = await world.catalog.sources("default")
    source = known[0] if known else source_of(world)
    plan = await world.engine.plan([SyncTarget(source, bucket=(index, COUNT))])
    return await world.execute(plan)


async def searchable(world: World) -> list[str]:
    records = await world.records()
    return sorted(path for path, row in records.items() if row.state is DocumentState.INDEXED)


def test_every_document_is_in_exactly_one_bucket() -> None:
    ids = [f"{number:032x}" for number in range(0, 10_000, 7)]
    for doc_id in ids:
        assert sum(in_bucket(doc_id, (index, 5)) for index in range(5)) == 1


async def test_all_buckets_together_index_everything_once(world: World) -> None:
    for name in NAMES:
        world.write(name, f"text of {name}")
    reports = [await sync_bucket(world, index) for index in range(COUNT)]
    assert sum(report.added for report in reports) == len(NAMES)
    assert (await world.sync()).unchanged == len(NAMES)


async def test_bucket_deletes_and_changes_only_what_is_in_it(indexed: World) -> None:
    gone, edited = NAMES[0], name_outside(indexed, bucket_of(indexed, NAMES[0]))
    indexed.write(edited, f"text of {edited}")
    await indexed.sync()
    (indexed.folder / gone).unlink()
    indexed.write(edited, "another text")
    report = await sync_bucket(indexed, bucket_of(indexed, gone))
    assert (report.deleted, report.modified) == (1, 0)
    assert await searchable(indexed) == sorted({*NAMES, edited} - {gone})
    assert indexed.texts(edited) == [f"text of {edited}"]
    report = await sync_bucket(indexed, bucket_of(indexed, edited))
    assert (report.deleted, report.modified, indexed.texts(edited)) == (0, 1, ["another text"])


@pytest.mark.parametrize("order", [range(COUNT), reversed(range(COUNT))], ids=["forwards", "backwards"])
async def test_file_that_moves_to_another_bucket_is_deleted_there_and_added_here(
    indexed: World, order
) -> None:
    before = NAMES[0]
    after = name_outside(indexed, bucket_of(indexed, before))
    (indexed.folder / before).rename(indexed.folder / after)
    reports = [await sync_bucket(indexed, index) for index in order]
    assert [sum(getattr(row, kind) for row in reports) for kind in ("moved", "added", "deleted")] == [0, 1, 1]
    assert await searchable(indexed) == sorted({*NAMES, after} - {before})
    assert indexed.texts(after) == [f"text of {before}"]
    assert (await indexed.sync()).unchanged == len(NAMES)


async def test_file_that_moves_within_a_bucket_is_carried_over(indexed: World) -> None:
    index = bucket_of(indexed, NAMES[0])
    after = next(
        name
        for name in (f"sub{number}/{NAMES[0]}" for number in range(1000))
        if bucket_of(indexed, name) == index
    )
    (indexed.folder / after).parent.mkdir()
    (indexed.folder / NAMES[0]).rename(indexed.folder / after)
    assert (await sync_bucket(indexed, index)).moved == 1


async def test_source_that_has_vanished_deletes_nothing_and_fails_in_every_bucket(indexed: World) -> None:
    indexed.folder.rename(indexed.folder.with_name("elsewhere"))
    reports = [await sync_bucket(indexed, index) for index in range(COUNT)]
    assert [(report.deleted, bool(report.failed)) for report in reports] == [(0, True)] * COUNT
    assert await searchable(indexed) == sorted(NAMES)


async def test_failure_that_hides_no_document_is_one_buckets(indexed: World) -> None:
    (indexed.folder / "dangling.txt").symlink_to(indexed.folder / "nowhere.txt")
    reports = [await sync_bucket(indexed, index) for index in range(COUNT)]
    assert sorted(len(report.failed) for report in reports) == [0] * (COUNT - 1) + [1]


async def test_sync_of_named_files_asks_for_their_records_only(indexed: World) -> None:
    indexed.write(NAMES[3], "another text")
    report = await indexed.sync(indexed.folder / NAMES[3], indexed.folder / NAMES[4])
    assert (report.modified, report.unchanged, report.deleted) == (1, 1, 0)
    assert indexed.catalog.asked_paths == 2
    assert await searchable(indexed) == sorted(NAMES)


async def test_named_file_that_is_gone_is_deleted(indexed: World) -> None:
    (indexed.folder / NAMES[3]).unlink()
    plan = await indexed.engine.plan([SyncTarget(source_of(indexed), (NAMES[3],))])
    report = await indexed.execute(plan)
    assert (report.deleted, report.unchanged) == (1, 0)
    assert NAMES[3] not in await searchable(indexed)


async def test_named_folder_is_compared_as_a_whole(indexed: World) -> None:
    for name in ("sub/a.txt", "sub/b.txt", "subs/c.txt"):
        indexed.write(name, name)
    await indexed.sync()
    (indexed.folder / "sub/a.txt").unlink()
    (indexed.folder / "subs/c.txt").unlink()
    report = await indexed.sync(indexed.folder / "sub")
    assert (report.deleted, report.unchanged) == (1, 1)
    assert await searchable(indexed) == sorted([*NAMES, "sub/b.txt", "subs/c.txt"])


async def test_part_and_bucket_narrow_each_other(indexed: World) -> None:
    index = bucket_of(indexed, NAMES[0])
    inside = [name for name in NAMES[:6] if bucket_of(indexed, name) == index]
    target = SyncTarget(source_of(indexed), tuple(NAMES[:6]), (index, COUNT))
    plan = await indexed.engine.plan([target])
    assert plan.unchanged_count == len(inside)

"""A file at another path: what is stored of it is carried over where that is exact, and only there."""

from pathlib import Path

import pytest

from core.access import Tier
from core.documents import DocumentState
from core.errors import TransientError
from tests.fakes.parser import FakeParser
from tests.unit.ingest.world import World

TEXT = "one\n\ntwo\n\nthree"


class HeadingParser(FakeParser):
    """The title is the first line, whatever the file is called."""

    def parse(self, data: bytes, *, path: str):
        return FakeParser.parse(self, data, path=path.replace(Path(path).stem, "Heading"))


def move(world: World, before: str, after: str) -> None:
    target = world.folder / after
    target.parent.mkdir(parents=True, exist_ok=True)
    (world.folder / before).rename(target)


def embedded_and_parsed(world: World) -> tuple[int, list[str]]:
    return world.embedder.passage_count, world.parser.paths


async def moved(world: World, before: str, after: str) -> None:
    """Index a file, move it, sync again; work is counted from the move on."""
    world.write(before, TEXT)
    await world.sync()
    move(world, before, after)
    world.embedder.passage_count = 0
    world.parser.paths.clear()
    report = await world.sync()
    assert (report.moved, report.added, report.deleted, report.failed) == (1, 0, 0, ())
    assert (world.texts(before), world.texts(after)) == ([], ["one", "two", "three"])
    assert {point.path for point in world.index.points.values()} == {after}
    states = {path: row.state for path, row in (await world.records()).items()}
    assert states == {before: DocumentState.DELETED, after: DocumentState.INDEXED}
    assert list(world.artifacts.texts.values()) == [TEXT]
    assert (await world.sync()).unchanged == 1


async def test_file_in_another_folder_is_carried_over_without_work(world: World) -> None:
    await moved(world, "a.txt", "sub/a.txt")
    assert embedded_and_parsed(world) == (0, [])


async def test_renamed_file_with_a_title_of_its_own_is_carried_over_without_work(world: World) -> None:
    world.parser = HeadingParser()
    await moved(world, "a.txt", "b.txt")
    assert embedded_and_parsed(world) == (0, [])
    assert {point.title for point in world.index.points.values()} == {"Heading"}


async def test_renamed_file_whose_name_is_its_title_is_embedded_with_the_new_one(world: World) -> None:
    await moved(world, "a.txt", "b.txt")
    assert embedded_and_parsed(world) == (3, ["b.txt"])
    assert {point.title for point in world.index.points.values()} == {"b"}


async def test_other_suffix_is_parsed_again_and_reuses_the_vectors(world: World) -> None:
    await moved(world, "a.txt", "a.log")
    assert embedded_and_parsed(world) == (0, ["a.log"])


async def test_moved_document_takes_the_label_of_its_new_folder(world: World) -> None:
    world.write("board/.folio.yaml", "tier: restricted")
    await moved(world, "a.txt", "board/a.txt")
    assert {point.access.tier for point in world.index.points.values()} == {Tier.RESTRICTED}
    assert (await world.records())["board/a.txt"].access.tier is Tier.RESTRICTED


async def test_move_is_the_same_index_as_a_fresh_one(world: World, tmp_path: Path) -> None:
    await moved(world, "a.txt", "sub/a.txt")
    carried = {(p.ordinal, p.text, p.dense, p.sparse, p.title) for p in world.index.points.values()}
    fresh = World(world.folder, world.settings)
    await fresh.sync()
    assert carried == {(p.ordinal, p.text, p.dense, p.sparse, p.title) for p in fresh.index.points.values()}


async def test_equal_files_pair_by_name_first_and_then_in_order(world: World) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        world.write(name, TEXT)
    await world.sync()
    for before, after in (("a.txt", "z/1.txt"), ("b.txt", "y/2.txt"), ("c.txt", "x/a.txt")):
        move(world, before, after)
    plan = await world.plan()
    assert (plan.added, plan.deleted) == ((), ())
    pairs = {row.candidate.path: row.moved_from.path for row in plan.moved if row.moved_from}
    assert pairs == {"x/a.txt": "a.txt", "y/2.txt": "b.txt", "z/1.txt": "c.txt"}


async def test_second_copy_is_new_and_not_a_move(world: World) -> None:
    world.write("a.txt", TEXT)
    await world.sync()
    move(world, "a.txt", "sub/a.txt")
    world.write("sub/copy.txt", TEXT)
    report = await world.sync()
    assert (report.moved, report.added, report.deleted) == (1, 1, 0)
    assert world.texts("sub/copy.txt") == ["one", "two", "three"]


async def test_move_between_sources_of_one_sync(world: World) -> None:
    other = world.folder.with_name("other")
    other.mkdir()
    world.write("a.txt", TEXT)
    world.write("stays.txt", "stays")
    (other / "b.txt").write_text("other")
    await world.sync(world.folder, other)
    (world.folder / "a.txt").rename(other / "a.txt")
    world.embedder.passage_count = 0
    report = await world.sync(world.folder, other)
    assert (report.moved, report.unchanged, world.embedder.passage_count) == (1, 2, 0)
    assert len({point.source_id for point in world.index.points.values()}) == 2
    assert world.texts("a.txt") == ["one", "two", "three"]


async def test_edited_and_moved_file_is_new(world: World) -> None:
    world.write("a.txt", TEXT)
    await world.sync()
    (world.folder / "a.txt").unlink()
    world.write("sub/a.txt", TEXT.replace("two", "six"))
    report = await world.sync()
    assert (report.moved, report.added, report.deleted) == (0, 1, 1)


async def test_new_path_is_searchable_before_the_old_one_goes(world: World) -> None:
    world.write("a.txt", TEXT)
    await world.sync()
    move(world, "a.txt", "sub/a.txt")
    seen: list[tuple[int, int]] = []
    delete = world.index.delete_document

    async def watching(doc_id: str) -> int:
        seen.append((len(world.texts("a.txt")), len(world.texts("sub/a.txt"))))
        return await delete(doc_id)

    world.index.delete_document = watching
    await world.sync()
    assert seen == [(3, 3)]


@pytest.mark.parametrize("method", ["write", "activate", "delete_document"])
async def test_move_that_fails_is_completed_by_the_next_sync(world: World, method: str) -> None:
    world.write("a.txt", TEXT)
    await world.sync()
    move(world, "a.txt", "sub/a.txt")

    async def failing(*args, **kwargs):
        raise TransientError("not now")

    setattr(world.index, method, failing)
    assert [row.reason for row in (await world.sync()).failed] == ["not now"]
    delattr(world.index, method)
    assert (await world.sync()).failed == ()
    assert {point.path for point in world.index.points.values()} == {"sub/a.txt"}
    assert world.texts("sub/a.txt") == ["one", "two", "three"]
    assert list(world.artifacts.texts.values()) == [TEXT]

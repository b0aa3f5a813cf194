"""Versions of a document only ever go up: whoever has seen one must never meet an older text under a newer number."""

from tests.unit.ingest.world import World


async def test_a_file_that_comes_back_goes_on_with_its_versions(world: World) -> None:
    for text in ("first", "second"):
        world.write("a.txt", text)
        await world.sync()
    (world.folder / "a.txt").unlink()
    await world.sync()
    world.write("a.txt", "third")
    report = await world.sync()
    record = (await world.records())["a.txt"]
    assert (report.added, record.version, record.attempt_count) == (1, 3, 1)
    assert world.texts("a.txt") == ["third"]

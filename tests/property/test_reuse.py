"""Whatever happens to the files: after a sync the index is that of a fresh start, however little was computed for it."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from core.access import Tier
from core.documents import DocumentState
from tests.unit.ingest.world import World
from tests.unit.ingest.world import settings as world_settings

PATHS = ["a.txt", "b.txt", "a.log", "sub/a.txt", "board/a.txt", "board/c.txt"]
paragraphs = st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=4)
folders = st.dictionaries(st.sampled_from(PATHS), paragraphs.map("\n\n".join), max_size=4)


def lay_out(world: World, files: dict[str, str]) -> None:
    """Make the folder hold exactly these files; those that stay as they are keep their times."""
    for path in PATHS:
        if path not in files:
            (world.folder / path).unlink(missing_ok=True)
        elif not (world.folder / path).exists() or (world.folder / path).read_text() != files[path]:
            world.write(path, files[path])


def searchable(world: World) -> set[tuple[object, ...]]:
    """All that a reader can find: where it stands, what it says, who may read it."""
    return {
        (p.doc_id, p.path, p.ordinal, p.start, p.text, p.title, p.dense, p.access, p.source_id)
        for p in world.index.points.values()
        if p.active
    }


async def fresh(world: World) -> World:
    other = World(world.folder, world.settings)
    await other.sync()
    return other


async def check(folder: Path, states: list[dict[str, str]]) -> None:
    world = World(folder / "docs", world_settings(folder / "home"))
    world.write("board/.folio.yaml", "tier: restricted")
    for files in states:
        lay_out(world, files)
        report = await world.sync()
        assert report.failed == ()
        expected = await fresh(world)
        assert searchable(world) == searchable(expected)
        assert all(point.active for point in world.index.points.values())
        assert world.artifacts.texts == expected.artifacts.texts
        states_now = {path: row.state for path, row in (await world.records()).items()}
        indexed = {path for path, state in states_now.items() if state is DocumentState.INDEXED}
        assert indexed == set(files)
        board = {p.access.tier for p in world.index.points.values() if p.path.startswith("board/")}
        assert board <= {Tier.RESTRICTED}
        assert (await world.plan()).work_count == 0
        assert world.catalog.leases == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(folders, min_size=2, max_size=4))
def test_index_after_every_sync_is_that_of_a_fresh_start(states: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder), states))

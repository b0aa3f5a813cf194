"""A crash right before or right after any single write: readers see whole versions, and the next sync repairs the rest."""

import itertools
from typing import Any

import pytest

from core.documents import DocumentState
from tests.unit.ingest.world import World

OLD, NEW = ["old one", "old two"], ["new one", "new two", "new three"]
WRITES = {
    "catalog": ("save",),
    "index": ("write", "activate", "delete_document"),
    "artifacts": ("put", "delete"),
    "vault": ("remember", "retire"),
    "graph": ("replace", "remove"),
}


class Crash(BaseException):
    """Nothing in the code may catch it."""


class Countdown:
    """Crashes at the n-th write, before it happens or after it has happened."""

    def __init__(self, count: int, *, after: bool) -> None:
        self.left = count
        self.after = after

    def around(self, method: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Crash
            result = await method(*args, **kwargs)
            if self.left == 0:
                raise Crash
            return result

        return call


async def crash_during_sync(world: World, countdown: Countdown) -> bool:
    """Sync with the countdown around every write; whether it crashed. The stores are whole afterwards."""
    for name, methods in WRITES.items():
        for method in methods:
            store = getattr(world, name)
            setattr(store, method, countdown.around(getattr(store, method)))
    try:
        await world.sync()
    except Crash:
        return True
    finally:
        for name, methods in WRITES.items():
            for method in methods:
                delattr(getattr(world, name), method)
    return False


@pytest.mark.parametrize("after", [False, True])
async def test_crash_at_any_write_is_repaired_by_the_next_sync(world: World, after: bool) -> None:
    for count in itertools.count(1):
        world.write("changed.txt", "\n\n".join(OLD))
        world.write("gone.txt", "gone")
        world.write("moved.txt", "moved")
        (world.folder / "fresh.txt").unlink(missing_ok=True)
        (world.folder / "sub" / "moved.txt").unlink(missing_ok=True)
        await world.sync()
        world.write("changed.txt", "\n\n".join(NEW))
        world.write("fresh.txt", "fresh")
        (world.folder / "gone.txt").unlink()
        (world.folder / "sub").mkdir(exist_ok=True)
        (world.folder / "moved.txt").rename(world.folder / "sub" / "moved.txt")

        crashed = await crash_during_sync(world, Countdown(count, after=after))
        assert world.texts("changed.txt") in (OLD, NEW)
        assert world.texts("fresh.txt") in ([], ["fresh"])
        assert "moved" in world.texts("moved.txt") + world.texts("sub/moved.txt")

        report = await world.sync()
        assert report.failed == ()
        assert world.texts("changed.txt") == NEW
        assert sorted(point.text for point in world.index.points.values()) == sorted([*NEW, "fresh", "moved"])
        assert sorted(world.artifacts.texts.values()) == sorted(["\n\n".join(NEW), "fresh", "moved"])
        assert all(point.active for point in world.index.points.values())
        states = {path: row.state for path, row in (await world.records()).items()}
        assert states == {
            "changed.txt": DocumentState.INDEXED,
            "fresh.txt": DocumentState.INDEXED,
            "gone.txt": DocumentState.DELETED,
            "moved.txt": DocumentState.DELETED,
            "sub/moved.txt": DocumentState.INDEXED,
        }
        if not crashed:
            break
    assert count > 18, "fewer writes than the sync is known to make: the countdown misses some"

"""Whatever is damaged: after a repair nothing is found, and readers see what a fresh index would show."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core import ids
from core.documents import DocumentState
from core.errors import TransientError
from folio.reconciling import reconcile
from ingest.plan import SyncPlan
from ingest.reconcile.findings import Finding
from ingest.reconcile.reconciler import ReconcileParts, Reconciler, ReconcileReport
from tests.contract.chunk_points import chunk
from tests.fakes.catalog import FakeCatalog
from tests.unit.ingest.world import World
from tests.unit.ingest.world import settings as world_settings

FILES = {"a.txt": "one\n\ntwo\n\nthree", "b.txt": "four\n\nfive", "c.txt": "six"}
HOUR_S = 3600.0


class Sources:
    """All registered sources of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def plan(self) -> SyncPlan:
        return await self.world.plan()

    async def execute(self, plan: SyncPlan, **options: Any) -> Any:
        return await self.world.execute(plan, **options)


def create_world(folder: Path) -> World:
    docs = folder / "docs"
    docs.mkdir(parents=True)
    world = World(docs, world_settings(folder / "home"))
    world.catalog = FakeCatalog(world.clock)
    for name, text in FILES.items():
        world.write(name, text)
    return world


async def run(world: World, *, repair: bool) -> ReconcileReport:
    parts = ReconcileParts(
        inspector=world.index,
        index=world.index,
        documents=world.catalog,
        leases=world.catalog,
        artifacts=world.artifacts,
        clock=world.clock,
        tenant="default",
        stuck_after_s=HOUR_S,
        lease_s=60.0,
    )
    return await reconcile(Reconciler(parts), Sources(world), repair=repair)


async def lose_points(world: World, path: str, number: int) -> None:
    mine = [point_id for point_id, point in sorted(world.index.points.items()) if point.path == path]
    for point_id in mine[: number + 1]:
        del world.index.points[point_id]


async def hide_points(world: World, path: str, number: int) -> None:
    for point_id, point in list(world.index.points.items()):
        if point.path == path and point.ordinal <= number:
            world.index.points[point_id] = replace(point, active=False)


async def leave_points(world: World, path: str, number: int) -> None:
    """What a run that was killed left: inactive points of the next version."""
    record = (await world.records())[path]
    await world.index.write(
        [
            chunk(
                record.doc_id, path=path, version=record.version + 1, ordinal=n, dense=(1.0,), active=n == 2
            )
            for n in range(number + 1)
        ]
    )


async def leave_orphans(world: World, path: str, number: int) -> None:
    await world.index.write([chunk(f"orphan-{path}", ordinal=n, active=n > 0) for n in range(number + 1)])


async def lose_text(world: World, path: str, number: int) -> None:
    world.artifacts.texts.pop(ids.text_key(FILES[path]), None)


async def leave_text(world: World, path: str, number: int) -> None:
    await world.artifacts.put(f"left {path} {number}")


async def leave_unfinished(world: World, path: str, number: int) -> None:
    state = DocumentState.INDEXING if number else DocumentState.DELETING
    # Both are recorded without the reason of an earlier failure; one that deletes with a reason was asked to.
    await world.amend(path, state=state, reason=None)


async def forget_document(world: World, path: str, number: int) -> None:
    """The catalog says deleted, as if by a sync; points and text are still there."""
    key = ids.text_key(FILES[path])
    emptied = {"artifact_key": None, "retired_keys": (key,), "chunk_count": 0, "content_hash": None}
    await world.amend(path, state=DocumentState.DELETED, **emptied)


async def break_file(world: World, path: str, number: int) -> None:
    """An edit that cannot be indexed: the version before stays searchable."""
    world.write(path, f"edited {number}")
    works, world.index.activate = world.index.activate, _refused
    with suppress(TransientError):
        await world.sync()
    world.index.activate = works


async def _refused(doc_id: str, *, version: int, chunk_count: int) -> None:
    raise TransientError("not all points are stored")


async def remove_file(world: World, path: str, number: int) -> None:
    (world.folder / path).unlink(missing_ok=True)


Damage = Callable[[World, str, int], Any]
DAMAGES: list[Damage] = [
    lose_points, hide_points, leave_points, leave_orphans, lose_text, leave_text, leave_unfinished,
    forget_document, break_file, remove_file,
]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(DAMAGES), st.sampled_from(sorted(FILES)), st.integers(0, 3)), max_size=6
    )
)
@settings(max_examples=60, deadline=None)
def test_after_a_repair_nothing_is_found(damages: list[tuple[Damage, str, int]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_damage_and_repair(Path(folder), damages))


async def _damage_and_repair(folder: Path, damages: list[tuple[Damage, str, int]]) -> None:
    world = create_world(folder)
    await world.sync()
    for damage, path, number in damages:
        await damage(world, path, number)
    world.clock.advance(2 * HOUR_S)

    before = await run(world, repair=False)
    repaired = await run(world, repair=True)
    assert repaired.findings == before.findings
    assert repaired.remaining == ()
    assert (await run(world, repair=False)).findings == ()
    assert _readable(world) == {file.name: file.read_text() for file in world.folder.iterdir()}
    assert sorted(world.artifacts.texts.values()) == sorted(set(_readable(world).values()))
    assert all(point.active for point in world.index.points.values())


def _readable(world: World) -> dict[str, str]:
    paths = {point.path for point in world.index.points.values()}
    return {path: "\n\n".join(world.texts(path)) for path in paths}


async def test_a_dry_run_changes_nothing(tmp_path: Path) -> None:
    world = create_world(tmp_path)
    await world.sync()
    await lose_points(world, "a.txt", 1)
    await leave_orphans(world, "b.txt", 1)
    points, records = dict(world.index.points), await world.records()
    report = await run(world, repair=False)
    assert [finding.problem for finding in report.findings] == ["missing_points", "orphan_points"]
    assert report.remaining == report.findings
    assert (world.index.points, await world.records()) == (points, records)


async def test_what_another_run_is_working_on_is_left_alone(tmp_path: Path) -> None:
    world = create_world(tmp_path)
    await world.sync()
    await lose_points(world, "a.txt", 0)
    doc_id = (await world.records())["a.txt"].doc_id
    await world.catalog.acquire([doc_id], owner="another-host/1/mark/run", lease_s=60.0)
    report = await run(world, repair=True)
    assert [finding.subject for finding in report.remaining] == [doc_id]
    assert len(world.texts("a.txt")) == 2


async def test_a_document_that_changed_meanwhile_is_no_finding(tmp_path: Path) -> None:
    world = create_world(tmp_path)
    await world.sync()
    census = world.index.census

    async def census_during_a_sync() -> Any:
        groups = await census()
        world.write("a.txt", "edited")
        world.clock.advance(1)
        await world.sync()
        return [group for group in groups if group.doc_id != doc_id]

    doc_id = (await world.records())["a.txt"].doc_id
    world.index.census = census_during_a_sync
    assert (await run(world, repair=False)).findings == ()


async def test_the_sources_are_one_finding_however_much_has_changed(tmp_path: Path) -> None:
    world = create_world(tmp_path)
    await world.sync()
    world.write("d.txt", "seven")
    (world.folder / "a.txt").unlink()
    (finding,) = (await run(world, repair=False)).findings
    assert isinstance(finding, Finding)
    assert (finding.problem, finding.repair) == ("not_synced", "sync")
    assert finding.detail == "1 files to add, 0 to modify, 0 to move, 1 to delete, 0 to refuse"

"""The ingest engine over the real catalog and the real embedded store."""

from pathlib import Path

from core.config import Settings
from core.documents import DocumentState
from core.filters import All, Equals, Not
from tests.e2e.ingest_writer import RealWorld, real_world

ACTIVE = Equals("active", value=True)


def docs(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.txt").write_text(text)
    return folder


async def counts(world: RealWorld) -> tuple[int, int]:
    """Active and inactive points."""
    return await world.index.count(ACTIVE), await world.index.count(Not(ACTIVE))


async def test_added_modified_deleted_and_unchanged_files_reach_the_stores(tmp_path: Path) -> None:
    folder = docs(tmp_path, a="one\n\ntwo", b="three", c="four", d="CORRUPT")
    async with real_world(Settings(_env_file=None, home=tmp_path / "home")) as world:
        first = await world.sync(folder)
        assert (first.added, len(first.failed), await counts(world)) == (3, 1, (4, 0))
        docs(tmp_path, a="one alone now", e="five")
        (folder / "b.txt").unlink()
        second = await world.sync(folder)
        assert (second.added, second.modified, second.deleted, second.unchanged) == (1, 1, 1, 1)
        assert await counts(world) == (3, 0)
        assert await world.catalog.state_counts("default") == {
            DocumentState.INDEXED: 3,
            DocumentState.QUARANTINED: 1,
            DocumentState.DELETED: 1,
        }
        third = await world.sync(folder)
        assert (third.unchanged, third.chunk_count, len(third.failed)) == (3, 0, 1)


async def test_everything_is_there_after_reopening(tmp_path: Path) -> None:
    folder = docs(tmp_path, a="one")
    settings = Settings(_env_file=None, home=tmp_path / "home")
    async with real_world(settings) as world:
        await world.sync(folder)
    async with real_world(settings) as world:
        assert (await world.sync(folder)).unchanged == 1
        [record] = await world.catalog.page("default", limit=10)
        assert record.artifact_key is not None
        assert await world.artifacts.get(record.artifact_key) == "one"
        assert await world.index.count(All((Equals("doc_id", record.doc_id), ACTIVE))) == 1


async def test_document_removed_on_request_leaves_no_point(tmp_path: Path) -> None:
    folder = docs(tmp_path, a="one", b="two")
    async with real_world(Settings(_env_file=None, home=tmp_path / "home")) as world:
        await world.sync(folder)
        first = next(row for row in await world.catalog.page("default", limit=10) if row.path == "a.txt")
        await world.engine.delete(first)
        assert await world.index.count(Equals("doc_id", first.doc_id)) == 0
        report = await world.sync(folder)
        assert (report.unchanged, await counts(world)) == (2, (1, 0))

"""An ingest killed for real, again and again: the next sync indexes everything once and leaves no stray point."""

import subprocess
import sys
from pathlib import Path

from core.config import child_environment, load_settings
from core.documents import DocumentState
from core.filters import Equals, Not
from tests.e2e.ingest_writer import real_world
from tests.fakes.store_process import StoreProcess

_ROOT = Path(__file__).parents[2]
FILE_COUNT = 40
ACTIVE = Equals("active", value=True)


def write_files(folder: Path, edition: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(FILE_COUNT):
        paragraphs = [f"{edition} File{number} paragraph {row}" for row in range(1 + number % 7)]
        (folder / f"{number:02d}.txt").write_text("\n\n".join(paragraphs))


def ingest_until_killed(home: Path, folder: Path, *, after_count: int) -> int:
    """Run the ingest in a process of its own; kill it when so many files are finished. The number it had finished."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.ingest_writer", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        env=child_environment(load_settings(home=home)),
    )
    with process:
        finished = 0
        for _ in process.stdout:
            finished += 1
            if finished == after_count:
                process.kill()
    return finished


async def test_killed_ingest_is_completed_by_the_next_sync(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "docs"
    write_files(folder, "first")
    store = StoreProcess(home / "vectors")
    try:
        for after_count in (1, 12):
            assert ingest_until_killed(home, folder, after_count=after_count) >= after_count
        async with real_world(load_settings(home=home)) as world:
            await world.sync(folder)
        write_files(folder, "second and longer")
        ingest_until_killed(home, folder, after_count=10)
        async with real_world(load_settings(home=home)) as world:
            report = await world.sync(folder)
            assert report.failed == ()
            records = await world.catalog.page("default", limit=1000)
            assert {row.state for row in records} == {DocumentState.INDEXED}
            assert len(records) == FILE_COUNT
            for record in records:
                assert await world.index.count(Equals("doc_id", record.doc_id)) == record.chunk_count
                assert record.artifact_key is not None
                assert (await world.artifacts.get(record.artifact_key)).startswith("second")
            graph = {row.doc_id: row async for row in world.catalog.graph.load("default")}
            assert {row.doc_id: row.version for row in records} == await world.catalog.graph.kept("default")
            for record in records:
                number = int(Path(record.path).stem)
                assert {row.subject for row in graph[record.doc_id].rows} == {f"file{number}"}
                assert len(graph[record.doc_id].rows) == record.chunk_count
            assert await world.index.count(ACTIVE) == sum(row.chunk_count for row in records)
            assert await world.index.count(Not(ACTIVE)) == 0
            assert (await world.sync(folder)).unchanged == FILE_COUNT
    finally:
        store.terminate()

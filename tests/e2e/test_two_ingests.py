"""Two processes that ingest the same folder at the same moment: every document is indexed once, and neither fails."""

import asyncio
import sys
from pathlib import Path

from core.config import child_environment, load_settings
from core.documents import DocumentState
from core.filters import Equals, Not
from tests.e2e.ingest_writer import real_world
from tests.e2e.test_ingest_kill import FILE_COUNT, write_files
from tests.fakes.store_process import StoreProcess

_ROOT = Path(__file__).parents[2]
ACTIVE = Equals("active", value=True)


async def ingest(home: Path, folder: Path) -> list[str]:
    """The files that a process of its own went through."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.e2e.ingest_writer", str(folder)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=_ROOT,
        env=child_environment(load_settings(home=home)),
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode().split()


async def test_two_processes_over_one_folder_index_every_document_once(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "docs"
    store = StoreProcess(home / "vectors")
    try:
        write_files(folder, "first")
        await asyncio.gather(ingest(home, folder), ingest(home, folder))
        async with real_world(load_settings(home=home)) as world:
            records = await world.catalog.page("default", limit=1000)
            assert len(records) == FILE_COUNT
            assert {(row.state, row.version, row.attempt_count) for row in records} == {
                (DocumentState.INDEXED, 1, 1)
            }
            assert await world.index.count(ACTIVE) == sum(row.chunk_count for row in records)
            assert await world.index.count(Not(ACTIVE)) == 0
            assert await world.catalog.owners() == set()
    finally:
        store.terminate()

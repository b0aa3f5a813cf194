"""The API and an ingest run, as two processes over one store process, reading and writing at once."""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import load_settings
from core.documents import DocumentState
from folio import KnowledgeBase
from tests.fakes.store_process import StoreProcess

FILE_COUNT = 16


def write_files(folder: Path, *, word: str) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(FILE_COUNT):
        (folder / f"note-{number}.md").write_text(
            f"# Note {number}\n\nMachine {number} stands in hall {word}.\n"
        )


async def ingest(home: Path, folder: Path) -> None:
    environment = {**os.environ, "FOLIO_HOME": str(home), "FOLIO_REDACTION__POLICY": "off"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "folio.cli.main", "ingest", str(folder), "--json"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


@pytest.fixture
def store(home: Path) -> Iterator[StoreProcess]:
    process = StoreProcess(home / "vectors")
    yield process
    process.terminate()


@pytest.mark.usefixtures("store")
async def test_an_ingest_and_a_service_share_the_store_without_an_error(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    write_files(folder, word="north")
    settings = load_settings(home=home, redaction={"policy": "off"})
    async with KnowledgeBase(settings) as service:
        await ingest(home, folder)
        write_files(folder, word="south")
        running = asyncio.create_task(ingest(home, folder))
        reads = uploads = 0
        while not running.done():
            hits = (await service.search("Which machine stands in the hall?", limit=FILE_COUNT)).hits
            # Old or new, never both. Uploads may take places here, so absence is looked for at the end.
            places = [hit.path for hit in hits if hit.path.startswith("note-")]
            assert len(places) == len(set(places))
            reads += 1
            if uploads < 5:
                record = await service.upload(f"memo-{uploads}.txt", b"The memo speaks of a crane.")
                assert record.state is DocumentState.INDEXED
                uploads += 1
        await running
        hits = (await service.search("Which machine stands in the hall?", limit=FILE_COUNT * 2)).hits

    notes = [hit.text for hit in hits if hit.path.startswith("note-")]
    assert reads > 5
    assert len(notes) == FILE_COUNT
    assert all("south" in text for text in notes)

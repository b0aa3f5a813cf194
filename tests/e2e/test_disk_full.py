"""A disk that fills up: a clear error, nothing half-done, and the next sync converges."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings, child_environment, load_settings
from core.documents import DocumentState
from core.errors import DiskFullError
from core.filters import Equals, Not
from folio import uploads
from tests.e2e.ingest_writer import real_world

MEGABYTE = 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700m", "tmpfs", place], check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def fill(disk: Path, *, left_bytes: int) -> Path:
    """A file that leaves this much of the disk."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - left_bytes)
    return ballast


def write(folder: Path, *numbers: int) -> Path:
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number}.txt").write_text("\n\n".join(f"words {number} {line}" for line in range(40)))
    return folder


def ingest(home: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a process of its own: a write to a mapped file on a full disk would kill it."""
    return subprocess.run(
        [sys.executable, "-m", "tests.e2e.ingest_writer", folder],
        env=child_environment(load_settings(home=home)),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("left_bytes", [64 * 1024, 8 * MEGABYTE, 130 * MEGABYTE, 162 * MEGABYTE])
async def test_a_full_disk_ends_the_sync_and_the_next_one_converges(
    disk: Path, tmp_path: Path, left_bytes: int
) -> None:
    home, folder = disk / "home", write(tmp_path / "docs", 0)
    assert ingest(home, folder).returncode == 0
    ballast = fill(disk, left_bytes=left_bytes)
    write(folder, *range(1, 25))
    full = ingest(home, folder)
    assert full.returncode in {0, 1}, "killed"
    assert (full.returncode == 0) or ("DiskFullError" in full.stderr and "space" in full.stderr)
    ballast.unlink()
    settings = Settings(_env_file=None, home=home)
    async with real_world(settings) as world:
        report = await world.sync(folder)
        assert report.failed == ()
        assert await world.catalog.state_counts("default") == {DocumentState.INDEXED: 25}
        assert await world.index.count(Not(Equals("active", value=True))) == 0
        records = await world.catalog.page("default", limit=100)
        assert await world.index.count(Equals("active", value=True)) == sum(
            row.chunk_count for row in records
        )
        texts = [path for path in (home / "artifacts").rglob("*") if path.is_file()]
        assert len(texts) == 25


@pytest.mark.slow
async def test_an_upload_to_a_full_disk_leaves_the_earlier_one(disk: Path) -> None:
    path = await uploads.keep(disk, name="a.txt", data=b"earlier")
    fill(disk, left_bytes=64 * 1024)
    with pytest.raises(DiskFullError, match="space"):
        await uploads.keep(disk, name="a.txt", data=bytes(MEGABYTE))
    assert (path.read_bytes(), [file.name for file in path.parent.iterdir()]) == (b"earlier", ["a.txt"])

"""An upload is there whole or not at all, and what a killed process left is removed."""

import io
import os
from pathlib import Path

import pytest

from core import ids
from core.errors import InvalidInputError, TooLargeError
from folio import uploads
from folio.drafts import PREFIX, Draft, sweep

BIG = os.urandom(3_000_000)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_a_draft_is_hashed_while_it_is_copied_and_moved_to_its_place(tmp_path: Path):
    async with Draft.begun(tmp_path) as draft:
        await draft.copy(io.BytesIO(BIG), max_bytes=len(BIG), too_large="too large")
        assert (draft.size_bytes, draft.sha256) == (len(BIG), ids.content_hash(BIG))
        await uploads.place(draft, tmp_path / "folder" / "big.bin")
    assert names(tmp_path) == ["big.bin"]
    assert (tmp_path / "folder" / "big.bin").read_bytes() == BIG


async def test_a_draft_over_the_limit_is_gone(tmp_path: Path):
    with pytest.raises(TooLargeError, match="too large"):
        async with Draft.begun(tmp_path) as draft:
            await draft.copy(io.BytesIO(BIG), max_bytes=len(BIG) - 1, too_large="too large")
    assert names(tmp_path) == []


async def test_a_draft_that_cannot_be_placed_is_gone_and_the_earlier_file_stays(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("earlier")
    async with Draft.begun(tmp_path) as draft:
        await draft.write(b"new")
        with pytest.raises(InvalidInputError):
            await uploads.place(draft, tmp_path / "a")
    assert names(tmp_path) == ["b.txt"]


async def test_a_sweep_takes_what_was_left_and_leaves_what_is_being_written(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / f"{PREFIX}left").write_bytes(b"half")
    (tmp_path / "whole.txt").write_bytes(b"whole")
    async with Draft.begun(tmp_path) as draft:
        await draft.write(b"being written")
        assert sweep(tmp_path) == 1
        assert draft.path.exists()
        await uploads.place(draft, tmp_path / "new.txt")
    assert names(tmp_path) == ["new.txt", "whole.txt"]


def test_a_sweep_of_a_folder_that_is_not_there_does_nothing(tmp_path: Path):
    assert sweep(tmp_path / "uploads") == 0

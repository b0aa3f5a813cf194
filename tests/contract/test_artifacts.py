"""What every artifact store must do, over the adapter's file systems and the fake."""

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import DependencyDownError, DiskFullError, NotFoundError, SettingsError
from core.ports import ArtifactStore
from store.artifacts.fsspec_store import FsspecArtifacts
from tests.fakes.artifacts import FakeArtifacts

LATER = datetime(2100, 1, 1, tzinfo=UTC)
HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
"""SHA-256 of `hello`."""


@pytest.fixture(params=["folder", "memory", "fake"])
def artifacts(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    if request.param == "fake":
        return FakeArtifacts()
    # The memory file system is one for the whole process: the test's own folder keeps tests apart.
    return FsspecArtifacts(f"memory://{tmp_path}" if request.param == "memory" else str(tmp_path / "texts"))


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_key_is_the_hash_of_the_text(artifacts: ArtifactStore) -> None:
    assert await artifacts.put("hello") == HELLO
    assert await artifacts.get(HELLO) == "hello"


async def test_same_text_twice_has_one_key(artifacts: ArtifactStore) -> None:
    first, second, other = [await artifacts.put(text) for text in ("one", "one", "two")]
    assert first == second != other
    assert await artifacts.get(first) == "one"
    assert await artifacts.get(other) == "two"


@pytest.mark.parametrize("key", [HELLO, "../../etc/passwd", "", HELLO.upper()])
async def test_unknown_key_is_not_found(artifacts: ArtifactStore, key: str) -> None:
    with pytest.raises(NotFoundError):
        await artifacts.get(key)


async def test_deleted_text_is_gone_and_may_be_deleted_again(artifacts: ArtifactStore) -> None:
    key, kept = await artifacts.put("gone"), await artifacts.put("kept")
    await artifacts.delete(key)
    await artifacts.delete(key)
    with pytest.raises(NotFoundError):
        await artifacts.get(key)
    assert await artifacts.get(kept) == "kept"


async def test_deleted_text_can_be_stored_again(artifacts: ArtifactStore) -> None:
    key = await artifacts.put("hello")
    await artifacts.delete(key)
    assert await artifacts.put("hello") == key
    assert await artifacts.get(key) == "hello"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=())))
async def test_any_text_comes_back_to_the_character(artifacts: ArtifactStore, text: str) -> None:
    assert await artifacts.get(await artifacts.put(text)) == text


async def test_folder_layout_is_two_digits_then_the_key(tmp_path: Path) -> None:
    await FsspecArtifacts(str(tmp_path)).put("hello\r\n")
    key = "cd2eca3535741f27a8ae40c31b0c41d4057a7a7b912b33b9aed86485d1c84676"
    written = files_below(tmp_path)
    assert written == [tmp_path / "cd" / f"{key}.txt"]
    assert written[0].read_bytes() == b"hello\r\n"


async def test_key_cannot_name_a_file_outside_the_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    artifacts = FsspecArtifacts(str(tmp_path / "texts"))
    await artifacts.delete("../../secret")
    with pytest.raises(NotFoundError):
        await artifacts.get("../../secret")
    assert secret.read_text() == "secret"


async def test_full_disk_is_named_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(DiskFullError, match=str(tmp_path)):
        await FsspecArtifacts(str(tmp_path)).put("hello")
    assert files_below(tmp_path) == []


async def test_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    blocked = tmp_path / "texts"
    blocked.write_text("a file")
    with pytest.raises(DependencyDownError, match="FOLIO_ARTIFACTS__URL"):
        await FsspecArtifacts(str(blocked)).put("hello")


def test_unknown_protocol_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match=r"FOLIO_ARTIFACTS__URL.*nonsense"):
        FsspecArtifacts("nonsense://bucket/folder")


async def test_existence_follows_writing_and_deleting(artifacts: ArtifactStore) -> None:
    assert not await artifacts.exists(HELLO)
    await artifacts.put("hello")
    assert await artifacts.exists(HELLO)
    await artifacts.delete(HELLO)
    assert not await artifacts.exists(HELLO)


async def test_keys_are_those_of_the_stored_texts(artifacts: ArtifactStore) -> None:
    assert await artifacts.keys(before=LATER) == []
    keys = [await artifacts.put(text) for text in ("one", "two", "three")]
    await artifacts.delete(keys[0])
    assert await artifacts.keys(before=LATER) == sorted(keys[1:])


async def test_a_text_that_was_just_written_again_is_not_old(tmp_path: Path) -> None:
    store = FsspecArtifacts(str(tmp_path))
    key = await store.put("hello")
    os.utime(tmp_path / key[:2] / f"{key}.txt", (1, 1))
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert await store.keys(before=an_hour_ago) == [key]
    await store.put("hello")
    assert await store.keys(before=an_hour_ago) == []


async def test_a_broken_off_write_is_found_and_removed_with_its_text(tmp_path: Path) -> None:
    store = FsspecArtifacts(str(tmp_path))
    part = tmp_path / HELLO[:2] / f".{HELLO}.{'0' * 32}.tmp"
    part.parent.mkdir()
    part.write_text("hel")
    assert await store.exists(HELLO)
    assert await store.keys(before=LATER) == [HELLO]
    await store.delete(HELLO)
    assert files_below(tmp_path) == []

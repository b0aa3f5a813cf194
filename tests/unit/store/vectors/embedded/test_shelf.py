"""The shelf: what it remembers, and what it makes of the remains of a crash."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from qdrant_client import models

from core.errors import StoreBusyError
from store.vectors.embedded.errors import ApiError
from store.vectors.embedded.lock import FolderLock
from store.vectors.embedded.shelf import Shelf

REQUEST = models.CreateCollection(vectors=models.VectorParams(size=2, distance=models.Distance.DOT))


@contextmanager
def opened(folder: Path, **options) -> Iterator[Shelf]:
    lock = FolderLock(folder)
    lock.acquire()
    shelf = Shelf(lock, **options)
    yield shelf
    shelf.close()


def alias(name: str, collection: str) -> models.CreateAliasOperation:
    return models.CreateAliasOperation(
        create_alias=models.CreateAlias(collection_name=collection, alias_name=name)
    )


def filled(folder: Path) -> None:
    with opened(folder) as shelf:
        shelf.create("one", REQUEST)
        shelf.change_aliases([alias("first", "one")])


def test_collections_and_aliases_are_remembered(tmp_path):
    filled(tmp_path)
    with opened(tmp_path) as shelf:
        assert (shelf.names(), shelf.aliases()) == (["one"], [("first", "one")])
        assert shelf.get("first").info()["points_count"] == 0


def test_a_folder_that_is_not_locked_is_not_opened(tmp_path):
    with pytest.raises(StoreBusyError):
        Shelf(FolderLock(tmp_path))


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"folders": 1}'])
def test_a_damaged_file_is_answered_from_its_copy(tmp_path, damage):
    filled(tmp_path)
    (tmp_path / "shelf.json").write_bytes(damage)
    with opened(tmp_path) as shelf:
        assert (shelf.names(), shelf.aliases()) == (["one"], [("first", "one")])


def test_with_both_files_damaged_the_folders_say_what_there_is(tmp_path):
    filled(tmp_path)
    for name in ("shelf.json", "shelf.copy.json"):
        (tmp_path / name).write_bytes(b"{")
    with opened(tmp_path) as shelf:
        assert (shelf.names(), shelf.aliases()) == (["one"], [])
        assert shelf.get("one").info()["points_count"] == 0


def test_what_a_crash_left_of_a_creation_is_swept_away(tmp_path):
    filled(tmp_path)
    (tmp_path / "staged-abc" / "shard").mkdir(parents=True)
    (tmp_path / "unrecorded").mkdir()
    (tmp_path / "unrecorded" / "collection.json").write_text('{"name": "two"}')
    (tmp_path / "not ours").mkdir()
    with opened(tmp_path) as shelf:
        assert shelf.names() == ["one"]
        shelf.create("two", REQUEST)
    assert not (tmp_path / "staged-abc").exists()
    assert not (tmp_path / "unrecorded").exists()
    assert (tmp_path / "not ours").exists()


def test_a_collection_that_cannot_be_opened_leaves_the_others_usable(tmp_path):
    with opened(tmp_path, new_name=iter(["a", "b"]).__next__) as shelf:
        shelf.create("broken", REQUEST)
        shelf.create("well", REQUEST)
    (tmp_path / "a" / "collection.json").write_text("{")
    with opened(tmp_path) as shelf:
        with pytest.raises(ApiError) as caught:
            shelf.get("broken")
        assert caught.value.status == 500
        assert shelf.get("well").info()["points_count"] == 0


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "x" * 256, "nul\0"])
def test_names_that_qdrant_refuses_are_refused(tmp_path, name):
    with opened(tmp_path) as shelf, pytest.raises(ApiError, match="collection name"):
        shelf.create(name, REQUEST)


def test_alias_changes_are_all_or_nothing(tmp_path):
    with opened(tmp_path) as shelf:
        shelf.create("one", REQUEST)
        with pytest.raises(ApiError, match="Collection `none` doesn't exist!"):
            shelf.change_aliases([alias("first", "one"), alias("second", "none")])
        assert shelf.aliases() == []


def test_an_alias_and_a_collection_cannot_share_a_name(tmp_path):
    with opened(tmp_path) as shelf:
        shelf.create("one", REQUEST)
        shelf.change_aliases([alias("first", "one")])
        for change in (
            lambda: shelf.create("first", REQUEST),
            lambda: shelf.change_aliases([alias("one", "one")]),
        ):
            with pytest.raises(ApiError) as caught:
                change()
            assert caught.value.status == 409


def test_a_deleted_collection_leaves_nothing_on_disk(tmp_path):
    with opened(tmp_path, new_name=lambda: "folder") as shelf:
        shelf.create("one", REQUEST)
        assert (tmp_path / "folder").exists()
        assert shelf.delete("one")
        assert not (tmp_path / "folder").exists()
        assert not shelf.delete("one")

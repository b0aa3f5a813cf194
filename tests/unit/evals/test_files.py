"""Files of evaluations: whole, and for their owner alone."""

import os
from pathlib import Path

import pytest

from evals.files import make_folder, replace_file


def test_a_file_and_the_folders_made_for_it_are_for_their_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "report.html"
    make_folder(file.parent)
    make_folder(file.parent)
    replace_file(file, b"one")
    replace_file(file, b"two")
    assert file.read_bytes() == b"two"
    assert [file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777] == [0o600, 0o700]
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_a_link_that_lies_in_wait_beside_the_file_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"mine")
    (tmp_path / f".report.html.{os.getpid()}.part").symlink_to(other)
    replace_file(tmp_path / "report.html", b"new")
    assert (other.read_bytes(), (tmp_path / "report.html").read_bytes()) == (b"mine", b"new")
    assert not (tmp_path / "report.html").is_symlink()


def test_what_cannot_be_put_in_place_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_file(tmp_path / "folder", b"x")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]

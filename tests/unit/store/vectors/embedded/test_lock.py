"""The folder lock: one holder, told by its process id, gone with its process."""

import os
import subprocess
import sys

import pytest

from core.errors import StoreBusyError
from store.vectors.embedded.lock import FolderLock, holder_pid, is_held


def test_a_second_holder_is_refused_with_the_pid_of_the_first(tmp_path):
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    first.acquire()
    with pytest.raises(StoreBusyError, match=f"in use by process {os.getpid()}"):
        second.acquire(wait_s=0)
    assert (first.held, second.held) == (True, False)


def test_a_released_lock_can_be_taken_again(tmp_path):
    first, second = FolderLock(tmp_path / "new" / "folder"), FolderLock(tmp_path / "new" / "folder")
    first.acquire()
    first.release()
    assert second.try_acquire()
    assert holder_pid(second.folder) == os.getpid()


def test_releasing_what_is_not_held_is_harmless(tmp_path):
    FolderLock(tmp_path).release()
    assert not is_held(tmp_path)
    assert holder_pid(tmp_path) is None


def test_looking_does_not_take_the_lock(tmp_path):
    lock = FolderLock(tmp_path)
    assert lock.try_acquire()
    assert is_held(tmp_path)
    lock.release()
    assert not is_held(tmp_path)
    assert lock.try_acquire()


def test_the_lock_of_a_dead_process_is_free(tmp_path):
    code = f"""
import os, pathlib
from store.vectors.embedded.lock import FolderLock
FolderLock(pathlib.Path({str(tmp_path)!r})).acquire()
os.kill(os.getpid(), 9)
"""
    dead = subprocess.run([sys.executable, "-c", code], check=False, cwd=os.getcwd())  # noqa: PTH109
    assert dead.returncode == -9
    assert holder_pid(tmp_path) not in (None, os.getpid())
    assert not is_held(tmp_path)
    assert FolderLock(tmp_path).try_acquire()

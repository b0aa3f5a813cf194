"""The exclusive lock of a store folder.

Qdrant Edge does have a lock of its own, but it takes it only after it has opened the segment files: a second `load` of an
open shard is refused *and* damages the journal of the first. So this lock comes before any shard is touched.

`flock` belongs to the open file, hence it ends with its process, however that ends: there are no stale locks to remove.
The file stays; what it says (the holder's process id) is only for messages.
"""

import fcntl
import os
import time
from pathlib import Path

from core.errors import StoreBusyError

_FILE_NAME = "store.lock"
_POLL_S = 0.02
# Somebody who only looks (`is_held`) has the lock for microseconds; one failed try must not count as busy.
_SHORTEST_WAIT_S = 0.1


class FolderLock:
    """At most one holder per folder, over all processes of a machine. Not reentrant."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def try_acquire(self) -> bool:
        """Take the lock if it is free; creates the folder. Does not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = os.open(self.folder / _FILE_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file
        return True

    def acquire(self, *, wait_s: float = 0.0) -> None:
        """Take the lock, waiting up to `wait_s` (blocking).

        Raises:
            StoreBusyError: It stayed taken; the message names the holder.
        """
        deadline_s = time.monotonic() + max(wait_s, _SHORTEST_WAIT_S)
        while not self.try_acquire():
            if time.monotonic() >= deadline_s:
                raise busy_error(self.folder)
            time.sleep(_POLL_S)

    def release(self) -> None:
        """Give the lock back. Harmless when it is not held."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def holder_pid(folder: Path) -> int | None:
    """Process id of the last holder, who may be gone; None if there never was one."""
    try:
        text = (folder / _FILE_NAME).read_text()
    except FileNotFoundError:
        return None
    return int(text) if text.isdigit() else None


def is_held(folder: Path) -> bool:
    """Whether a living process holds the lock of this folder."""
    try:
        file = os.open(folder / _FILE_NAME, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def busy_error(folder: Path) -> StoreBusyError:
    """The error for a folder that somebody else holds."""
    return StoreBusyError(
        f"the vector store in {folder} is in use by process {holder_pid(folder)}. "
        "Wait until it ends, or run `folio up`, whose store serves several processes at once."
    )

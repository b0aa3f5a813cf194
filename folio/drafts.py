"""An upload while it is received: a hidden file beside the finished ones, hashed as it is written.

Its writer holds a lock on it. A lock ends with its process: what `sweep` can lock, somebody has left behind.
"""

import asyncio
import fcntl
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from core.errors import DiskFullError, TooLargeError

PREFIX = ".upload-"
"""Hidden: a scan that runs meanwhile does not see it."""

_READ_BYTES = 1024 * 1024


class Draft:
    """A file that is removed at the end unless it was moved to its place."""

    def __init__(self, opened: BinaryIO, path: Path) -> None:
        """Use a file that is open for writing and locked."""
        self.path = path
        self.size_bytes = 0
        self._opened = opened
        self._digest = hashlib.sha256()

    @classmethod
    @asynccontextmanager
    async def begun(cls, folder: Path) -> AsyncIterator["Draft"]:
        """A new draft in the folder, which is created where needed.

        Raises:
            DiskFullError: The file cannot be created.
        """
        try:
            opened, path = await asyncio.to_thread(_create, folder)
        except OSError as error:
            raise _full(error) from error
        try:
            yield cls(opened, path)
        finally:
            await asyncio.to_thread(_end, opened, path)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written, in hex."""
        return self._digest.hexdigest()

    async def write(self, data: bytes) -> None:
        """Write all of it, to the disk itself.

        Raises:
            DiskFullError: There is no space left.
        """
        await asyncio.to_thread(self._write, data)
        await asyncio.to_thread(self._sync)

    async def copy(self, source: BinaryIO, *, max_bytes: int, too_large: str) -> None:
        """Write what the source holds, a piece at a time, to the disk itself.

        Raises:
            TooLargeError: It is more than `max_bytes`; `too_large` is the message.
            DiskFullError: There is no space left.
        """
        while piece := await asyncio.to_thread(source.read, _READ_BYTES):
            if self.size_bytes + len(piece) > max_bytes:
                raise TooLargeError(too_large)
            await asyncio.to_thread(self._write, piece)
        await asyncio.to_thread(self._sync)

    def _write(self, data: bytes) -> None:
        try:
            self._opened.write(data)
        except OSError as error:
            raise _full(error) from error
        self._digest.update(data)
        self.size_bytes += len(data)

    def _sync(self) -> None:
        try:
            self._opened.flush()
            os.fsync(self._opened.fileno())
        except OSError as error:
            raise _full(error) from error


def sweep(folder: Path) -> int:
    """Remove the drafts of processes that are no more; how many. Blocking."""
    removed = 0
    for path in folder.rglob(f"{PREFIX}*"):
        try:
            with path.open("rb") as left:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
        except OSError:
            continue  # somebody writes it, or has just finished
    return removed


def _create(folder: Path) -> tuple[BinaryIO, Path]:
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=PREFIX)
        opened = os.fdopen(descriptor, "wb")
        fcntl.flock(opened, fcntl.LOCK_EX)
        # A sweep may have come between the creation and the lock: then the name is gone.
        if os.fstat(opened.fileno()).st_nlink:
            return opened, Path(name)
        opened.close()


def _end(opened: BinaryIO, path: Path) -> None:
    path.unlink(missing_ok=True)
    try:
        opened.close()
    except OSError:
        return  # what could not be flushed is gone with the file


def _full(error: OSError) -> DiskFullError:
    return DiskFullError(f"the upload cannot be kept: {error.strerror}")

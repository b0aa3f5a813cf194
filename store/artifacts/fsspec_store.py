"""Artifacts in a folder or behind any fsspec URL. Every call does its I/O in a thread."""

import asyncio
import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from core import ids
from core.errors import DependencyDownError, DiskFullError, NotFoundError, SettingsError

SETTING = "FOLIO_ARTIFACTS__URL"

_KEY = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"\.?([0-9a-f]{64})\.(?:txt|[0-9a-f]{32}\.tmp)")
# A parser may hand over a lone surrogate: offsets into the text must still fit what is read back.
_SURROGATES = "surrogatepass"


class FsspecArtifacts:
    """Implements ArtifactStore: the text with SHA-256 `k` lies, as UTF-8, in `<root>/<k[:2]>/<k>.txt`."""

    def __init__(self, url_or_folder: str) -> None:
        """Use a folder, created on the first write, or an fsspec URL.

        Raises:
            SettingsError: No file system is known for the URL, or its package is not installed.
        """
        try:
            self._files, root = fsspec.url_to_fs(url_or_folder)
        except (ImportError, ValueError) as error:
            raise SettingsError(f"{SETTING} cannot be used: {error}") from error
        self._root = root.rstrip("/")

    async def put(self, text: str) -> str:
        """Store the text; its key.

        Raises:
            DiskFullError: There is no space; no part of the text is left behind.
            DependencyDownError: The file system refuses the write or does not answer.
        """
        key = ids.text_key(text)
        await asyncio.to_thread(self._write, key, text.encode(errors=_SURROGATES))
        return key

    async def get(self, key: str) -> str:
        """The text of a key.

        Raises:
            NotFoundError: No artifact has this key.
            DependencyDownError: The file system does not answer.
        """
        data = await asyncio.to_thread(self._read, key)
        return data.decode(errors=_SURROGATES)

    async def delete(self, key: str) -> None:
        """Remove the artifact and what a broken-off write of it may have left; no error if there is nothing.

        Raises:
            DependencyDownError: The file system refuses the removal or does not answer.
        """
        if _KEY.fullmatch(key):
            await asyncio.to_thread(self._remove, key)

    async def exists(self, key: str) -> bool:
        """Whether anything of the artifact is stored, a broken-off write included.

        Raises:
            DependencyDownError: The file system does not answer.
        """
        return bool(_KEY.fullmatch(key)) and bool(await asyncio.to_thread(self._files_of, key))

    async def keys(self, *, before: datetime) -> list[str]:
        """The keys of which something is stored that was last written before an instant, ascending.

        Raises:
            DependencyDownError: The file system does not answer.
        """
        return await asyncio.to_thread(self._keys, before)

    def _write(self, key: str, data: bytes) -> None:
        path = self._path(key)
        with self._reported():
            local = isinstance(self._files, LocalFileSystem)
            if self._files.exists(path):
                if local:
                    # Whoever sweeps old texts that no document uses must see that this one is wanted again.
                    Path(path).touch()
                return
            if local:
                _write_durably(Path(path), data)
            else:
                # An object store shows an object when it is complete, never a part of it.
                self._files.pipe_file(path, data)

    def _read(self, key: str) -> bytes:
        # Also keeps a key such as `../..` from naming another file.
        if not _KEY.fullmatch(key):
            raise NotFoundError(f"'{key[:80]}' is not the key of a stored text")
        try:
            with self._reported():
                data: bytes = self._files.cat_file(self._path(key))
        except FileNotFoundError:
            raise NotFoundError(f"there is no stored text with the key {key}") from None
        return data

    def _remove(self, key: str) -> None:
        for path in self._files_of(key):
            with suppress(FileNotFoundError), self._reported():
                self._files.rm_file(path)

    def _files_of(self, key: str) -> list[str]:
        """The artifact's file and those of writes that were broken off."""
        with suppress(FileNotFoundError), self._reported():
            # Without the listing that remote file systems keep: another process may have written since.
            paths = self._files.ls(f"{self._root}/{key[:2]}", detail=False, refresh=True)
            return [path for path in paths if _key_of(path) == key]
        return []

    def _keys(self, before: datetime) -> list[str]:
        keys: set[str] = set()
        with suppress(FileNotFoundError), self._reported():
            for path in self._files.find(self._root):
                key = _key_of(path)
                if key and key not in keys and _written_at(self._files, path) < before:
                    keys.add(key)
        return sorted(keys)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key[:2]}/{key}.txt"

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise
        except OSError as error:
            why = error.strerror or type(error).__name__
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise DiskFullError(f"no space is left for stored texts in {self._root}: {why}") from error
            raise DependencyDownError(
                f"stored texts in {self._root} cannot be reached: {why}. Check {SETTING} and its permissions"
            ) from error


def _key_of(path: str) -> str | None:
    """The key of the artifact that a file holds, or the part of it that a write got to."""
    name = path.rsplit("/", 1)[-1]
    found = _FILE.fullmatch(name)
    return found[1] if found else None


def _written_at(files: Any, path: str) -> datetime:
    written: datetime = files.modified(path)
    return written if written.tzinfo else written.replace(tzinfo=UTC)


def _write_durably(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, and still there after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

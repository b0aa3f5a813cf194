"""The files behind a URL: object stores, archives, file servers, whatever fsspec can open."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core import ids
from core.documents import Candidate
from core.errors import TransientError, UnreadableFileError
from ingest.sources.access import with_front_matter
from ingest.sources.remote_place import RemotePlace, reported
from ingest.sources.remote_walk import RemoteWalk
from ingest.sources.scan import Original, Scan, too_large
from ingest.sources.selection import Selection
from ingest.sources.settling import STILL_WRITTEN, Settling
from ingest.sources.stamps import remote_stamp

_Info = Mapping[str, Any]


class RemoteFiles:
    """Implements SourceFiles for any fsspec URL: `s3://bucket/docs`, `zip://docs::file:///handbook.zip`, `sftp://host/docs`.

    The same names are left out and the same rules give labels as in a folder. Links are left out. Credentials are what
    fsspec finds by itself: its configuration files, or the environment that the file system's own client reads.
    """

    def __init__(
        self,
        url: str,
        *,
        selection: Selection,
        skipped: frozenset[str] = frozenset(),
        settling: Settling | None = None,
    ) -> None:
        """`skipped` are URLs below this one that belong to other sources. Nothing is opened yet.

        Raises:
            InvalidInputError: The URL is none, of an unknown kind, or has a password in it.
            MissingExtraError: The package for its file system is not installed.
            SettingsError: That package comes with no extra of Folio, or is broken.
        """
        self._place = RemotePlace(url)
        self._selection = selection
        below = f"{url.rstrip('/')}/"
        self._skipped = frozenset(
            other.removeprefix(below).rstrip("/") for other in skipped if other.startswith(below)
        )
        self._settling = settling or Settling()

    def scan(self, only: tuple[str, ...] | None = None) -> Scan:
        """All files, or those that `only` covers. A file over the size limit is a refusal, not a candidate.

        What cannot be listed makes the scan incomplete, and so does an address at which nothing is.
        """
        walk = RemoteWalk(self._place, selection=self._selection, skipped=self._skipped)
        for part in ("",) if only is None else only:
            walk.visit(part)
        return walk.result()

    def read(self, candidate: Candidate) -> Original:
        """The bytes of one file, with the label that its front matter states.

        Where no checksum tells a change, a file is given `settle_s` to rest, and looked at again when it is read.

        Raises:
            AccessLabelError: The front matter names a label that cannot be understood.
            UnreadableFileError: The file has grown over the limit.
            TransientError: The file vanished, cannot be read or changes while it is looked at: it may be half-written.
        """
        with reported():
            info = self._place.files.info(self._place.path_of(candidate.path))
            stamp, is_certain = remote_stamp(info)
            data = (
                self._data(candidate.path, info) if is_certain else self._settled_data(candidate.path, info)
            )
        limit = self._selection.max_file_bytes
        if len(data) > limit.value:
            raise UnreadableFileError(too_large("the file", len(data), limit=limit))
        read = replace(
            candidate,
            size_bytes=len(data),
            modified_ns=stamp if is_certain else self._settling.recorded_ns(stamp),
            content_hash=ids.content_hash(data),
            access=with_front_matter(candidate.access, path=candidate.path, data=data),
        )
        return Original(read, data)

    def names(self, folder: str) -> list[str]:
        """The names in a folder by its relative path; none if it is not there.

        Raises:
            TransientError: It cannot be listed now.
        """
        try:
            with reported(absent=True):
                listed = self._place.files.ls(self._place.path_of(folder), detail=False)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [str(path).rstrip("/").rsplit("/", 1)[-1] for path in listed]

    def _settled_data(self, path: str, before: _Info) -> bytes:
        stamp, _ = remote_stamp(before)
        self._settling.wait(stamp, settle_s=self._selection.settle_s)
        data = self._data(path, before)
        after = self._place.files.info(self._place.path_of(path))
        if (before.get("size"), stamp) != (after.get("size"), remote_stamp(after)[0]):
            raise TransientError(STILL_WRITTEN)
        return data

    def _data(self, path: str, info: _Info) -> bytes:
        """The bytes of a file; one over the limit is not fetched whole."""
        limit, size_bytes = self._selection.max_file_bytes, info.get("size")
        if size_bytes is not None and size_bytes > limit.value:
            raise UnreadableFileError(too_large("the file", size_bytes, limit=limit))
        # A range of an empty object is an error to some stores.
        end = {"end": limit.value + 1} if size_bytes is None else {}
        data: bytes = self._place.files.cat_file(self._place.path_of(path), **end)
        return data

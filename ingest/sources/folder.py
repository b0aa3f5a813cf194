"""The files of a folder."""

import os
import stat
from dataclasses import replace
from pathlib import Path

from core import ids
from core.documents import Candidate
from core.errors import TransientError, UnreadableFileError
from ingest.sources.access import with_front_matter
from ingest.sources.scan import Original, Scan, too_large
from ingest.sources.selection import Selection
from ingest.sources.settling import STILL_WRITTEN, Settling
from ingest.sources.walk import FolderWalk


class FolderFiles:
    """The regular files below a root. Hidden and temporary files are not there; linked folders are not entered."""

    def __init__(
        self,
        root: Path,
        *,
        selection: Selection,
        skipped: frozenset[Path] = frozenset(),
        settling: Settling | None = None,
    ) -> None:
        """`skipped` folders belong to other sources, or to Folio itself."""
        self._root = root
        self._selection = selection
        self._skipped = skipped
        self._settling = settling or Settling()

    def scan(self, only: tuple[str, ...] | None = None) -> Scan:
        """All files, or those that `only` covers. A file over the size limit is a refusal, not a candidate.

        A path in `only` may be spelled in another Unicode form than on disk; the candidate has the name on disk.
        """
        walk = FolderWalk(self._root, selection=self._selection, skipped=self._skipped)
        for part in ("",) if only is None else only:
            walk.visit(part)
        return walk.result()

    def read(self, candidate: Candidate) -> Original:
        """The bytes of one file, with the label that its front matter states.

        A file that was written a moment ago is given `settle_s` to rest.

        Raises:
            AccessLabelError: The front matter names a label that cannot be understood.
            UnreadableFileError: The file has grown over the limit.
            TransientError: The file vanished, cannot be opened or changes while it is looked at: it may be half-written.
        """
        limit = self._selection.max_file_bytes
        try:
            # Not to wait for a writer, should it be a pipe by now.
            descriptor = os.open(self._root / candidate.path, os.O_RDONLY | os.O_NONBLOCK)
            with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
                before = os.fstat(descriptor)
                _check_regular(before)
                self._settling.wait(before.st_mtime_ns, settle_s=self._selection.settle_s)
                data = file.read(limit.value + 1)
                after = os.fstat(descriptor)
        except FileNotFoundError:
            raise TransientError("the file was gone when it was to be read") from None
        except OSError as error:
            raise TransientError(f"the file cannot be read: {error.strerror}") from error
        if _stamp(before) != _stamp(after):
            raise TransientError(STILL_WRITTEN)
        if len(data) > limit.value:
            raise UnreadableFileError(too_large("the file", max(before.st_size, len(data)), limit=limit))
        read = replace(
            candidate,
            size_bytes=len(data),
            modified_ns=self._settling.recorded_ns(before.st_mtime_ns),
            content_hash=ids.content_hash(data),
            access=with_front_matter(candidate.access, path=candidate.path, data=data),
        )
        return Original(read, data)


def _check_regular(state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise TransientError("it is not a regular file any more")


def _stamp(state: os.stat_result) -> tuple[int, int]:
    return state.st_size, state.st_mtime_ns

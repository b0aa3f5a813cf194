"""The files of a folder."""

import os
import stat
from dataclasses import replace
from pathlib import Path, PurePosixPath

from core import ids
from core.access import AccessLabel
from core.config import IngestSettings
from core.documents import Candidate
from core.errors import TransientError, UnreadableFileError
from core.runs import FileFailure
from ingest.sources.access import AccessLabelError, FolderLabels, with_front_matter
from ingest.sources.globs import matches_any
from ingest.sources.scan import Original, Refusal, Scan, too_large

_TEMPORARY_SUFFIXES = (".tmp", ".part", ".swp")
_SYSTEM_NAMES = {"thumbs.db", "desktop.ini"}


class FolderFiles:
    """The regular files below a root. Hidden and temporary files are not there; linked folders are not entered."""

    def __init__(
        self,
        root: Path,
        *,
        settings: IngestSettings,
        default: AccessLabel,
        skipped: frozenset[Path] = frozenset(),
    ) -> None:
        """`skipped` folders belong to other sources, or to Folio itself."""
        self._root = root
        self._settings = settings
        self._default = default
        self._skipped = skipped

    def scan(self, only: tuple[str, ...] | None = None) -> Scan:
        """All files, or those that `only` covers. A file over the size limit is a refusal, not a candidate."""
        walk = _Walk(self._root, settings=self._settings, default=self._default, skipped=self._skipped)
        for part in ("",) if only is None else only:
            walk.visit(part)
        return walk.result()

    def read(self, candidate: Candidate) -> Original:
        """The bytes of one file, with the label that its front matter states.

        Raises:
            AccessLabelError: The front matter names a label that cannot be understood.
            UnreadableFileError: The file has grown over the limit.
            TransientError: The file vanished or cannot be opened.
        """
        limit = self._settings.max_file_bytes
        try:
            with (self._root / candidate.path).open("rb") as file:
                # Taken before the bytes: a change while they are read shows as a newer time in the next scan.
                state = os.fstat(file.fileno())
                data = file.read(limit + 1)
        except FileNotFoundError:
            raise TransientError("the file was gone when it was to be read") from None
        except OSError as error:
            raise TransientError(f"the file cannot be read: {error.strerror}") from error
        if len(data) > limit:
            raise UnreadableFileError(too_large("the file", max(state.st_size, len(data)), limit_bytes=limit))
        as_read = replace(
            candidate,
            size_bytes=len(data),
            modified_ns=state.st_mtime_ns,
            content_hash=ids.content_hash(data),
            access=with_front_matter(candidate.access, path=candidate.path, data=data),
        )
        return Original(as_read, data)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is hidden, temporary or the system's own."""
    lower = name.lower()
    hidden = lower.startswith((".", "~$"))
    return hidden or lower.endswith(_TEMPORARY_SUFFIXES) or lower in _SYSTEM_NAMES


class _Walk:
    def __init__(
        self, root: Path, *, settings: IngestSettings, default: AccessLabel, skipped: frozenset[Path]
    ) -> None:
        self._root = root
        self._settings = settings
        self._skipped = skipped
        self._default = default
        self._labels = FolderLabels(root, default=default)
        self._candidates: dict[str, Candidate] = {}
        self._refusals: dict[str, Refusal] = {}
        self._failures: list[FileFailure] = []
        self._complete = True

    def result(self) -> Scan:
        return Scan(
            tuple(self._candidates.values()),
            tuple(self._refusals.values()),
            tuple(self._failures),
            self._complete,
        )

    def visit(self, part: str) -> None:
        """Look at the whole root (""), a folder ("a/") or a file ("a/b.txt")."""
        if not self._root.is_dir():
            self._miss(str(self._root), "the folder is not there")
        elif part and not self._reachable(part):
            self._failures.append(
                FileFailure(part, "hidden and temporary files and linked folders are left out")
            )
        elif not part or part.endswith("/"):
            self._visit_folders(part)
        elif matches_any(part, self._settings.include) and not matches_any(part, self._settings.exclude):
            self._take(part)
        else:
            self._failures.append(FileFailure(part, "left out by ingest.include or ingest.exclude"))

    def _reachable(self, part: str) -> bool:
        path = PurePosixPath(part)
        folders = [path] if part.endswith("/") else []
        folders += list(path.parents)[:-1]
        return not any(is_ignored(name) for name in path.parts) and not any(
            (self._root / folder).is_symlink() for folder in folders
        )

    def _visit_folders(self, start: str) -> None:
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            for entry in self._entries(folder):
                path = folder + entry.name
                if not _storable(path):
                    self._failures.append(FileFailure(_shown(path), "its name is not valid UTF-8: rename it"))
                elif entry.is_dir(follow_symlinks=False):
                    if self._root / path not in self._skipped:
                        waiting.append(f"{path}/")
                elif matches_any(path, self._settings.include) and not matches_any(
                    path, self._settings.exclude
                ):
                    self._take(path)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._root / folder) as entries:
                return sorted((e for e in entries if not is_ignored(e.name)), key=lambda entry: entry.name)
        except FileNotFoundError:
            # Removed since its parent was listed, or named by a sync of this folder only: nothing is in it.
            return []
        except OSError as error:
            self._miss(folder or str(self._root), f"the folder cannot be listed: {error.strerror}")
            return []

    def _take(self, path: str) -> None:
        file = self._root / path
        try:
            state = file.stat()
        except FileNotFoundError:
            if file.is_symlink():
                self._failures.append(FileFailure(path, "a link to a file that is not there"))
            return
        except OSError as error:
            self._miss(path, f"the file cannot be looked at: {error.strerror}")
            return
        if not stat.S_ISREG(state.st_mode):
            return
        if file.is_symlink() and not file.resolve().is_relative_to(self._root.resolve()):
            self._failures.append(
                FileFailure(path, "a link that leaves the source: put the file itself there")
            )
            return
        self._label(Candidate(path, state.st_size, state.st_mtime_ns, access=self._default))

    def _label(self, candidate: Candidate) -> None:
        path, limit = candidate.path, self._settings.max_file_bytes
        try:
            labelled = replace(candidate, access=self._labels.of(path))
        except AccessLabelError as error:
            self._refusals[path] = Refusal(candidate, error.detail, hides=True)
            return
        if candidate.size_bytes > limit:
            name = PurePosixPath(path).name
            self._refusals[path] = Refusal(labelled, too_large(name, candidate.size_bytes, limit_bytes=limit))
        else:
            self._candidates[path] = labelled

    def _miss(self, path: str, reason: str) -> None:
        self._failures.append(FileFailure(path, reason))
        self._complete = False


def _storable(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: str) -> str:
    return path.encode(errors="replace").decode()

"""Walking through a folder: what is a document there, what is refused, and what could not be looked at."""

import errno
import os
import stat
import unicodedata
from pathlib import Path, PurePosixPath

from core.documents import Candidate
from ingest.sources.findings import Findings
from ingest.sources.ignored import is_ignored
from ingest.sources.scan import Scan
from ingest.sources.selection import Selection

NOT_THERE = "the folder is not there"


class FolderWalk:
    """One look at a folder or at parts of it. Reads names, sizes and times, no contents but `.folio.yaml`."""

    def __init__(self, root: Path, *, selection: Selection, skipped: frozenset[Path]) -> None:
        self._root = root
        self._skipped = skipped
        self._found = Findings.of_folder(root, selection=selection)
        self._default = selection.default

    def result(self) -> Scan:
        """What was found so far."""
        return self._found.result()

    def visit(self, part: str) -> None:
        """Look at the whole root (""), a folder ("a/") or a file ("a/b.txt")."""
        if not self._root.is_dir():
            self._found.miss_all(str(self._root), NOT_THERE)
            return
        part = as_on_disk(self._root, part)
        if part and not self._reachable(part):
            self._found.fail(part, "hidden and temporary files and linked folders are left out")
        elif not part or part.endswith("/"):
            self._visit_folders(part)
        elif self._found.accepts(part, named=True):
            self._take(part)

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
                if entry.is_dir(follow_symlinks=False):
                    if self._root / path not in self._skipped and self._found.is_storable(path):
                        waiting.append(f"{path}/")
                elif self._found.accepts(path):
                    self._take(path)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        """The entries of a folder by name, without those that are left out."""
        try:
            with os.scandir(self._root / folder) as found:
                entries = list(found)
            if not entries:
                self._found.note_empty(folder, (self._root / folder).stat().st_mtime_ns)
        except (FileNotFoundError, NotADirectoryError):
            # Removed or replaced since its parent was listed, or named by a sync of this folder only: nothing is in it.
            return []
        except OSError as error:
            self._miss(folder or str(self._root), "the folder cannot be listed", error)
            return []
        return sorted(
            (entry for entry in entries if not is_ignored(entry.name)), key=lambda entry: entry.name
        )

    def _take(self, path: str) -> None:
        file = self._root / path
        try:
            state = file.stat()
        except (FileNotFoundError, NotADirectoryError):
            if file.is_symlink():
                self._found.fail(path, "a link to a file that is not there")
            return
        except OSError as error:
            self._miss(path, "the file cannot be looked at", error)
            return
        if not stat.S_ISREG(state.st_mode):
            return
        if file.is_symlink() and not file.resolve().is_relative_to(self._root.resolve()):
            self._found.fail(path, "a link that leaves the source: put the file itself there")
            return
        self._found.add(Candidate(path, state.st_size, state.st_mtime_ns, access=self._default))

    def _miss(self, path: str, what: str, error: OSError) -> None:
        if error.errno in {errno.ELOOP, errno.ENAMETOOLONG}:
            # It never was and never will be a document: nothing is missed.
            self._found.fail(path, f"{what}: {error.strerror}")
        else:
            self._found.miss(path, f"{what}: {error.strerror}")


def as_on_disk(root: Path, part: str) -> str:
    """A relative path as its names are spelled on disk, where they differ in the Unicode form (composed or not) only.

    A name that is there as it is given is meant; one that is not there in any form stays as it is.
    """
    folder, names = root, PurePosixPath(part).parts
    spelled: list[str] = []
    for name in names:
        spelled.append(name if _is_there(folder / name) else _other_form(folder, name))
        folder /= spelled[-1]
    return "/".join(spelled) + ("/" if part.endswith("/") else "")


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True


def _other_form(folder: Path, name: str) -> str:
    wanted = unicodedata.normalize("NFC", name)
    try:
        found = [other for other in os.listdir(folder) if unicodedata.normalize("NFC", other) == wanted]  # noqa: PTH208 - names only, no paths
    except OSError:
        return name
    return min(found, default=name)

"""Walking through a remote place: the same rules as in a folder, one listing a folder."""

from collections.abc import Mapping
from typing import Any

from core.documents import Candidate
from core.errors import TransientError
from ingest.sources.access import RULES_FILE, FolderLabels
from ingest.sources.findings import Findings
from ingest.sources.ignored import is_ignored
from ingest.sources.remote_place import RemotePlace, SourceUnreachableError, reported
from ingest.sources.scan import Scan
from ingest.sources.selection import Selection
from ingest.sources.stamps import remote_stamp

_NOT_THERE = "there is nothing at this address"
_Info = Mapping[str, Any]


class RemoteWalk:
    """One look at a remote place or at parts of it. Reads listings, no contents but `.folio.yaml`."""

    def __init__(self, place: RemotePlace, *, selection: Selection, skipped: frozenset[str]) -> None:
        """`skipped` are relative folders."""
        self._place = place
        self._skipped = skipped
        self._default = selection.default
        labels = FolderLabels(self._rules, place=place.url, default=selection.default)
        self._found = Findings(selection, labels=labels)
        self._without_rules: set[str] = set()

    def result(self) -> Scan:
        """What was found so far."""
        return self._found.result()

    def visit(self, part: str) -> None:
        """Look at the whole place (""), a folder ("a/") or a file ("a/b.txt")."""
        try:
            self._visit(part)
        except SourceUnreachableError as error:
            self._found.miss(self._place.url, error.detail)

    def _visit(self, part: str) -> None:
        if any(is_ignored(name) for name in part.rstrip("/").split("/") if name):
            self._found.fail(part, "hidden and temporary files are left out")
        elif not part or part.endswith("/"):
            self._visit_folders(part)
        elif self._found.accepts(part, named=True):
            self._visit_file(part)

    def _visit_file(self, path: str) -> None:
        try:
            with reported(absent=True):
                info = self._place.files.info(self._place.path_of(path))
        except (FileNotFoundError, NotADirectoryError):
            self._check_there()
        except TransientError as error:
            self._found.miss(path, f"the file cannot be looked at: {error.detail}")
        else:
            self._take(path, info)

    def _visit_folders(self, start: str) -> None:
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            for path, info in self._entries(folder):
                if info["type"] != "directory":
                    if self._found.accepts(path):
                        self._take(path, info)
                elif path not in self._skipped and self._found.is_storable(path):
                    waiting.append(f"{path}/")

    def _entries(self, folder: str) -> list[tuple[str, _Info]]:
        """What is directly in a folder, by relative path, without what is left out."""
        try:
            with reported(absent=True):
                listed = self._place.files.ls(self._place.path_of(folder), detail=True)
        except (FileNotFoundError, NotADirectoryError):
            self._check_there(is_root=not folder)
            return []
        except TransientError as error:
            self._found.miss(folder or self._place.url, f"the folder cannot be listed: {error.detail}")
            return []
        relative = [(self._place.relative(info["name"]), info) for info in listed]
        # An object store may list a folder as an object in itself: only what is below is in it.
        below = [(path, info) for path, info in relative if path.startswith(folder) and path]
        if not below:
            self._found.note_empty(folder, None)
            if any(self._place.is_outside(info["name"]) for info in listed):
                # Nothing of what is listed can be told apart: that is no proof that nothing is there.
                self._found.miss(folder or self._place.url, "the folder's listing cannot be understood")
        if f"{folder}{RULES_FILE}" not in {path for path, _ in below}:
            self._without_rules.add(f"{folder}{RULES_FILE}")
        kept = [(path, info) for path, info in below if not is_ignored(path.rsplit("/", 1)[-1])]
        return sorted(kept, key=lambda row: row[0])

    def _take(self, path: str, info: _Info) -> None:
        # What is neither a file nor a folder (a link, a device) is no document.
        if info["type"] == "file":
            stamp, _ = remote_stamp(info)
            self._found.add(Candidate(path, info.get("size") or 0, stamp, access=self._default))

    def _check_there(self, *, is_root: bool = False) -> None:
        """A part that is not there proves nothing if the whole place is not there."""
        try:
            with reported():
                is_there = not is_root and self._place.files.exists(self._place.path_of(""))
        except TransientError as error:
            raise SourceUnreachableError(error.detail) from error
        if not is_there:
            self._found.miss_all(self._place.url, _NOT_THERE)

    def _rules(self, path: str) -> bytes:
        """A `.folio.yaml`. If it cannot be read now, nobody knows who may read what is below."""
        if path in self._without_rules:
            raise FileNotFoundError(path)
        try:
            with reported(absent=True):
                data: bytes = self._place.files.cat_file(self._place.path_of(path))
        except TransientError as error:
            raise SourceUnreachableError(f"{path} cannot be read: {error.detail}") from error
        return data

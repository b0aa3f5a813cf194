"""What a scan finds, collected: the same rules for every kind of source."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from core.documents import Candidate
from core.runs import FileFailure
from ingest.sources.access import AccessLabelError, FolderLabels
from ingest.sources.scan import Refusal, Scan, too_large
from ingest.sources.selection import Selection

MAX_PATH_BYTES = 2000
"""Longer relative paths do not fit into the index of a Postgres catalog (2,704 bytes with the source's id)."""


class Findings:
    """Candidates, refusals and failures of one scan. Each path counts once."""

    def __init__(self, selection: Selection, *, labels: FolderLabels) -> None:
        self._selection = selection
        self._labels = labels
        self._candidates: dict[str, Candidate] = {}
        self._refusals: dict[str, Refusal] = {}
        self._failures: list[FileFailure] = []
        self._empty_folders: dict[str, int | None] = {}
        self._complete = True
        self._is_missing = False

    @classmethod
    def of_folder(cls, root: Path, *, selection: Selection) -> "Findings":
        """Of a folder on this machine."""
        return cls(selection, labels=FolderLabels.below(root, default=selection.default))

    def result(self) -> Scan:
        """All that was found."""
        return Scan(
            tuple(self._candidates.values()),
            tuple(self._refusals.values()),
            tuple(self._failures),
            self._complete,
            self._is_missing,
            self._empty_folders,
        )

    def accepts(self, path: str, *, named: bool = False) -> bool:
        """Whether a file of this path is to be looked at; one that was asked for by name is told why not."""
        if not self.is_storable(path):
            return False
        left_out_by = self._selection.left_out_by(path)
        if left_out_by and named:
            self.fail(path, f"left out by {left_out_by}")
        return left_out_by is None

    def is_storable(self, path: str) -> bool:
        """Whether the catalog can hold the path; if not, that is a failure."""
        why = why_not_storable(path)
        if why:
            self.fail(path.encode(errors="replace").decode(), why)
        return why is None

    def add(self, candidate: Candidate) -> None:
        """A file that is there: with its label a candidate, over the size limit or without a label a refusal."""
        path, limit = candidate.path, self._selection.max_file_bytes
        try:
            labelled = replace(candidate, access=self._labels.of(path))
        except AccessLabelError as error:
            self._refusals[path] = Refusal(candidate, error.detail, hides=True)
            return
        if candidate.size_bytes > limit.value:
            name = PurePosixPath(path).name
            self._refusals[path] = Refusal(labelled, too_large(name, candidate.size_bytes, limit=limit))
        else:
            self._candidates[path] = labelled

    def note_empty(self, folder: str, changed_ns: int | None) -> None:
        """A folder ("" is the source) with nothing in it, and when something was last put there or taken away."""
        self._empty_folders[folder] = changed_ns

    def fail(self, path: str, reason: str) -> None:
        """Something that is no document."""
        self._failures.append(FileFailure(path, reason))

    def miss(self, path: str, reason: str) -> None:
        """Something that could not be looked at: documents may be there."""
        self.fail(path, reason)
        self._complete = False

    def miss_all(self, root: str, reason: str) -> None:
        """The source itself is not there."""
        if not self._is_missing:
            self.miss(root, reason)
        self._is_missing = True


def why_not_storable(path: str) -> str | None:
    """Why no catalog can hold a relative path; None: it can."""
    try:
        size_bytes = len(path.encode())
    except UnicodeEncodeError:
        return "its name is not valid UTF-8: rename it"
    if "\0" in path or any(name in {"", ".", ".."} for name in path.split("/")):
        return "its path has an empty name, '.', '..' or a zero byte in it: rename it"
    if size_bytes > MAX_PATH_BYTES:
        return f"its path has {size_bytes} bytes, more than the limit of {MAX_PATH_BYTES}: shorten it"
    return None

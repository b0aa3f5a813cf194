"""A corpus in one file: a document `{id, title, text, metadata}` on each line."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core import ids
from core.access import AccessLabel
from core.documents import Candidate, ParsedDocument
from core.errors import TransientError, UnreadableFileError
from core.runs import FileFailure
from ingest.sources.access import AccessLabelError, FolderLabels, StatedLabel, stated_by
from ingest.sources.findings import MAX_PATH_BYTES
from ingest.sources.scan import Original, Refusal, Scan, coverage, too_large
from ingest.sources.selection import Selection
from ingest.sources.settling import STILL_WRITTEN, Settling

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class _Row:
    external_id: str
    title: str
    text: str
    metadata: dict[str, Any]

    @property
    def canonical(self) -> bytes:
        """The same bytes however the line was written: what the content hash is of."""
        fields = {"id": self.external_id, "title": self.title, "text": self.text, "metadata": self.metadata}
        return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


class JsonlFile:
    """The lines of a JSONL corpus as documents. The id is the path and the external id.

    Access: `tier` and `groups` of the line's metadata, then `.folio.yaml` beside the file, then the settings.
    """

    def __init__(self, file: Path, *, selection: Selection, settling: Settling | None = None) -> None:
        """Of the selection, the size limit (of a line) and the label count: a line has no name for globs."""
        self._file = file
        self._selection = selection
        self._settling = settling or Settling()
        self._places: dict[str, tuple[int, int]] | None = None
        self._lock = threading.Lock()

    def scan(self, only: tuple[str, ...] | None = None) -> Scan:
        """All lines. A bad line makes the scan incomplete, for it may be a document that was there before.

        So does a corpus that is not there, or that is being written: lines may be missing.
        """
        try:
            return self._scan(only)
        except FileNotFoundError:
            return self._missed("the corpus is not there", is_missing=True)
        except OSError as error:
            return self._missed(f"the corpus cannot be read: {error.strerror}")

    def _scan(self, only: tuple[str, ...] | None) -> Scan:
        before = self._file.stat()
        self._settling.wait(before.st_mtime_ns, settle_s=self._selection.settle_s)
        found = _Lines(self._file, only=only, selection=self._selection, modified_ns=before.st_mtime_ns)
        for number, _, line in self._lines():
            found.take(number, line)
        after = self._file.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return self._missed(STILL_WRITTEN)
        return found.result()

    def _missed(self, reason: str, *, is_missing: bool = False) -> Scan:
        failures = (FileFailure(str(self._file), reason),)
        return Scan(failures=failures, complete=False, is_missing=is_missing)

    def read(self, candidate: Candidate) -> Original:
        """The document of one line.

        Raises:
            UnreadableFileError: Its text is blank.
            TransientError: The corpus was changed or removed meanwhile.
        """
        try:
            row = _row(self._line(candidate.path))
        except (OSError, KeyError, UnreadableFileError) as error:
            raise TransientError(f"{self._file.name} changed while it was being read") from error
        if row.external_id != candidate.path:
            raise TransientError(f"{self._file.name} changed while it was being read")
        if not row.text.strip():
            raise UnreadableFileError("the line's text is empty")
        data = row.canonical
        as_read = _candidate(row, data, modified_ns=candidate.modified_ns, access=candidate.access)
        return Original(as_read, data, ParsedDocument(row.text, row.title, "text/plain"))

    def _line(self, external_id: str) -> bytes:
        with self._lock:
            if self._places is None:
                self._places = self._index()
            offset, length = self._places[external_id]
        with self._file.open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def _index(self) -> dict[str, tuple[int, int]]:
        places: dict[str, tuple[int, int]] = {}
        for _, offset, line in self._lines():
            try:
                places.setdefault(_row(line).external_id, (offset, len(line)))
            except UnreadableFileError:
                continue
        return places

    def _lines(self) -> Iterator[tuple[int, int, bytes]]:
        """Line number from 1, byte offset, and the line; blank lines are left out."""
        offset = 0
        with self._file.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip() not in {b"", _BOM}:
                    yield number, offset, line
                offset += len(line)


class _Lines:
    def __init__(
        self, file: Path, *, only: tuple[str, ...] | None, selection: Selection, modified_ns: int
    ) -> None:
        self._file = file
        self._covers = coverage(only)
        self._limit = selection.max_file_bytes
        self._default = selection.default
        self._modified_ns = modified_ns
        self._label = _label_of(file, selection.default)
        self._first_lines: dict[str, int] = {}
        self._candidates: list[Candidate] = []
        self._refusals: list[Refusal] = []
        self._failures: list[FileFailure] = []
        self._complete = True

    def take(self, number: int, line: bytes) -> None:
        try:
            row = _row(line)
        except UnreadableFileError as error:
            self._fail(number, error.detail)
            self._complete = False
            return
        first = self._first_lines.setdefault(row.external_id, number)
        if first != number:
            self._fail(number, f"the id '{row.external_id}' is already taken by line {first}")
        elif self._covers(row.external_id):
            self._sort_in(row)

    def result(self) -> Scan:
        return Scan(
            tuple(self._candidates),
            tuple(self._refusals),
            tuple(self._failures),
            self._complete,
            empty_folders={} if self._first_lines or not self._complete else {"": None},
        )

    def _sort_in(self, row: _Row) -> None:
        data = row.canonical
        plain = _candidate(row, data, modified_ns=self._modified_ns, access=self._default)
        try:
            label = _label(row, self._label)
        except AccessLabelError as error:
            self._refusals.append(Refusal(plain, error.detail, hides=True))
            return
        candidate = _candidate(row, data, modified_ns=self._modified_ns, access=label)
        if len(data) > self._limit.value:
            reason = too_large("the line", len(data), limit=self._limit)
            self._refusals.append(Refusal(candidate, reason))
        else:
            self._candidates.append(candidate)

    def _fail(self, number: int, reason: str) -> None:
        self._failures.append(FileFailure(f"{self._file.name}:{number}", reason))


def _row(line: bytes) -> _Row:
    try:
        fields = orjson.loads(line.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        raise UnreadableFileError("the line is not JSON") from None
    if not isinstance(fields, dict):
        raise UnreadableFileError("the line is not a JSON object")
    external_id, text = fields.get("id"), fields.get("text")
    title = "" if fields.get("title") is None else fields["title"]
    metadata = {} if fields.get("metadata") is None else fields["metadata"]
    if isinstance(external_id, int) and not isinstance(external_id, bool):
        external_id = str(external_id)
    if not isinstance(external_id, str) or not external_id.strip() or not external_id.isprintable():
        raise UnreadableFileError("'id' must be a printable string or a whole number")
    if len(external_id.encode(errors="replace")) > MAX_PATH_BYTES:
        raise UnreadableFileError(f"'id' has more than the limit of {MAX_PATH_BYTES} bytes")
    if not isinstance(text, str) or not isinstance(title, str):
        raise UnreadableFileError("'text' must be a string, and 'title' a string or absent")
    if not isinstance(metadata, dict):
        raise UnreadableFileError("'metadata' must be an object or absent")
    return _Row(external_id, title, text, metadata)


def _candidate(row: _Row, data: bytes, *, modified_ns: int, access: AccessLabel) -> Candidate:
    return Candidate(
        path=row.external_id,
        size_bytes=len(data),
        modified_ns=modified_ns,
        content_hash=ids.content_hash(data),
        external_id=row.external_id,
        title=row.title,
        access=access,
    )


def _label_of(file: Path, default: AccessLabel) -> AccessLabel | AccessLabelError:
    try:
        return FolderLabels.below(file.parent, default=default).of(file.name)
    except AccessLabelError as error:
        return error


def _label(row: _Row, of_file: AccessLabel | AccessLabelError) -> AccessLabel:
    if isinstance(of_file, AccessLabelError):
        raise AccessLabelError(of_file.detail)
    stated: StatedLabel = stated_by(row.metadata, where="its metadata")
    return stated.on(of_file)

"""What looking at a source gives, and what reading one of its documents gives."""

from dataclasses import dataclass
from typing import Protocol

from core.documents import Candidate, ParsedDocument
from core.runs import FileFailure


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is there and cannot be indexed as it is.

    `hides`: who may read it is not known, so an earlier version must not stay searchable either.
    """

    candidate: Candidate
    reason: str
    hides: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """The files of a source.

    `failures` are things that are no document of their own: a folder that cannot be listed, a bad line. A scan that is
    not `complete` may have missed documents, so nothing may be called deleted by it.
    """

    candidates: tuple[Candidate, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    failures: tuple[FileFailure, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Original:
    """A document as it was read: hash, size, time and label in `candidate` belong to exactly these bytes.

    `parsed` is set where the source already holds plain text, and no parser is needed.
    """

    candidate: Candidate
    data: bytes
    parsed: ParsedDocument | None = None


class SourceFiles(Protocol):
    """The documents of one source. Blocking; call it in a thread."""

    def scan(self, only: tuple[str, ...] | None = None) -> Scan:
        """All documents, or those that `only` covers. Reads no contents of files."""

    def read(self, candidate: Candidate) -> Original:
        """One document.

        Raises:
            AccessLabelError: The label it states about itself cannot be understood.
            UnreadableFileError: It is over a limit or malformed.
            TransientError: It vanished, changed or could not be opened.
        """


def covers(only: tuple[str, ...] | None, path: str) -> bool:
    """Whether a path belongs to a part of a source: files by name, folders by prefix with a slash; None is all."""
    if only is None:
        return True
    return any(path == part or (part.endswith("/") and path.startswith(part)) for part in only)


def too_large(what: str, size_bytes: int, *, limit_bytes: int) -> str:
    """Why a document over the size limit is not indexed."""
    return (
        f"{what} has {size_bytes} bytes, more than the limit of {limit_bytes}. "
        "Raise FOLIO_INGEST__MAX_FILE_BYTES or split the file."
    )

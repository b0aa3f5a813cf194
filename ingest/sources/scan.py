"""What looking at a source gives, and what reading one of its documents gives."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from core.documents import Candidate, ParsedDocument
from core.runs import FileFailure
from ingest.sources.selection import Limit


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
    not `complete` may have missed documents, so nothing may be called deleted by it. `is_missing`: the source itself is
    not there. `empty_folders` have nothing in them; by path ("" is the source), when something was last put there or
    taken away (nanoseconds since 1970; None: nobody knows).
    """

    candidates: tuple[Candidate, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    failures: tuple[FileFailure, ...] = ()
    complete: bool = True
    is_missing: bool = False
    empty_folders: Mapping[str, int | None] = field(default_factory=dict)


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
            TransientError: It vanished, could not be opened, or changed while it was read: it may be half-written.
        """


def covers(only: tuple[str, ...] | None, path: str) -> bool:
    """Whether a path belongs to a part of a source: files by name, folders by prefix with a slash; None is all."""
    return coverage(only)(path)


def coverage(only: tuple[str, ...] | None) -> Callable[[str], bool]:
    """`covers` for many paths: each is looked up, however many parts there are."""
    if only is None:
        return lambda _: True
    parts = frozenset(only)
    return lambda path: path in parts or any(folder in parts for folder in _folders_of(path))


def _folders_of(path: str) -> Iterator[str]:
    """The prefixes of a path that end with a slash, its own included if it is one."""
    return (path[: place + 1] for place, character in enumerate(path) if character == "/")


def too_large(what: str, size_bytes: int, *, limit: Limit) -> str:
    """Why a document over the size limit is not indexed."""
    return (
        f"{what} has {size_bytes} bytes, more than the limit of {limit.value}. "
        f"Raise {limit.called} or split the file."
    )

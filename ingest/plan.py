"""What a sync is going to do, as data. Whoever holds a plan can show it before it is executed."""

from collections.abc import Mapping
from dataclasses import dataclass

from core import ids
from core.documents import Candidate, DocumentRecord, Source
from core.runs import FileFailure
from ingest.sources.targets import SyncTarget


@dataclass(frozen=True, slots=True)
class Change:
    """A file to index, and what the catalog knows of it; None for a file it does not know.

    `moved_from` is a document with the same bytes whose file is gone: what is stored of it is used again.
    `again`: it is tried although it failed before in the same way.
    """

    source: Source
    candidate: Candidate
    record: DocumentRecord | None = None
    moved_from: DocumentRecord | None = None
    again: bool = False

    @property
    def doc_id(self) -> str:
        """The document that the file is."""
        return ids.doc_id(self.source.source_id, self.candidate.path)


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be indexed as it is. `hides`: an earlier version must not stay searchable."""

    change: Change
    reason: str
    hides: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """A source's files against the catalog: each file in exactly one of the first five, or half removed in `deleted`.

    `known_failures` failed before and would fail again: same bytes, same pipeline.
    """

    added: tuple[Change, ...] = ()
    modified: tuple[Change, ...] = ()
    unchanged: tuple[Change, ...] = ()
    refused: tuple[Refused, ...] = ()
    known_failures: tuple[Change, ...] = ()
    deleted: tuple[DocumentRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """The work of one sync over all its targets.

    `failures` need no work and are only reported: unlisted folders, bad lines, files that failed before in the same way.
    Those of them in `unreachable` are sources (or folders of one) that are gone or suddenly empty: none of their
    documents is in `deleted`, and a sync of them has not succeeded.
    `touched` files have a new time and the same bytes: only their records are brought up to date.
    `held` are documents that other settings of the pipeline would index anew, and that stay as they are until these settings are
    released; they count as unchanged.
    `again`: what failed before is part of the work. `seconds` is what scanning and hashing took. `fingerprints` are those
    of the pipelines that the plan was made for, by source id.
    """

    targets: tuple[SyncTarget, ...]
    fingerprints: Mapping[str, str]
    added: tuple[Change, ...] = ()
    modified: tuple[Change, ...] = ()
    moved: tuple[Change, ...] = ()
    deleted: tuple[DocumentRecord, ...] = ()
    refused: tuple[Refused, ...] = ()
    failures: tuple[FileFailure, ...] = ()
    touched: tuple[DocumentRecord, ...] = ()
    unchanged_count: int = 0
    seconds: float = 0.0
    again: bool = False
    unreachable: tuple[FileFailure, ...] = ()
    held: tuple[Change, ...] = ()

    @property
    def fingerprint(self) -> str:
        """One name for the pipelines of all sources: the one they share, or a digest of several."""
        distinct = sorted(set(self.fingerprints.values()))
        return distinct[0] if len(distinct) == 1 else ids.fingerprint({"pipelines": distinct})

    @property
    def file_count(self) -> int:
        """Files that were found, whatever is to become of them."""
        indexed = len(self.added) + len(self.modified) + len(self.moved)
        return indexed + len(self.refused) + self.unchanged_count

    @property
    def work_count(self) -> int:
        """Files that the execution has to touch."""
        indexed = len(self.added) + len(self.modified) + len(self.moved)
        return indexed + len(self.deleted) + len(self.refused)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an execution is. `done_count` of `total_count` files are finished, failed ones included."""

    done_count: int
    total_count: int
    chunk_count: int
    failed_count: int
    elapsed_s: float
    current_path: str

"""What a document is, from file to point. Offsets are character offsets into the stored redacted text."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.access import AccessLabel, Tier
from core.graph import NamedSpan
from core.pseudonyms import Mention

HIDDEN_TEXT = "HIDDEN_TEXT"
"""Among the counts of a document: pieces of text that its readers do not see."""


class DocumentState(StrEnum):
    """Where a document stands; the catalog is the truth."""

    PENDING = "pending"
    INDEXING = "indexing"
    INDEXED = "indexed"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"


class SourceKind(StrEnum):
    """How the files of a source are found."""

    FOLDER = "folder"
    JSONL = "jsonl"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What is said for one source alone. None: the settings decide.

    `include` and `exclude` are globs relative to the source; `tier` and `groups` label documents that name none
    themselves. `chunking` is a strategy, `redaction` a policy, `language` an ISO 639-1 code; `schedule` is a cron
    expression (UTC): the source is then synced by the clock, not by its events.
    """

    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    max_file_bytes: int | None = None
    tier: Tier | None = None
    groups: frozenset[str] | None = None
    language: str | None = None
    chunking: str | None = None
    redaction: str | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A place that documents come from. `root` is an absolute path, or the fsspec URL of a remote source."""

    source_id: str
    kind: SourceKind
    root: str
    tenant: str = "default"
    name: str = ""
    options: SourceOptions = SourceOptions()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file (or a line of a JSONL corpus) as a scan saw it.

    `path` is relative to the source, with forward slashes. `content_hash` is the SHA-256 of the bytes; None until it was read.
    `place` is the path on disk (or the id in the corpus) where `path` is not: there are names of people in it. It is for opening
    the file only, and is neither stored nor shown.
    """

    path: str
    size_bytes: int
    modified_ns: int
    content_hash: str | None = None
    external_id: str | None = None
    title: str | None = None
    access: AccessLabel = field(default_factory=AccessLabel)
    place: str | None = field(default=None, repr=False, compare=False)

    @property
    def file(self) -> str:
        """The path by which the file can be opened. Never to be stored or shown."""
        return self.path if self.place is None else self.place


@dataclass(frozen=True, slots=True)
class PageSpan:
    """Where a page of the original lies in the text. Pages count from 1."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """The text of a file as Markdown (headings, tables, code fences), with its page breaks.

    `screening_counts` says how much hidden text was taken out of it and how many suspect sentences it has, by type.
    """

    text: str
    title: str
    mime_type: str
    pages: tuple[PageSpan, ...] = ()
    language: str | None = None
    screening_counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RedactedDocument:
    """A parsed document without its personal data; `redaction_counts` by entity type, never values.

    `mentions` are the values that have a pseudonym, by field and place. `names` are what the language model of redaction took
    for names and what was left as it is, in the redacted text, by place; None: no model has read the text.
    """

    document: ParsedDocument
    redaction_counts: dict[str, int]
    mentions: tuple[Mention, ...] = ()
    names: tuple[NamedSpan, ...] | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A retrievable piece of a document.

    `ordinal` counts from 0 without gaps. `text` equals `document.text[start:end]`; `embedding_text` is what the model
    sees (title and headings in front).
    `parent_start` and `parent_end` bound the section (up to 1,000 tokens) that contains it.
    """

    ordinal: int
    text: str
    start: int
    end: int
    heading: str
    page: int | None
    parent_start: int
    parent_end: int
    embedding_text: str
    token_count: int


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What the catalog knows of a document.

    `artifact_key` is the stored text. `retired_keys` are texts of other versions that may still be stored: one that is
    being written, one that a crash left. Of a deleted document they are all that were removed, to be read back.
    `deleted_at` is when its deletion began; what is kept for a while after that counts from here.
    """

    doc_id: str
    source_id: str
    tenant: str
    path: str
    state: DocumentState
    title: str = ""
    external_id: str | None = None
    mime_type: str = ""
    reason: str | None = None
    content_hash: str | None = None
    fingerprint: str | None = None
    version: int = 0
    artifact_key: str | None = None
    retired_keys: tuple[str, ...] = ()
    size_bytes: int = 0
    modified_ns: int = 0
    chunk_count: int = 0
    redaction_counts: dict[str, int] = field(default_factory=dict)
    access: AccessLabel = field(default_factory=AccessLabel)
    token_count: int = 0
    attempt_count: int = 0
    seconds: float = 0.0
    run_id: str | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None

"""One ingest run: what it found, how far it is, what came of it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FileFailure:
    """A file that could not be indexed, and why. The reason holds no document text."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class StageTotals:
    """What one stage of a run handled."""

    document_count: int = 0
    item_count: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of a run. Counts are of files (or JSONL lines), except those of chunks and tokens.

    `token_count` is of all chunks written; of them, `embedded_token_count` went to the model: in proportion to a
    document's vectors that were computed, for the others were there already.
    """

    added: int = 0
    modified: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0
    failed: tuple[FileFailure, ...] = ()
    chunk_count: int = 0
    token_count: int = 0
    embedded_token_count: int = 0
    seconds: float = 0.0
    stages: dict[str, StageTotals] = field(default_factory=dict)
    redaction_counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as the catalog keeps it, updated while it goes on. `done_count` of `total_count` files are finished."""

    run_id: str
    source_ids: tuple[str, ...]
    started_at: datetime
    finished_at: datetime | None = None
    total_count: int = 0
    done_count: int = 0
    chunk_count: int = 0
    failed_count: int = 0
    orchestrator_run_id: str | None = None
    error: str | None = None

"""Documents, the jobs that index them, and receipts of deletions."""

from datetime import datetime

from folio.client.models.base import Record, Tagged
from folio.client.models.search import RestoredValue

_FINISHED = frozenset({"succeeded", "failed", "cancelled"})


class Document(Tagged):
    """What is known of a document."""

    doc_id: str
    source_id: str
    external_id: str | None
    path: str
    title: str
    mime_type: str
    state: str
    reason: str | None
    version: int
    size_bytes: int
    chunk_count: int
    redaction_counts: dict[str, int]
    tier: str
    groups: tuple[str, ...]
    attempt_count: int
    seconds: float
    run_id: str | None
    updated_at: datetime | None


class DocumentText(Tagged):
    """The stored text that the offsets of hits and citations point into."""

    doc_id: str
    version: int
    text: str
    restored: tuple[RestoredValue, ...] = ()


class JobProblem(Record):
    """Why a job did not succeed."""

    title: str
    status: int
    code: str
    detail: str


class Job(Record):
    """Work that goes on after the answer. `progress` goes from 0 to 1."""

    id: str
    kind: str
    state: str
    doc_id: str
    path: str
    progress: float
    version: int | None
    error: JobProblem | None
    attempt_count: int
    size_bytes: int
    sha256: str
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether it will not change any more."""
        return self.finished_at is not None or self.state in _FINISHED


class PlaceReading(Record):
    """One kind of place, and what was found there."""

    place: str
    remaining_count: int
    looked_at: tuple[str, ...]


class ReceiptClaims(Record):
    """What a receipt says. `status`: deleted, soft_deleted, residue, deleting or present."""

    doc_id: str
    source_id: str
    path_sha256: str
    status: str
    state: str
    versions: tuple[int, ...]
    changed_at: str | None
    read_at: str
    kept_until: str | None
    remaining_count: int
    places: tuple[PlaceReading, ...]


class Signature(Record):
    """Who vouches for a receipt."""

    algorithm: str
    key_id: str
    value: str


class Receipt(Record):
    """What is left of a document, read back from every place, and signed."""

    receipt: ReceiptClaims
    signature: Signature

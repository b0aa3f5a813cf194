"""A deletion receipt: what was found of a document when every place that could keep some of it was read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.documents import DocumentState


class ReceiptStatus(StrEnum):
    """What the reading says."""

    DELETED = "deleted"
    """The document is deleted, and nothing of it is left."""
    RESIDUE = "residue"
    """The document is deleted, and something of it is left."""
    SOFT_DELETED = "soft_deleted"
    """The document is deleted and in reach of no search; its points are removed by compaction after `kept_until`."""
    DELETING = "deleting"
    """The deletion has begun and was not finished; the next sync goes on with it."""
    PRESENT = "present"
    """The document is not deleted."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One kind of place: how many items of the document were found there, and where was looked."""

    place: str
    remaining_count: int
    looked_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The reading of all places. The path is given as its SHA-256 only: a path may say more than should remain.

    `versions` are the version numbers that were given out, broken-off attempts included. `changed_at` is when the
    catalog's record last changed: for a deleted document, when it was deleted. `kept_until` is when the points of a document
    that was deleted softly may be removed, and None for every other.
    """

    doc_id: str
    source_id: str
    path_sha256: str
    status: ReceiptStatus
    state: DocumentState
    versions: tuple[int, ...]
    changed_at: datetime | None
    read_at: datetime
    readings: tuple[Reading, ...]
    kept_until: datetime | None = None

    @property
    def remaining_count(self) -> int:
        """Items found in all places together; a visible chunk is one of the chunks."""
        return sum(reading.remaining_count for reading in self.readings if reading.place != "visible_chunks")


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt and the HMAC-SHA256 of its canonical JSON, in hex. `key_id` tells keys apart and gives none away."""

    receipt: Receipt
    key_id: str
    signature: str

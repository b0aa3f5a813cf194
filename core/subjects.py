"""What is known of one person or value: where it appears, and what an erasure left. For requests of data subjects."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

ERASED = "<ERASED>"
"""Stands in texts in place of a value that was erased on request. Nothing leads back from it."""


class Basis(StrEnum):
    """Why a place is said to be the person's."""

    SAME = "same"
    """The value itself, in any of its spellings."""
    LINKED = "linked"
    """Another value that belongs to the person: an e-mail address that is made of the name."""
    PART = "part"
    """Somebody whose name has a part in common with it: may be another person."""

    @property
    def certain(self) -> bool:
        """Whether it is the person's beyond doubt."""
        return self is not Basis.PART


@dataclass(frozen=True, slots=True)
class HeldChunk:
    """A chunk that has one of the pseudonyms asked for, of any version, visible or not."""

    collection: str
    doc_id: str
    version: int
    active: bool
    start: int
    end: int
    page: int | None
    text: str = field(repr=False)
    pseudonyms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a document: a pseudonym, and where it stands in the stored text, title, path or id."""

    token: str
    basis: Basis
    where: str
    start: int
    end: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class SubjectDocument:
    """A document that mentions the person. `path` and `title` are as they are stored: with pseudonyms."""

    doc_id: str
    source_id: str
    path: str
    title: str
    state: str
    versions: tuple[int, ...]
    is_upload: bool
    chunk_count: int
    places: tuple[Place, ...]

    @property
    def certain(self) -> bool:
        """Whether one of its places is the person's beyond doubt."""
        return any(place.basis.certain for place in self.places)


@dataclass(frozen=True, slots=True)
class Subject:
    """What was found. `tokens` are the pseudonyms that are certain, `linked` those of other values among them.

    `not_searched` are ids of sources that are not redacted: nothing in them has a pseudonym to go by. `graph_count` rows,
    summaries and merges of the graph have one of the `tokens`, `session_count` texts of conversations, and `kept_count` answers
    of models that are kept and questions of agents.
    """

    tokens: tuple[str, ...]
    linked: tuple[str, ...]
    documents: tuple[SubjectDocument, ...]
    not_searched: tuple[str, ...] = ()
    graph_count: int = 0
    session_count: int = 0
    kept_count: int = 0

    @property
    def certain(self) -> tuple[SubjectDocument, ...]:
        """The documents that certainly mention the person."""
        return tuple(row for row in self.documents if row.certain)

    @property
    def possible(self) -> tuple[SubjectDocument, ...]:
        """The others."""
        return tuple(row for row in self.documents if not row.certain)


@dataclass(frozen=True, slots=True)
class Remaining:
    """One kind of place after an erasure: how many items with the value were found there."""

    place: str
    count: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did, read back from every place. It names pseudonyms and documents, never the value.

    `removed` of the documents are not in the index any more: deleted, or their files could not be read anew. `for_owner` are
    those whose file still has the value, or whose name has: Folio does not change what is not its own. `not_searched` as in
    `Subject`.
    """

    tenant: str
    tokens: tuple[str, ...]
    documents: tuple[str, ...]
    removed: tuple[str, ...]
    for_owner: tuple[str, ...]
    remaining: tuple[Remaining, ...]
    read_at: datetime
    not_searched: tuple[str, ...] = ()

    @property
    def remaining_count(self) -> int:
        """Items in all places together."""
        return sum(row.count for row in self.remaining)

"""Listing documents: what may be asked for, and in which order. What a principal may not read is never listed nor counted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.access import Principal
from core.documents import DocumentRecord, DocumentState


class DocumentOrder(StrEnum):
    """By what documents are listed; those that are equal in it, by id."""

    ID = "id"
    UPDATED_AT = "updated_at"
    PATH = "path"
    TITLE = "title"
    SIZE = "size_bytes"


@dataclass(frozen=True, slots=True)
class ListingPlace:
    """A place in a listing: behind the document with this id, whose value in the listing's order is `value`."""

    value: str | int | datetime
    doc_id: str


@dataclass(frozen=True, slots=True)
class DocumentQuery:
    """A page of a listing: the next `limit` documents behind `after`. An empty or absent condition holds for all.

    `path_prefix` distinguishes capitals; `words` stand in the title or the path, whatever the case of their letters.
    `updated_after` is inclusive, `updated_before` is not.
    """

    limit: int
    order: DocumentOrder = DocumentOrder.ID
    descending: bool = False
    after: ListingPlace | None = None
    states: tuple[DocumentState, ...] = ()
    source_ids: tuple[str, ...] = ()
    mime_types: tuple[str, ...] = ()
    path_prefix: str = ""
    words: str = ""
    updated_after: datetime | None = None
    updated_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What a principal may read of a source: documents that are indexed, their chunks, and the last change of one."""

    document_count: int
    chunk_count: int
    updated_at: datetime | None


class DocumentListing(Protocol):
    """Documents as a principal may see them. The rule is `AccessLabel.readable_by`."""

    async def listed(self, principal: Principal, query: DocumentQuery) -> list[DocumentRecord]:
        """The readable documents that meet the query, in its order."""

    async def counts(self, principal: Principal) -> dict[str, SourceCount]:
        """By source id; sources without a readable indexed document are absent."""


def place_of(record: DocumentRecord, order: DocumentOrder) -> ListingPlace:
    """The place of a document in a listing of this order."""
    values: dict[DocumentOrder, str | int | datetime | None] = {
        DocumentOrder.ID: record.doc_id,
        DocumentOrder.UPDATED_AT: record.updated_at,
        DocumentOrder.PATH: record.path,
        DocumentOrder.TITLE: record.title,
        DocumentOrder.SIZE: record.size_bytes,
    }
    value = values[order]
    return ListingPlace(record.doc_id if value is None else value, record.doc_id)

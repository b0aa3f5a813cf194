"""Documents over HTTP."""

from datetime import datetime
from typing import Literal, Self, cast

from pydantic import BaseModel, Field

from api.schemas.search import RestoredValue
from core.documents import DocumentRecord, DocumentState

TierName = Literal["public", "internal", "confidential", "restricted"]


class Document(BaseModel):
    """What is known of a document."""

    doc_id: str
    source_id: str
    external_id: str | None
    path: str = Field(description="relative to its source")
    title: str
    mime_type: str
    state: DocumentState
    reason: str | None = Field(description="why it is failed or quarantined")
    version: int
    size_bytes: int
    chunk_count: int
    redaction_counts: dict[str, int] = Field(description="entity types and how many were taken out")
    tier: TierName
    groups: list[str]
    attempt_count: int
    seconds: float
    run_id: str | None
    updated_at: datetime | None

    @classmethod
    def of(cls, record: DocumentRecord) -> Self:
        """The wire form of a catalog record."""
        return cls(
            doc_id=record.doc_id,
            source_id=record.source_id,
            external_id=record.external_id,
            path=record.path,
            title=record.title,
            mime_type=record.mime_type,
            state=record.state,
            reason=record.reason,
            version=record.version,
            size_bytes=record.size_bytes,
            chunk_count=record.chunk_count,
            redaction_counts=record.redaction_counts,
            tier=cast("TierName", record.access.tier.label),
            groups=sorted(record.access.groups),
            attempt_count=record.attempt_count,
            seconds=record.seconds,
            run_id=record.run_id,
            updated_at=record.updated_at,
        )


class DocumentPage(BaseModel):
    """One page of documents, by ascending id."""

    data: list[Document]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool


class DocumentText(BaseModel):
    """The stored, redacted text that the offsets of hits and citations point into; with `restore`, with values in it."""

    doc_id: str
    version: int
    text: str
    restored: list[RestoredValue] = Field([], description="with `restore`: the values in `text`")

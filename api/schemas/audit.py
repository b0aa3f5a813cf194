"""The audit log over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from core.audit import AuditEntry, AuditVerdict


class AuditEntryBody(BaseModel):
    """One link of the chain. `hash` is the SHA-256 of all other fields as canonical JSON."""

    sequence: int
    at: datetime
    tenant: str
    subject: str = Field(description="who")
    action: str = Field(description="did what, as `pii.restored`, `review.decided`, `answers.recorded`")
    object: str = Field(description="with which object")
    detail: str
    previous_hash: str = Field(description="of the entry before, which may be another tenant's")
    hash: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """The wire form."""
        return cls.model_validate(asdict(entry))


class AuditPage(BaseModel):
    """Entries of the caller's tenant, newest first."""

    data: list[AuditEntryBody]
    next_cursor: int | None
    has_more: bool


class AuditVerdictBody(BaseModel):
    """Whether the log is whole, of all tenants: no entry was changed, removed, added or moved."""

    whole: bool
    problem: str | None = Field(description="what is wrong first; null where nothing is")
    entry_count: int
    record_count: int = Field(description="records of answers that were compared with their digests")
    head: str = Field(
        description="`NUMBER:HASH` of the last entry: keep it elsewhere, and have it compared later"
    )
    start: str = Field(
        description="`NUMBER:HASH` that the first entry follows: those before were removed when their time was over"
    )

    @classmethod
    def of(cls, verdict: AuditVerdict) -> Self:
        """The wire form."""
        return cls(
            whole=verdict.problem is None,
            problem=verdict.problem,
            entry_count=verdict.entry_count,
            record_count=verdict.record_count,
            head=f"{verdict.head.sequence}:{verdict.head.hash}",
            start=f"{verdict.start.sequence}:{verdict.start.hash}",
        )

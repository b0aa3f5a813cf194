"""Work that the service does after it has answered: jobs, and the keys that make a repeated request harmless."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.access import Principal
from core.scopes import Scope


class JobKind(StrEnum):
    """What a job does."""

    UPLOAD = "upload"
    RETRY = "retry"
    """A document is tried again that a reviewer has approved."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether it stays as it is."""
        return self not in {JobState.QUEUED, JobState.RUNNING}


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job did not succeed, as the fields of a problem (RFC 9457)."""

    status: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Ids ascend with the time of creation; `revision` grows with every change of the job.

    `content_hash` is the SHA-256 of the bytes, empty where they were never read, `version` what the document became, `progress` goes from 0 to 1.
    `available_at`: not to be begun before; `lease_until`: until when `owner` has it.
    """

    job_id: str
    tenant: str
    subject: str
    kind: JobKind
    doc_id: str
    path: str
    content_hash: str
    size_bytes: int
    created_at: datetime
    available_at: datetime
    updated_at: datetime
    state: JobState = JobState.QUEUED
    progress: float = 0.0
    version: int | None = None
    error: JobError | None = None
    attempt_count: int = 0
    revision: int = 1
    owner: str | None = None
    lease_until: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    def visible_to(self, principal: Principal) -> bool:
        """A job is shown to its subject, and to those who manage its tenant's sources; for others it is not there."""
        ours = principal.subject == self.subject or Scope.SOURCES in principal.scopes
        return self.tenant == principal.tenant and ours


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """How a job ended."""

    job_id: str
    state: JobState
    version: int | None = None
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer to a request with an idempotency key. `body` is None where it is the document as it is now."""

    status: int
    body: str | None = None


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """What is known of an idempotency key. `ours`: the request may go on; else `answer` or `job_id` may be replayed.

    Neither: another request with this key is being worked on. `same_request`: it asked for the same.
    """

    ours: bool
    same_request: bool = True
    job_id: str | None = None
    answer: KeptAnswer | None = None

"""Jobs over HTTP."""

from datetime import datetime
from http import HTTPStatus
from typing import Self

from pydantic import BaseModel, Field

from api.problem_types import type_of
from core.jobs import Job, JobError, JobKind, JobState


class JobProblem(BaseModel):
    """Why a job did not succeed (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="the HTTP status in words")
    status: int
    code: str = Field(description="for example `unreadable_file`, `document_deleted`")
    detail: str

    @classmethod
    def of(cls, error: JobError) -> Self:
        """The wire form."""
        return cls(
            type=type_of(error.code),
            title=HTTPStatus(error.status).phrase,
            status=error.status,
            code=error.code,
            detail=error.detail,
        )


class JobBody(BaseModel):
    """Work that goes on after the answer."""

    id: str = Field(description="ascends with the time of creation")
    kind: JobKind
    state: JobState
    doc_id: str = Field(description="the document that the upload is a version of")
    path: str
    progress: float = Field(description="from 0 to 1")
    version: int | None = Field(description="what the document became, once it succeeded")
    error: JobProblem | None = Field(description="why it failed or was cancelled")
    attempt_count: int
    size_bytes: int
    sha256: str = Field(description="of the uploaded file")
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """The wire form of a job."""
        return cls(
            id=job.job_id,
            kind=job.kind,
            state=job.state,
            doc_id=job.doc_id,
            path=job.path,
            progress=job.progress,
            version=job.version,
            error=JobProblem.of(job.error) if job.error else None,
            attempt_count=job.attempt_count,
            size_bytes=job.size_bytes,
            sha256=job.content_hash,
            created_at=job.created_at,
            started_at=job.started_at,
            updated_at=job.updated_at,
            finished_at=job.finished_at,
        )


class JobPage(BaseModel):
    """One page of jobs, newest first."""

    data: list[JobBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool

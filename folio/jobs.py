"""What a job is from its upload to its end, as decisions. Reads and writes nothing."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import uuid4

from core.documents import DocumentRecord, DocumentState
from core.errors import FolioError
from core.jobs import Job, JobError, JobKind, JobOutcome, JobState

HOLD = timedelta(seconds=60)
"""How long a job waits for its file to be put in its place, if nobody says that it is."""

_LONGEST_PAUSE_S = 300.0
_GONE = {DocumentState.DELETING, DocumentState.DELETED}


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file: who sent it, the document it is a version of, and what was received. `path` is as it was sent."""

    tenant: str
    subject: str
    doc_id: str
    path: str = field(repr=False)
    content_hash: str
    size_bytes: int


def new_job(upload: Upload, *, now: datetime, path: str | None = None) -> Job:
    """The job that indexes an upload, to be released once the file is in its place. `path` is its path as it is stored."""
    return Job(
        job_id=_new_id(now),
        tenant=upload.tenant,
        subject=upload.subject,
        kind=JobKind.UPLOAD,
        doc_id=upload.doc_id,
        path=upload.path if path is None else path,
        content_hash=upload.content_hash,
        size_bytes=upload.size_bytes,
        created_at=now,
        available_at=now + HOLD,
        updated_at=now,
    )


def retry_job(record: DocumentRecord, *, subject: str, now: datetime) -> Job:
    """The job that tries a document again, whatever its source; it may begin at once."""
    return Job(
        job_id=_new_id(now),
        tenant=record.tenant,
        subject=subject,
        kind=JobKind.RETRY,
        doc_id=record.doc_id,
        path=record.path,
        content_hash=record.content_hash or "",
        size_bytes=record.size_bytes,
        created_at=now,
        available_at=now,
        updated_at=now,
    )


def batches(jobs: Sequence[Job]) -> list[list[Job]]:
    """Jobs to be done together, each time of one tenant.

    One that was begun before is done alone, as it may be what ended the process; and so is what is no upload.
    """
    fresh = [job for job in jobs if job.attempt_count <= 1 and job.kind is JobKind.UPLOAD]
    again = [[job] for job in jobs if job not in fresh]
    tenants = dict.fromkeys(job.tenant for job in fresh)
    return [*([job for job in fresh if job.tenant == tenant] for tenant in tenants), *again]


def outcome(job: Job, record: DocumentRecord | None, *, file_hash: str | None) -> JobOutcome | None:
    """What became of a job, from its document and the hash of its file as they are now; None if that is still open.

    It does not matter who indexed the document, nor whether a later upload has replaced the file meanwhile.
    """
    if _never_placed(job) and file_hash != job.content_hash:
        return _ended(
            job, 503, "upload_interrupted", "the service stopped before it had kept the file: upload it again"
        )
    if file_hash is None and (record is None or record.state in _GONE):
        return _cancelled(job)
    return _of_document(job, record, file_hash=file_hash) if record else None


def retried(job: Job, record: DocumentRecord | None) -> JobOutcome | None:
    """What became of a document that was tried again; None if that is still open."""
    if record is None or record.state in _GONE:
        return _cancelled(job)
    return _of_document(job, record, file_hash=record.content_hash)


def gave_up(job: Job, error: FolioError) -> JobOutcome:
    """The end of a job that was tried often enough."""
    return _ended(job, error.status, error.code, error.detail)


def broken(job: Job) -> JobOutcome:
    """The end of a job that met a bug."""
    return _ended(
        job, 500, "internal_error", "an unexpected error; the service's log has it under the job's id"
    )


def unfinished(job: Job) -> JobOutcome:
    """The end of a job that was begun often enough and never came to an end."""
    detail = f"it was begun {job.attempt_count - 1} times and did not come to an end: upload the file again"
    return _ended(job, 503, "temporarily_unavailable", detail)


def pause_s(attempt_count: int) -> float:
    """Seconds until a job is begun again: doubled with each attempt, up to five minutes."""
    return float(min(2.0 ** min(attempt_count, 16), _LONGEST_PAUSE_S))


def new_owner() -> str:
    """Names a worker: machine, process, and a part of its own."""
    return f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex}"


class Bell:
    """Wakes those who wait for news of jobs in this process; those of other processes are found by looking."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    def listen(self) -> asyncio.Event:
        """What to wait for: asked for before one looks, so that no ring between looking and waiting is missed."""
        return self._rung

    async def wait(self, news: asyncio.Event, *, timeout_s: float) -> None:
        """Return at the first ring since `listen` gave this, or after `timeout_s` seconds."""
        # Not `wait_for`: before Python 3.12 it can swallow a cancellation that comes with the ring.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await news.wait()


def _of_document(job: Job, record: DocumentRecord, *, file_hash: str | None) -> JobOutcome | None:
    if record.state is DocumentState.INDEXED and record.content_hash in {job.content_hash, file_hash}:
        return JobOutcome(job.job_id, JobState.SUCCEEDED, record.version)
    what = "upload" if job.kind is JobKind.UPLOAD else "document"
    why = f"the {what} is {record.state}, not indexed: {record.reason}"
    if record.state is DocumentState.QUARANTINED:
        return _ended(job, 422, "unreadable_file", why)
    if record.state is DocumentState.FAILED:
        return _ended(job, 503, "temporarily_unavailable", why)
    return None


def _never_placed(job: Job) -> bool:
    return job.attempt_count <= 1 and job.available_at == job.created_at + HOLD


def _cancelled(job: Job) -> JobOutcome:
    detail = "the document was deleted before it was indexed"
    return JobOutcome(
        job.job_id, JobState.CANCELLED, error=JobError(HTTPStatus.CONFLICT, "document_deleted", detail)
    )


def _ended(job: Job, status: int, code: str, detail: str) -> JobOutcome:
    return JobOutcome(job.job_id, JobState.FAILED, error=JobError(status, code, detail))


def _new_id(now: datetime) -> str:
    """Ids ascend with time, so that pages of them do."""
    return f"{int(now.timestamp() * 1000):012x}{uuid4().hex[:20]}"

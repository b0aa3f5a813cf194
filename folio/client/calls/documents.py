"""Documents, and the jobs that index them."""

from collections.abc import Sequence
from datetime import datetime

from folio.client.calls.building import fetched, keyed, matching, part, reading, removed
from folio.client.errors import JobFailedError, WaitedTooLongError
from folio.client.flows import Call, Flow, Patience, Pause, Steps
from folio.client.models.base import Page
from folio.client.models.documents import Document, DocumentText, Job, Receipt
from folio.client.wire import Reply, Request, Upload, given

_JOB_PAUSE_S = 0.25
_LONGEST_JOB_PAUSE_S = 5.0
_DEFAULT_WAIT_S = 300.0
_ACCEPTED = 202


def list_documents(  # noqa: PLR0913 - each is an option of its own
    *,
    limit: int = 50,
    cursor: str | None = None,
    sort: str | None = None,
    state: Sequence[str] = (),
    source_id: Sequence[str] = (),
    mime_type: Sequence[str] = (),
    path_prefix: str | None = None,
    words: str | None = None,
    updated_after: datetime | None = None,
    updated_before: datetime | None = None,
) -> Call[Page[Document]]:
    """A page of the documents that the caller may read; `documents` goes through all pages.

    Args:
        limit: Most documents of the page.
        cursor: `next_cursor` of the page before.
        sort: `updated_at`, `path`, `title` or `size_bytes`, with `-` before it for the greatest first.
        state: Only documents in these states, as `indexed`.
        source_id: Only documents of these sources.
        mime_type: Only documents of these types.
        path_prefix: Only documents whose path begins like this.
        words: Only documents with these words in title or path.
        updated_after: With a zone; inclusive.
        updated_before: With a zone; exclusive.
    """
    query = given(
        limit=limit,
        cursor=cursor,
        sort=sort,
        state=list(state) or None,
        source_id=list(source_id) or None,
        mime_type=list(mime_type) or None,
        path=path_prefix,
        q=words,
        updated_after=updated_after.isoformat() if updated_after else None,
        updated_before=updated_before.isoformat() if updated_before else None,
    )
    return fetched("/v1/documents", Page[Document], query)


def document(doc_id: str) -> Call[Document]:
    """What is known of one document."""
    return fetched(f"/v1/documents/{part(doc_id)}", Document)


def text(doc_id: str, *, restore: bool | None = None) -> Call[DocumentText]:
    """The stored text of a document; with `restore`, which needs the scope `pii:read`, with the values in it."""
    return fetched(f"/v1/documents/{part(doc_id)}/text", DocumentText, given(restore=restore))


def receipt(doc_id: str) -> Call[Receipt]:
    """What is left of a document, read back now, and signed."""
    return fetched(f"/v1/documents/{part(doc_id)}/receipt", Receipt)


def delete(doc_id: str, *, if_match: str | None = None) -> Call[None]:
    """Remove a document from the index, and its file if it was uploaded.

    Args:
        doc_id: Of the document.
        if_match: `etag` of the document as it was seen: if it has changed since, nothing is removed.
    """
    return removed(f"/v1/documents/{part(doc_id)}", matching(if_match))


def submit(name: str, data: bytes, *, idempotency_key: str | None = None) -> Call[Job | Document]:
    """Send a file; it is indexed afterwards. The same name again is a new version.

    Args:
        name: May have folders, as `policies/travel.md`.
        data: The file's bytes.
        idempotency_key: The same upload sent again with it is taken in once; default: a new one, for the tries of this call.

    Returns:
        The job that indexes it; the document if a try before was not answered and is done.
    """
    headers = keyed(idempotency_key)
    return Call(Request("POST", "/v1/documents", file=Upload(name, data), headers=headers), _submitted)


def upload(
    name: str, data: bytes, *, timeout_s: float = _DEFAULT_WAIT_S, idempotency_key: str | None = None
) -> Steps[Document]:
    """Send a file and wait until it is indexed; see `submit`.

    Raises:
        JobFailedError: It could not be indexed; the message says why.
        WaitedTooLongError: It is not indexed after `timeout_s`; the job goes on.
    """

    def steps(patience: Patience) -> Flow[Document]:
        sent = yield from submit(name, data, idempotency_key=idempotency_key).flow(patience)
        if isinstance(sent, Document):
            return sent
        ended = yield from wait_for_job(sent.id, timeout_s=timeout_s).flow(patience)
        if ended.state != "succeeded":
            detail = ended.error.detail if ended.error else "it says nothing of why"
            raise JobFailedError(f"the job {ended.id} is {ended.state}: {detail}")
        return (yield from document(ended.doc_id).flow(patience))

    return Steps(steps)


def list_jobs(*, limit: int = 50, cursor: str | None = None) -> Call[Page[Job]]:
    """A page of the caller's jobs, newest first; `jobs` goes through all pages."""
    return fetched("/v1/jobs", Page[Job], given(limit=limit, cursor=cursor))


def job(job_id: str) -> Call[Job]:
    """One job as it is now."""
    return fetched(f"/v1/jobs/{part(job_id)}", Job)


def wait_for_job(job_id: str, *, timeout_s: float = _DEFAULT_WAIT_S) -> Steps[Job]:
    """The job once it has ended, whether it succeeded or not.

    Raises:
        WaitedTooLongError: It has not after `timeout_s` of waiting.
    """

    def steps(patience: Patience) -> Flow[Job]:
        pause_s, waited_s = _JOB_PAUSE_S, 0.0
        while True:
            now = yield from job(job_id).flow(patience)
            if now.is_finished:
                return now
            if waited_s >= timeout_s:
                raise WaitedTooLongError(f"the job {job_id} is {now.state} after {timeout_s:g} s; it goes on")
            pause_s = min(pause_s * 1.5, _LONGEST_JOB_PAUSE_S, max(timeout_s - waited_s, 0.01))
            yield Pause(pause_s)
            waited_s += pause_s

    return Steps(steps)


def _submitted(reply: Reply) -> Job | Document:
    return reading(Job)(reply) if reply.status == _ACCEPTED else reading(Document)(reply)

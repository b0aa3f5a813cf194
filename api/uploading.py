"""The answer to an upload: its job, or, for those who wait, the document; the same again for the same key."""

from dataclasses import dataclass
from functools import partial

from fastapi import Request, Response, UploadFile

from api.conditional import check_unchanged, tag_of_document
from api.errors import problem
from api.idempotency import AlreadyDoneError
from api.lifespan import Services
from api.receiving import UploadOptions, received
from api.schemas.documents import Document
from api.schemas.jobs import JobBody
from api.schemas.problem import MEDIA_TYPE
from core.documents import DocumentRecord, DocumentState
from core.errors import ForbiddenError, NotFoundError, TransientError
from core.jobs import Job, JobState, KeptAnswer
from folio import uploads
from folio.drafts import Draft
from folio.jobs import Upload
from folio.submitting import UploadDesk, key_hash

_JSON = "application/json"
_REPLAYED = {"Idempotency-Replayed": "true"}
# Shorter than any upload's claim on its key.
_LATE_S = 60.0


@dataclass(frozen=True, slots=True)
class Uploading:
    """One request that uploads a file."""

    request: Request
    services: Services
    options: UploadOptions

    async def answer(self, file: UploadFile) -> Response:
        """Take the file in and answer; a known key is answered as before."""
        desk = await self.services.upload_desk()
        key = key_hash(self.options.key, self.services.principal) if self.options.key is not None else None
        path = uploads.relative_path(file.filename or "")
        tenant = self.services.principal.tenant
        async with received(self.request, file, self.options, self.services.settings, tenant=tenant) as draft:
            upload = await self._upload(draft, path)
            job = (
                await self._submitted(draft, upload) if key is None else await self._taken(draft, upload, key)
            )
        if isinstance(job, Response):
            return job
        try:
            response = await self._ended(job, desk)
        except TransientError:
            # It is taken in, and will be indexed: only what became of it cannot be read now.
            response = _of_job(job)
        if key is not None:
            answer = partial(desk.stores.keys.answer, key, _kept(response))
            await self.services.late.do(answer, within_s=_LATE_S)
        return response

    async def _taken(self, draft: Draft, upload: Upload, key: str) -> Job | Response:
        """The job of an upload with a key, or the answer that was given for it before."""
        desk = await self.services.upload_desk()
        claim = await desk.claim(key, upload)
        if claim.answer is not None:
            known = await desk.stores.jobs.job(claim.job_id) if claim.job_id else None
            return await self._replayed(claim.answer, known)
        if claim.job_id is not None and (known := await desk.stores.jobs.job(claim.job_id)):
            return known  # the process that took it in died before it answered
        try:
            return await self._submitted(draft, upload, key=key)
        except BaseException:
            # Where the catalog is gone by now: later, so that who sends it again need not wait until the key expires.
            await self.services.late.do(partial(desk.stores.keys.forget, key), within_s=_LATE_S)
            raise

    async def _submitted(self, draft: Draft, upload: Upload, *, key: str | None = None) -> Job:
        """The job of an upload that takes the place of nothing that its sender does not know of.

        Raises:
            PreconditionFailedError: What is there is not as the request expects it.
            ForbiddenError: What is there may not be read by the sender: nobody replaces what it cannot see.
        """
        there = await self._there(upload)
        is_seen = there is not None and self._may_read(there)
        check_unchanged(self.request, tag_of_document(there) if there and is_seen else None)
        if there is not None and not is_seen:
            raise ForbiddenError(
                "this name cannot be used by this credential: choose another, or use a credential that may read the documents "
                "of this name"
            )
        desk = await self.services.upload_desk()
        return await desk.submit(draft, upload, key_hash=key)

    async def _upload(self, draft: Draft, path: str) -> Upload:
        knowledge_base = await self.services.knowledge_base()
        who = self.services.principal
        doc_id = knowledge_base.upload_id(path, tenant=who.tenant)
        return Upload(who.tenant, who.subject, doc_id, path, draft.sha256, draft.size_bytes)

    async def _there(self, upload: Upload) -> DocumentRecord | None:
        """The document that the upload is a new version of; None if there is none."""
        knowledge_base = await self.services.knowledge_base()
        try:
            record = await knowledge_base.document(upload.doc_id, tenant=upload.tenant)
        except NotFoundError:
            return None
        return record if record.state is not DocumentState.DELETED else None

    def _may_read(self, record: DocumentRecord) -> bool:
        return record.access.readable_by(self.services.principal)

    async def _ended(self, job: Job, desk: UploadDesk) -> Response:
        """The answer for a job, after it was waited for as long as the request says."""
        wait_s = min(self.options.wait_s, self.services.settings.api.max_wait_s)
        ended = await desk.ended(job, wait_s=wait_s) if wait_s else job
        if ended.state is JobState.SUCCEEDED:
            return await self._document(ended, status=201 if ended.version == 1 else 200)
        if ended.error is not None:
            error = ended.error
            return problem(self.request.scope, error.status, code=error.code, detail=error.detail)
        return _of_job(ended)

    async def _document(self, job: Job, *, status: int) -> Response:
        """The document that a job has made, or the job, where another has replaced it by what is not for this sender."""
        knowledge_base = await self.services.knowledge_base()
        record = await knowledge_base.document(job.doc_id, tenant=self.services.principal.tenant)
        if record.version != job.version and not self._may_read(record):
            return _of_job(job)
        body = Document.of(record).model_dump_json()
        headers = {"Location": f"documents/{job.doc_id}", "ETag": tag_of_document(record)}
        return Response(body, status, headers, media_type=_JSON)

    async def _replayed(self, answer: KeptAnswer, job: Job | None) -> Response:
        if answer.body is None:
            if job is None:
                raise AlreadyDoneError("the upload with this Idempotency-Key was done: look at the document")
            response = await self._document(job, status=answer.status)
        elif answer.status == 202:
            location = {"Location": f"jobs/{job.job_id}"} if job else {}
            response = Response(answer.body, answer.status, location, media_type=_JSON)
        else:
            response = Response(answer.body, answer.status, media_type=MEDIA_TYPE)
        response.headers.update(_REPLAYED)
        return response


def _of_job(job: Job) -> Response:
    return Response(
        JobBody.of(job).model_dump_json(), 202, {"Location": f"jobs/{job.job_id}"}, media_type=_JSON
    )


def _kept(response: Response) -> KeptAnswer:
    # A document is not kept: its title is its own words, and they would outlive it here.
    body = None if response.status_code in {200, 201} else bytes(response.body).decode()
    return KeptAnswer(response.status_code, body)

"""The answer to an upload: its job, or, for those who wait, the document; the same again for the same key."""

from dataclasses import dataclass

from fastapi import Request, Response, UploadFile

from api.conditional import check_unchanged, tag_of_document
from api.errors import problem
from api.lifespan import Services
from api.receiving import UploadOptions, received
from api.schemas.documents import Document
from api.schemas.jobs import JobBody
from api.schemas.problem import MEDIA_TYPE
from core.documents import DocumentState
from core.errors import NotFoundError
from core.jobs import Job, JobState, KeptAnswer
from folio import uploads
from folio.drafts import Draft
from folio.jobs import Upload
from folio.submitting import UploadDesk, key_hash

_JSON = "application/json"
_REPLAYED = {"Idempotency-Replayed": "true"}


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
            check_unchanged(self.request, await self._tag(upload))
            job = await desk.submit(draft, upload) if key is None else await self._taken(draft, upload, key)
        if isinstance(job, Response):
            return job
        response = await self._ended(job, desk)
        if key is not None:
            await desk.stores.keys.answer(key, _kept(response))
        return response

    async def _taken(self, draft: Draft, upload: Upload, key: str) -> Job | Response:
        """The job of an upload with a key, or the answer that was given for it before."""
        desk = await self.services.upload_desk()
        claim = await desk.claim(key, upload)
        if claim.answer is not None:
            return await self._replayed(claim.answer, upload.doc_id, job_id=claim.job_id)
        if claim.job_id is not None and (known := await desk.stores.jobs.job(claim.job_id)):
            return known  # the process that took it in died before it answered
        try:
            return await desk.submit(draft, upload, key_hash=key)
        except BaseException:
            await desk.stores.keys.forget(key)
            raise

    async def _upload(self, draft: Draft, path: str) -> Upload:
        knowledge_base = await self.services.knowledge_base()
        who = self.services.principal
        doc_id = knowledge_base.upload_id(path, tenant=who.tenant)
        return Upload(who.tenant, who.subject, doc_id, path, draft.sha256, draft.size_bytes)

    async def _tag(self, upload: Upload) -> str | None:
        """The ETag of the document that the upload is a new version of; None if there is none."""
        knowledge_base = await self.services.knowledge_base()
        try:
            record = await knowledge_base.document(upload.doc_id, tenant=upload.tenant)
        except NotFoundError:
            return None
        there = record.state is not DocumentState.DELETED and record.access.readable_by(
            self.services.principal
        )
        return tag_of_document(record) if there else None

    async def _ended(self, job: Job, desk: UploadDesk) -> Response:
        """The answer for a job, after it was waited for as long as the request says."""
        wait_s = min(self.options.wait_s, self.services.settings.api.max_wait_s)
        ended = await desk.ended(job, wait_s=wait_s) if wait_s else job
        if ended.state is JobState.SUCCEEDED:
            return await self._document(ended.doc_id, status=201 if ended.version == 1 else 200)
        if ended.error is not None:
            error = ended.error
            return problem(self.request.scope, error.status, code=error.code, detail=error.detail)
        body = JobBody.of(ended).model_dump_json()
        return Response(body, 202, {"Location": f"jobs/{job.job_id}"}, media_type=_JSON)

    async def _document(self, doc_id: str, *, status: int) -> Response:
        knowledge_base = await self.services.knowledge_base()
        record = await knowledge_base.document(doc_id, tenant=self.services.principal.tenant)
        body = Document.of(record).model_dump_json()
        headers = {"Location": f"documents/{doc_id}", "ETag": tag_of_document(record)}
        return Response(body, status, headers, media_type=_JSON)

    async def _replayed(self, answer: KeptAnswer, doc_id: str, *, job_id: str | None) -> Response:
        if answer.body is None:
            response = await self._document(doc_id, status=answer.status)
        elif answer.status == 202:
            location = {"Location": f"jobs/{job_id}"}
            response = Response(answer.body, answer.status, location, media_type=_JSON)
        else:
            response = Response(answer.body, answer.status, media_type=MEDIA_TYPE)
        response.headers.update(_REPLAYED)
        return response


def _kept(response: Response) -> KeptAnswer:
    # A document is not kept: its title is its own words, and they would outlive it here.
    body = None if response.status_code in {200, 201} else bytes(response.body).decode()
    return KeptAnswer(response.status_code, body)

"""The documents a caller may read: list, look at, upload, delete. What it may not read does not exist for it."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile

from api.lifespan import Services, ServicesParam
from api.receiving import UploadOptions, upload_options
from api.schemas.documents import Document, DocumentPage, DocumentText
from api.schemas.jobs import JobBody
from api.schemas.receipts import SignedReceiptBody
from api.schemas.search import RestoredValue
from api.uploading import Uploading
from core.documents import DocumentRecord, DocumentState
from core.errors import NotFoundError

router = APIRouter(tags=["documents"], prefix="/documents")

_ID_PATTERN = r"^[0-9a-f]{1,64}$"
MAX_PAGE = 500


@router.get("")
async def list_documents(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=_ID_PATTERN, description="`next_cursor` of a page")] = None,
    state: Annotated[tuple[DocumentState, ...], Query(description="repeat for several; none: all")] = (),
) -> DocumentPage:
    """A page of documents by ascending id."""
    found = await _readable(services, limit=limit + 1, after=cursor, states=state)
    page = found[:limit]
    has_more = len(found) > limit
    return DocumentPage(
        data=[Document.of(record) for record in page],
        next_cursor=page[-1].doc_id if has_more else None,
        has_more=has_more,
    )


@router.post(
    "",
    status_code=202,
    response_model=JobBody,
    responses={
        200: {"model": Document, "description": "Indexed in time: a new version"},
        201: {"model": Document, "description": "Indexed in time: a new document"},
    },
)
async def upload_document(
    request: Request,
    file: UploadFile,
    options: Annotated[UploadOptions, Depends(upload_options)],
    services: ServicesParam,
) -> Response:
    """Keep a file and queue its indexing; the file name may have folders. The same name again is a new version.

    With `wait` the answer is the document, if it is indexed in time, or 422 if it gives no text: `detail` says why.
    """
    return await Uploading(request, services, options).answer(file)


@router.get("/{doc_id}")
async def get_document(doc_id: str, services: ServicesParam) -> Document:
    """What is known of one document."""
    return Document.of(await _document(services, doc_id))


@router.get("/{doc_id}/text")
async def get_text(
    doc_id: str,
    services: ServicesParam,
    restore: Annotated[
        bool,
        Query(
            description="turn pseudonyms back: with the scope `pii:read` only, and recorded in the audit log"
        ),
    ] = False,
) -> DocumentText:
    """The stored text, without the personal data that was taken out."""
    record = await _document(services, doc_id)
    knowledge_base = await services.knowledge_base()
    restorer = await knowledge_base.restorer(services.principal) if restore else None
    text = await knowledge_base.text(doc_id)
    if restorer is None:
        return DocumentText(doc_id=doc_id, version=record.version, text=text)
    found = await restorer.text(text, record=record)
    spans = [RestoredValue.model_validate(span) for span in found.spans]
    return DocumentText(doc_id=doc_id, version=record.version, text=found.text, restored=spans)


@router.get("/{doc_id}/receipt")
async def get_receipt(doc_id: str, services: ServicesParam) -> SignedReceiptBody:
    """What is left of a document, read back from every place now and signed; `status` says whether it is deleted."""
    await _document(services, doc_id)
    knowledge_base = await services.knowledge_base()
    return SignedReceiptBody.of(await knowledge_base.receipt(doc_id))


@router.delete("/{doc_id}", status_code=204)
async def delete_document(doc_id: str, services: ServicesParam) -> None:
    """Remove a document from the index, and its file if it was uploaded.

    A watched file stays on disk, and out of the index until it changes.
    """
    await _document(services, doc_id)
    knowledge_base = await services.knowledge_base()
    await knowledge_base.delete(doc_id)


async def _document(services: Services, doc_id: str) -> DocumentRecord:
    unknown = NotFoundError("there is no document with this id, or not for you")
    if not re.fullmatch(_ID_PATTERN, doc_id):
        raise unknown
    knowledge_base = await services.knowledge_base()
    try:
        record = await knowledge_base.document(doc_id)
    except NotFoundError:
        raise unknown from None
    if not record.access.readable_by(services.principal):
        raise unknown
    return record


async def _readable(
    services: Services, *, limit: int, after: str | None, states: tuple[DocumentState, ...]
) -> list[DocumentRecord]:
    """The next `limit` readable documents, or fewer at the end."""
    knowledge_base = await services.knowledge_base()
    found: list[DocumentRecord] = []
    while len(found) < limit:
        batch = await knowledge_base.documents(limit=limit, after=after, states=states)
        found += [record for record in batch if record.access.readable_by(services.principal)]
        if len(batch) < limit:
            break
        after = batch[-1].doc_id
    return found[:limit]

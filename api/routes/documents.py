"""The documents a caller may read: list, look at, upload, delete. What it may not read does not exist for it."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response, UploadFile

from api.conditional import IfMatchHeader, answer_if_changed, check_unchanged, tag_of_document
from api.document_listing import DocumentsAsked, documents_asked
from api.lifespan import Services, ServicesParam
from api.receiving import UploadOptions, upload_options
from api.schemas.documents import Document, DocumentPage, DocumentText
from api.schemas.jobs import JobBody
from api.schemas.receipts import SignedReceiptBody
from api.schemas.search import RestoredValue
from api.uploading import Uploading
from core.documents import DocumentRecord
from core.errors import NotFoundError

router = APIRouter(tags=["documents"], prefix="/documents")

_ID_PATTERN = r"^[0-9a-f]{1,64}$"


@router.get("")
async def list_documents(
    services: ServicesParam, asked: Annotated[DocumentsAsked, Depends(documents_asked)]
) -> DocumentPage:
    """A page of the documents that the caller may read. Documents that come meanwhile neither double nor hide others."""
    listing = await (await services.knowledge_base()).listing()
    found = await listing.listed(services.principal, asked.query(more=1))
    page, has_more = found[: asked.limit], len(found) > asked.limit
    return DocumentPage(
        data=[Document.of(record) for record in page],
        next_cursor=asked.cursor_behind(page[-1]) if has_more else None,
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
async def get_document(
    doc_id: str, request: Request, response: Response, services: ServicesParam
) -> Document:
    """What is known of one document."""
    record = await _document(services, doc_id)
    answer_if_changed(request, response, tag_of_document(record))
    return Document.of(record)


@router.get("/{doc_id}/text")
async def get_text(
    doc_id: str,
    request: Request,
    response: Response,
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
    if not restore:
        answer_if_changed(request, response, tag_of_document(record, part="text"))
    restorer = await knowledge_base.restorer(services.principal) if restore else None
    text = await knowledge_base.text(doc_id, tenant=record.tenant)
    if restorer is None:
        return DocumentText(doc_id=doc_id, version=record.version, text=text)
    found = await restorer.text(text, record=record)
    spans = [RestoredValue.model_validate(span) for span in found.spans]
    return DocumentText(doc_id=doc_id, version=record.version, text=found.text, restored=spans)


@router.get("/{doc_id}/receipt")
async def get_receipt(doc_id: str, services: ServicesParam) -> SignedReceiptBody:
    """What is left of a document, read back from every place now and signed; `status` says whether it is deleted."""
    record = await _document(services, doc_id)
    knowledge_base = await services.knowledge_base()
    return SignedReceiptBody.of(await knowledge_base.receipt(doc_id, tenant=record.tenant))


@router.delete("/{doc_id}", status_code=204)
async def delete_document(
    doc_id: str, request: Request, services: ServicesParam, _if_match: IfMatchHeader = None
) -> None:
    """Remove a document from the index, and its file if it was uploaded.

    A watched file stays on disk, and out of the index until it changes. With `If-Match` only the version that it names.
    """
    record = await _document(services, doc_id)
    check_unchanged(request, tag_of_document(record))
    knowledge_base = await services.knowledge_base()
    await knowledge_base.delete(doc_id, tenant=record.tenant)


async def _document(services: Services, doc_id: str) -> DocumentRecord:
    unknown = NotFoundError("there is no document with this id, or not for you")
    if not re.fullmatch(_ID_PATTERN, doc_id):
        raise unknown
    knowledge_base = await services.knowledge_base()
    try:
        record = await knowledge_base.document(doc_id, tenant=services.principal.tenant)
    except NotFoundError:
        raise unknown from None
    if not record.access.readable_by(services.principal):
        raise unknown
    return record

"""Issuing a deletion receipt: the places of this deployment, read back and signed."""

import asyncio
from pathlib import Path

from core.config import Settings
from core.documents import DocumentRecord
from core.ports import DocumentCatalog
from core.receipts import Reading, SignedReceipt
from folio import uploads
from folio.assembly import Parts, open_artifacts
from folio.receipts import sign, signing_key
from ingest.receipt import readings, receipt


async def issue(
    record: DocumentRecord, *, settings: Settings, parts: Parts, documents: DocumentCatalog
) -> SignedReceipt:
    """Read back what is left of a document, and sign it."""
    found = await readings(
        record, inspector=parts.inspector, artifacts=open_artifacts(settings), documents=documents
    )
    file = uploads.file_of(settings.home, record)
    if file is not None:
        found = (*found, await asyncio.to_thread(_upload, file))
    signed_by = await asyncio.to_thread(signing_key, settings)
    keep_s = settings.retention.deleted_s
    return sign(receipt(record, found, read_at=parts.clock.now(), keep_deleted_s=keep_s), signed_by)


def _upload(file: Path) -> Reading:
    return Reading("upload", int(file.exists()), ("uploads",))

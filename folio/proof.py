"""Issuing a deletion receipt: the places of this deployment, read back and signed."""

import asyncio
from pathlib import Path

from core.config import Settings
from core.documents import DocumentRecord
from core.graph_ports import EvidenceKeeper
from core.ports import DocumentCatalog
from core.privacy_ports import Vault
from core.receipts import Reading, SignedReceipt
from folio import uploads
from folio.assembly import Parts, open_artifacts
from folio.receipts import sign, signing_key
from folio.veils import veil_of_uploads
from ingest.receipt import graph_reading, readings, receipt, vault_reading


async def issue(
    record: DocumentRecord,
    *,
    settings: Settings,
    parts: Parts,
    documents: DocumentCatalog,
    graph: EvidenceKeeper,
    vault: Vault | None = None,
) -> SignedReceipt:
    """Read back what is left of a document, and sign it. `vault` where its redaction keeps values in one."""
    found = await readings(
        record, inspector=parts.inspector, artifacts=open_artifacts(settings), documents=documents
    )
    found = (*found, await graph_reading(record.doc_id, graph))
    if vault is not None:
        found = (*found, await vault_reading(record.doc_id, vault))
    file = await asyncio.to_thread(uploads.file_of, settings.home, record, veil=veil_of_uploads(settings))
    if file is not None:
        found = (*found, await asyncio.to_thread(_upload, file))
    signed_by = await asyncio.to_thread(signing_key, settings)
    keep_s = settings.retention.deleted_s
    return sign(receipt(record, found, read_at=parts.clock.now(), keep_deleted_s=keep_s), signed_by)


def _upload(file: Path) -> Reading:
    return Reading("upload", int(file.exists()), ("uploads",))

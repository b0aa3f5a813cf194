"""Issuing a deletion receipt: the places of this deployment, read back and signed."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from core.answer_records import AnswerWords
from core.config import Settings
from core.documents import DocumentRecord
from core.graph_ports import EvidenceKeeper
from core.kept_answers import AnswerStore
from core.ports import DocumentCatalog
from core.privacy_ports import Vault
from core.receipts import Reading, SignedReceipt
from core.session_ports import SessionKeeper
from folio import uploads
from folio.assembly import Parts, open_artifacts
from folio.receipts import sign, signing_key
from folio.veils import veil_of_uploads
from ingest.receipt import (
    answers_reading,
    graph_reading,
    readings,
    receipt,
    sessions_reading,
    vault_reading,
    words_reading,
)


@dataclass(frozen=True, slots=True)
class Keepers:
    """What keeps something of documents beside the index. `vault` where a document's redaction keeps values in one."""

    documents: DocumentCatalog
    graph: EvidenceKeeper
    sessions: SessionKeeper
    answers: AnswerStore
    words: AnswerWords
    vault: Vault | None = None


async def issue(
    record: DocumentRecord, *, settings: Settings, parts: Parts, keepers: Keepers
) -> SignedReceipt:
    """Read back what is left of a document, and sign it."""
    artifacts = open_artifacts(settings)
    found = await readings(
        record, inspector=parts.inspector, artifacts=artifacts, documents=keepers.documents
    )
    found = (
        *found,
        await graph_reading(record.doc_id, keepers.graph),
        await sessions_reading(record.doc_id, keepers.sessions),
        await answers_reading(record.doc_id, keepers.answers),
        await words_reading(record.doc_id, keepers.words),
    )
    if keepers.vault is not None:
        found = (*found, await vault_reading(record.doc_id, keepers.vault))
    home, veil = uploads.home_of(settings, record.tenant), veil_of_uploads(settings, record.tenant)
    file = await asyncio.to_thread(uploads.file_of, home, record, veil=veil)
    if file is not None:
        found = (*found, await asyncio.to_thread(_upload, file))
    signed_by = await asyncio.to_thread(signing_key, settings)
    keep_s = settings.retention.deleted_s
    return sign(receipt(record, found, read_at=parts.clock.now(), keep_deleted_s=keep_s), signed_by)


def _upload(file: Path) -> Reading:
    return Reading("upload", int(file.exists()), ("uploads",))

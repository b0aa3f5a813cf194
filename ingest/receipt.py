"""Reading back what is left of a document, and what that says. The signature is put on it in `folio.receipts`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.answer_records import AnswerWords
from core.documents import DocumentRecord, DocumentState
from core.graph_ports import EvidenceKeeper
from core.inspection import Holding
from core.kept_answers import AnswerStore
from core.ports import ArtifactStore, DocumentCatalog, IndexInspector
from core.privacy_ports import Vault
from core.receipts import Reading, Receipt, ReceiptStatus
from core.session_ports import SessionKeeper

VISIBLE = "visible_chunks"
# What a soft deletion leaves for a while.
_KEPT = {"chunks", "dense_vectors", "bm25_vectors"}


async def readings(
    record: DocumentRecord,
    *,
    inspector: IndexInspector,
    artifacts: ArtifactStore,
    documents: DocumentCatalog,
) -> tuple[Reading, ...]:
    """What the vector store, the artifacts and the catalog hold of a document now."""
    holdings = await inspector.holdings(record.doc_id)
    return (*index_readings(holdings), await _texts(record, artifacts, documents), catalog_reading(record))


def index_readings(holdings: Sequence[Holding]) -> tuple[Reading, ...]:
    """Chunks (their text lies in the points), dense and BM25 vectors, and visible chunks, over all collections."""
    names = tuple(holding.collection for holding in holdings)
    return (
        Reading("chunks", sum(holding.point_count for holding in holdings), names),
        Reading("dense_vectors", sum(holding.dense_count for holding in holdings), names),
        Reading("bm25_vectors", sum(holding.sparse_count for holding in holdings), names),
        Reading(VISIBLE, sum(holding.visible_count for holding in holdings), names),
    )


def catalog_reading(record: DocumentRecord) -> Reading:
    """The fields of the catalog's row that come from the document's content."""
    content = {
        "title": record.title,
        "artifact_key": record.artifact_key,
        "chunk_count": record.chunk_count,
        "redaction_counts": record.redaction_counts,
    }
    return Reading("catalog", sum(bool(value) for value in content.values()), tuple(content))


async def vault_reading(doc_id: str, vault: Vault) -> Reading:
    """Values that were taken out of the document, with their places in it. What others mention as well is theirs."""
    return Reading("vault", await vault.count(doc_id), ("vault_lists", "vault_mentions"))


async def graph_reading(doc_id: str, graph: EvidenceKeeper) -> Reading:
    """What the document says of entities, sentences of it in summaries, and what a model has answered about it."""
    tables = ("graph_documents", "graph_evidence", "graph_sentences", "graph_readings", "batch_items")
    return Reading("graph", await graph.count(doc_id), tables)


async def sessions_reading(doc_id: str, sessions: SessionKeeper) -> Reading:
    """Answers in conversations that have words of the document."""
    return Reading("sessions", await sessions.count(doc_id), ("session_citations",))


async def answers_reading(doc_id: str, answers: AnswerStore) -> Reading:
    """Answers of a language model that are kept to be given again, and cite the document."""
    return Reading("answers", await answers.count(doc_id), ("kept_answer_documents",))


async def words_reading(doc_id: str, words: AnswerWords) -> Reading:
    """Answers that cite the document, and whose words are kept for review, or about which people have written some."""
    tables = ("answer_word_documents", "answer_feedback", "review_items")
    return Reading("answer_words", await words.count(doc_id), tables)


def receipt(
    record: DocumentRecord, found: Sequence[Reading], *, read_at: datetime, keep_deleted_s: float = 0.0
) -> Receipt:
    """The receipt that the readings amount to. `keep_deleted_s`: how long deleted documents are kept, invisible."""
    deleted_at = record.deleted_at or record.updated_at
    kept_until = deleted_at + timedelta(seconds=keep_deleted_s) if keep_deleted_s and deleted_at else None
    status = _status(record.state, found, kept=kept_until is not None and read_at < kept_until)
    return Receipt(
        doc_id=record.doc_id,
        source_id=record.source_id,
        path_sha256=hashlib.sha256(record.path.encode(errors="surrogatepass")).hexdigest(),
        status=status,
        state=record.state,
        versions=tuple(range(1, record.version + 1)),
        changed_at=record.updated_at,
        read_at=read_at,
        readings=tuple(found),
        kept_until=kept_until if status is ReceiptStatus.SOFT_DELETED else None,
    )


def _status(state: DocumentState, found: Sequence[Reading], *, kept: bool) -> ReceiptStatus:
    if state is DocumentState.DELETING:
        return ReceiptStatus.DELETING
    if state is not DocumentState.DELETED:
        return ReceiptStatus.PRESENT
    left = {reading.place for reading in found if reading.remaining_count}
    if not left:
        return ReceiptStatus.DELETED
    return ReceiptStatus.SOFT_DELETED if kept and left <= _KEPT else ReceiptStatus.RESIDUE


async def _texts(record: DocumentRecord, artifacts: ArtifactStore, documents: DocumentCatalog) -> Reading:
    """Stored texts of all versions. One that a document with the same text still needs is that document's."""
    keys = sorted({*record.retired_keys, *([record.artifact_key] if record.artifact_key else [])})
    remaining_count = 0
    for key in keys:
        others_count = await documents.artifact_users(key) - (key == record.artifact_key)
        remaining_count += others_count == 0 and await artifacts.exists(key)
    return Reading("stored_texts", remaining_count, tuple(keys))

"""What documents say of entities: read while they are prepared, and carried along when they move."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core import ids
from core.documents import Chunk, DocumentRecord, ParsedDocument
from core.graph import DocumentEvidence, NamedSpan
from core.graph_ports import Extraction, GraphExtractor

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadEvidence:
    """What an extractor (by its fingerprint) has read from a text. `passages`: `ids.passage_key` of its chunks."""

    extractor: str
    extraction: Extraction
    passages: frozenset[str] = frozenset()

    def of(self, record: DocumentRecord, *, redaction: str) -> DocumentEvidence:
        """The evidence of a document's version."""
        return DocumentEvidence(
            doc_id=record.doc_id,
            version=record.version,
            access=record.access,
            extractor=self.extractor,
            rows=self.extraction.rows,
            left_out_count=self.extraction.left_out_count,
            redaction=redaction,
            passages=self.passages,
        )


def read_evidence(
    extractor: GraphExtractor,
    document: ParsedDocument,
    *,
    chunks: Sequence[Chunk],
    names: Sequence[NamedSpan] | None,
) -> ReadEvidence | None:
    """What a document says; None if the extractor fails: a document is searchable without it. Blocking."""
    try:
        extraction = extractor.extract(document, chunks=chunks, names=names)
        passages = frozenset(ids.passage_key(chunk.embedding_text) for chunk in chunks)
        return ReadEvidence(extractor.fingerprint, extraction, passages)
    except Exception as error:  # noqa: BLE001 - language models are foreign code, and nobody waits for what they say
        # Type only: the message of a foreign error may quote the document.
        _log.warning("entities of a document could not be read: %s", type(error).__name__)
        return None


def carried_evidence(
    kept: Sequence[DocumentEvidence], origin: DocumentRecord, record: DocumentRecord
) -> DocumentEvidence | None:
    """The evidence of a moved document at its new path; None if there is none of the version that moved."""
    found = [row for row in kept if (row.doc_id, row.version) == (origin.doc_id, origin.version)]
    if not found:
        return None
    return replace(found[0], doc_id=record.doc_id, version=record.version, access=record.access)

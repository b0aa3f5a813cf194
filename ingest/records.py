"""What the catalog says of a document in each step of its life. Pure."""

from dataclasses import replace

from core import ids
from core.documents import Candidate, DocumentRecord, DocumentState
from ingest.plan import Change
from ingest.preparing import Prepared


def known_record(change: Change, candidate: Candidate) -> DocumentRecord:
    """The record of a document as its file stands now; a new one if there is none."""
    source = change.source
    record = change.record or DocumentRecord(
        doc_id=ids.doc_id(source.source_id, candidate.path),
        source_id=source.source_id,
        tenant=source.tenant,
        path=candidate.path,
        state=DocumentState.PENDING,
        access=candidate.access,
    )
    return replace(
        record,
        external_id=candidate.external_id,
        size_bytes=candidate.size_bytes,
        modified_ns=candidate.modified_ns,
        deleted_at=None,
    )


def begun(before: DocumentRecord, *, artifact_key: str, run_id: str | None) -> DocumentRecord:
    """The record while its next version is being written."""
    return replace(
        before,
        state=DocumentState.INDEXING,
        reason=None,
        version=before.version + 1,
        # Named before it is stored: whatever ends this attempt, the text will be found and removed.
        retired_keys=with_key(before.retired_keys, artifact_key),
        attempt_count=attempts(before),
        run_id=run_id,
    )


def described(
    started: DocumentRecord, prepared: Prepared, *, artifact_key: str, fingerprint: str
) -> DocumentRecord:
    """The record of a version that was made of its file."""
    return replace(
        started,
        state=DocumentState.INDEXED,
        title=prepared.document.title,
        mime_type=prepared.document.mime_type,
        content_hash=prepared.candidate.content_hash,
        fingerprint=fingerprint,
        artifact_key=artifact_key,
        retired_keys=(),
        chunk_count=len(prepared.chunks),
        token_count=sum(chunk.token_count for chunk in prepared.chunks),
        redaction_counts=prepared.redaction_counts,
        access=prepared.candidate.access,
    )


def carried(
    started: DocumentRecord, origin: DocumentRecord, *, change: Change, fingerprint: str
) -> DocumentRecord:
    """The record of a version that was made of what is stored of the document at its former path."""
    return replace(
        started,
        state=DocumentState.INDEXED,
        title=origin.title,
        mime_type=origin.mime_type,
        content_hash=change.candidate.content_hash,
        fingerprint=fingerprint,
        artifact_key=origin.artifact_key,
        retired_keys=(),
        chunk_count=origin.chunk_count,
        token_count=origin.token_count,
        redaction_counts=origin.redaction_counts,
        access=change.candidate.access,
    )


def emptied(record: DocumentRecord) -> DocumentRecord:
    """The record of a document of which nothing is shown any more."""
    return replace(
        record,
        # A heading of the document: its path is still needed, its words are not.
        title="",
        artifact_key=None,
        retired_keys=with_key(record.retired_keys, record.artifact_key),
        chunk_count=0,
        token_count=0,
        redaction_counts={},
    )


def with_key(keys: tuple[str, ...], key: str | None) -> tuple[str, ...]:
    """The keys of texts with one more."""
    return keys if key is None or key in keys else (*keys, key)


def attempts(before: DocumentRecord) -> int:
    """Attempts since the document was last indexed; one that is under way is already counted."""
    if before.state in {DocumentState.INDEXED, DocumentState.DELETED}:
        return 1
    return before.attempt_count + (before.state is not DocumentState.INDEXING)

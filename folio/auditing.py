"""`KnowledgeBase.audit`: what must not be in the index hangs on the redaction of each source."""

from collections.abc import Sequence

from core.config import Settings
from core.documents import Source
from core.ports import DocumentCatalog, IndexInspector
from folio.unindexed import all_documents
from ingest.audit import IndexAudit, audit

_OFF = "off"


async def audit_index(
    settings: Settings, inspector: IndexInspector, *, documents: DocumentCatalog, sources: Sequence[Source]
) -> IndexAudit:
    """Read every stored chunk. Personal data is looked for in documents of sources that are redacted."""
    off = {source.source_id for source in sources if policy_of(source, settings) == _OFF}
    redacted = len(off) < len(sources)
    unredacted: set[str] = set()
    if off and redacted:
        for tenant in {source.tenant for source in sources if source.source_id in off}:
            # Deleted ones too: their points may be kept for a while.
            records = all_documents(documents, tenant, states=())
            unredacted |= {record.doc_id async for record in records if record.source_id in off}
    return await audit(
        inspector,
        entities=settings.redaction.entities if redacted else (),
        measured_count=settings.reconcile.measured_count,
        unredacted=unredacted,
    )


def policy_of(source: Source, settings: Settings) -> str:
    """How a source's documents are redacted."""
    return source.options.redaction or settings.redaction.policy

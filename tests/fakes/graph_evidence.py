"""In-memory evidence for tests of everything that stands on it."""

from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime

from core.graph import DocumentEvidence, GraphChange
from core.graph_ports import ExtractorTotals
from core.ports import Clock


class FakeGraphEvidence:
    """Implements EvidenceKeeper, EvidenceReader and ChangeLog with dictionaries; it knows no summaries.

    `documents` are the evidence by document, `log` the changes of each tenant with their times.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.documents: dict[str, DocumentEvidence] = {}
        self.log: dict[str, list[tuple[GraphChange, datetime]]] = {}
        self._ends: dict[str, int] = {}
        self._clock = clock

    async def replace(self, evidence: DocumentEvidence) -> None:
        former = self.documents.get(evidence.doc_id)
        tenants = {evidence.access.tenant, *({former.access.tenant} if former else set())}
        self.documents[evidence.doc_id] = evidence
        self._note(evidence.doc_id, tenants)

    async def remove(self, doc_id: str) -> int:
        former = self.documents.pop(doc_id, None)
        if former is None:
            return 0
        self._note(doc_id, {former.access.tenant})
        return len(former.rows)

    async def of_documents(self, doc_ids: Collection[str]) -> list[DocumentEvidence]:
        return [self.documents[doc_id] for doc_id in sorted(set(doc_ids)) if doc_id in self.documents]

    async def count(self, doc_id: str) -> int:
        kept = self.documents.get(doc_id)
        return max(len(kept.rows), 1) if kept else 0

    async def extractors(self, doc_ids: Collection[str]) -> dict[str, tuple[int, str]]:
        return {row.doc_id: (row.version, row.extractor) for row in await self.of_documents(doc_ids)}

    async def kept(self, tenant: str) -> dict[str, int]:
        return {row.doc_id: row.version for row in self.documents.values() if row.access.tenant == tenant}

    async def totals(self, tenant: str) -> list[ExtractorTotals]:
        found: dict[str, ExtractorTotals] = {}
        for row in self.documents.values():
            if row.access.tenant == tenant:
                so_far = found.get(row.extractor, ExtractorTotals(row.extractor, 0, 0, 0))
                found[row.extractor] = ExtractorTotals(
                    row.extractor,
                    so_far.document_count + 1,
                    so_far.row_count + len(row.rows),
                    so_far.left_out_count + row.left_out_count,
                )
        return [found[extractor] for extractor in sorted(found)]

    async def position(self, tenant: str) -> int:
        return self._ends.get(tenant, 0)

    async def changes(self, tenant: str, *, after: int) -> list[GraphChange] | None:
        end = await self.position(tenant)
        found = [change for change, _ in self.log.get(tenant, []) if change.position > after]
        if end < after or (end > after and (not found or found[0].position != after + 1)):
            return None
        return found

    async def load(self, tenant: str) -> AsyncIterator[DocumentEvidence]:
        for evidence in [self.documents[doc_id] for doc_id in sorted(self.documents)]:
            if evidence.access.tenant == tenant:
                yield evidence

    async def purge_changes(self, *, before: datetime) -> int:
        count = 0
        for tenant, entries in self.log.items():
            last = max((change.position for change, at in entries if at < before), default=0)
            kept = [entry for entry in entries if entry[0].position > last]
            count += len(entries) - len(kept)
            self.log[tenant] = kept
        return count

    def _note(self, doc_id: str, tenants: Collection[str]) -> None:
        now = self._clock.now() if self._clock else datetime(2026, 1, 1, tzinfo=UTC)
        for tenant in sorted(tenants):
            self._ends[tenant] = self._ends.get(tenant, 0) + 1
            self.log.setdefault(tenant, []).append((GraphChange(self._ends[tenant], doc_id), now))

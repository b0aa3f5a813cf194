"""An in-memory catalog for tests of everything that stands on the catalog."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.documents import DocumentRecord, DocumentState, Source
from core.errors import InvalidInputError
from core.generations import BUILD, GATE
from core.ports import Clock
from core.runs import RunRecord
from ingest.sources.scan import covers


class FakeCatalog:
    """Implements DocumentCatalog, DocumentLeases and SourceCatalog with dictionaries; nothing survives the object.

    `leases` are the owner and the end of each lease, by document. `saves` counts the calls of `save`, so that a test can see how a caller groups its writes;
    `asked_paths` the paths that `at_paths` was asked for.
    Without a clock every record is updated at the same instant.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.saves = 0
        self.asked_paths = 0
        self.leases: dict[str, tuple[str, datetime]] = {}
        self._clock = clock
        self._documents: dict[str, DocumentRecord] = {}
        self._sources: dict[str, Source] = {}
        self._runs: dict[str, RunRecord] = {}

    async def get(self, doc_id: str) -> DocumentRecord | None:
        return self._documents.get(doc_id)

    async def save(self, records: Sequence[DocumentRecord]) -> None:
        self.saves += 1
        now = self._now()
        documents = dict(self._documents)
        documents.update({record.doc_id: replace(record, updated_at=now) for record in records})
        places = Counter((record.source_id, record.path) for record in documents.values())
        unknown = {record.source_id for record in records} - set(self._sources)
        if unknown or any(count > 1 for count in places.values()):
            raise InvalidInputError("a source is not registered, or a path belongs to another document")
        self._documents = documents

    async def of_source(self, source_id: str) -> dict[str, DocumentRecord]:
        return {
            record.path: record
            for record in self._documents.values()
            if record.source_id == source_id and not _deleted_by_sync(record)
        }

    async def at_paths(self, source_id: str, paths: Collection[str]) -> dict[str, DocumentRecord]:
        self.asked_paths += len(paths)
        found = await self.of_source(source_id)
        return {path: record for path, record in found.items() if covers(tuple(paths), path)}

    async def page(
        self, tenant: str, *, limit: int, after: str | None = None, states: Collection[DocumentState] = ()
    ) -> list[DocumentRecord]:
        found = [
            record
            for doc_id, record in sorted(self._documents.items())
            if record.tenant == tenant
            and (after is None or doc_id > after)
            and (not states or record.state in states)
        ]
        return found[:limit]

    async def state_counts(self, tenant: str) -> dict[DocumentState, int]:
        return dict(Counter(record.state for record in self._documents.values() if record.tenant == tenant))

    async def artifact_users(self, key: str) -> int:
        return sum(record.artifact_key == key for record in self._documents.values())

    async def acquire(self, doc_ids: Collection[str], *, owner: str, lease_s: float) -> set[str]:
        now = self._now()
        gate_owner, gate_end = self.leases.get(GATE, (owner, now))
        closed = gate_owner != owner and gate_end > now
        for doc_id in doc_ids:
            if closed and self.leases.get(doc_id, ("", now))[0] != owner:
                continue
            holder, expires_at = self.leases.get(doc_id, (owner, now))
            if holder == owner or expires_at <= now:
                self.leases[doc_id] = (owner, now + timedelta(seconds=lease_s))
        return {doc_id for doc_id in doc_ids if self.leases.get(doc_id, ("", now))[0] == owner}

    async def release(self, doc_ids: Collection[str], *, owner: str) -> None:
        for doc_id in doc_ids:
            if doc_id in self.leases and self.leases[doc_id][0] == owner:
                del self.leases[doc_id]

    async def owners(self) -> set[str]:
        return {owner for owner, _ in self.leases.values()}

    async def evict(self, owner: str) -> None:
        self.leases = {key: lease for key, lease in self.leases.items() if lease[0] != owner}

    async def busy_count(self) -> int:
        now = self._now()
        return sum(end > now for doc_id, (_, end) in self.leases.items() if doc_id not in {GATE, BUILD})

    async def register(self, source: Source) -> None:
        self._sources.setdefault(source.source_id, source)

    async def update(self, source: Source) -> None:
        if self._sources.get(source.source_id, source).tenant != source.tenant:
            raise InvalidInputError("the source belongs to another tenant")
        self._sources[source.source_id] = source

    async def remove(self, source_id: str) -> None:
        rows = [row for row in self._documents.values() if row.source_id == source_id]
        if any(row.state is not DocumentState.DELETED for row in rows):
            raise InvalidInputError("the source still has documents")
        self._sources.pop(source_id, None)

    async def sources(self, tenant: str | None = None) -> list[Source]:
        known = [source for source in self._sources.values() if tenant in {None, source.tenant}]
        return sorted(known, key=lambda source: (source.root, source.source_id))

    async def save_run(self, run: RunRecord) -> None:
        self._runs[run.run_id] = run

    async def runs(self, *, limit: int = 20) -> list[RunRecord]:
        newest_first = sorted(self._runs.values(), key=lambda run: (run.started_at, run.run_id), reverse=True)
        return newest_first[:limit]

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC) if self._clock else datetime(2026, 1, 1, tzinfo=UTC)


def _deleted_by_sync(record: DocumentRecord) -> bool:
    by_request = record.reason is not None and record.content_hash is not None
    return record.state is DocumentState.DELETED and not by_request

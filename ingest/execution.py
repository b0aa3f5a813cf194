"""Working off a plan: every document under a lease, what may pass tried again, one bad document stopping nothing."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import islice

from core.config import IngestSettings
from core.documents import DocumentRecord, DocumentState
from core.errors import TransientError
from core.ports import DocumentCatalog
from ingest.diff import deleted_on_request, kind_of
from ingest.documents import DocumentWriter
from ingest.journal import Journal
from ingest.leases import LONGEST_WAIT_S, POLL_S, RunLeases, busy
from ingest.moves import keeps_its_text
from ingest.pii.file_names import is_veiled
from ingest.pipeline import Pipelines
from ingest.plan import Change, Progress, Refused, SyncPlan
from ingest.preparing import RUN_ERRORS, Failed, Prepared, Preparer

_TOUCHED_COUNT = 500
_RESERVED_COUNT = 16


@dataclass(frozen=True, slots=True)
class Workshop:
    """What an execution works with."""

    documents: DocumentCatalog
    pipelines: Pipelines
    preparer: Preparer
    writer: DocumentWriter
    leases: RunLeases


@dataclass(slots=True)
class _Work:
    """What is to be done, or left to do; changes by document. `has_failed`: something in it is there because it failed."""

    deleted: list[DocumentRecord] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    changes: dict[str, Change] = field(default_factory=dict)
    has_failed: bool = False

    def __bool__(self) -> bool:
        return bool(self.deleted or self.refused or self.changes)


class Execution:
    """One plan, worked off once."""

    def __init__(
        self,
        plan: SyncPlan,
        *,
        workshop: Workshop,
        journal: Journal,
        settings: IngestSettings,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self._plan = plan
        self._documents = workshop.documents
        self._pipelines = workshop.pipelines
        self._preparer = workshop.preparer
        self._writer = workshop.writer
        self._leases = workshop.leases
        self._journal = journal
        self._tally = journal.tally
        self._settings = settings
        self._on_progress = on_progress
        self._new = {change.doc_id for change in (*plan.added, *plan.moved)}
        self._retries_left = settings.retry_count
        self._left = _Work()
        self._ahead: Iterator[Change] = iter(())
        self._reserving = asyncio.Lock()
        self._reserved_count = 0

    async def run(self) -> None:
        """Removals first, then what has moved or changed, then new files; then again what was left.

        Raises:
            FolioError: One of `RUN_ERRORS`, or the catalog's.
        """
        plan = self._plan
        changes = {change.doc_id: change for change in (*plan.moved, *plan.modified, *plan.added)}
        work = _Work(list(plan.deleted), list(plan.refused), changes)
        async with self._leases.kept():
            await self._touch()
            await self._veil_removed()
            waited_s = 0.0
            while work := await self._round(work):
                if work.has_failed:
                    self._retries_left -= 1
                    tried_count = self._settings.retry_count - self._retries_left
                    await asyncio.sleep(_pause_s(tried_count, first_s=self._settings.retry_delay_s))
                elif waited_s < LONGEST_WAIT_S:
                    waited_s += POLL_S
                    await asyncio.sleep(POLL_S)
                    await self._leases.evict_the_dead()
                else:
                    await self._give_up(work)
                    return

    async def _round(self, work: _Work) -> _Work:
        """Do the work; what is left of it, because another run has it or because it may succeed later."""
        self._left = _Work()
        for record in work.deleted:
            await self._remove(record)
        for refused in work.refused:
            await self._refuse(refused)
        await self._index_all([row for row in work.changes.values() if not await self._carried(row)])
        await self._leases.give_back_done()
        return self._left

    async def _touch(self) -> None:
        """Bring the recorded times up to date, of documents that nobody works on. The others' times come later."""
        for start in range(0, len(self._plan.touched), _TOUCHED_COUNT):
            batch = self._plan.touched[start : start + _TOUCHED_COUNT]
            ours = await self._leases.take_any([record.doc_id for record in batch])
            records = [record for record in batch if record.doc_id in ours]
            fresh = [record for record in records if not await self._has_changed(record)]
            await self._documents.save(fresh)
            await self._leases.give_back(*ours)

    async def _veil_removed(self) -> None:
        """Paths of deleted documents stay in the catalog for a while: none of them clear, that was so before names were veiled."""
        whole = [target.source for target in self._plan.targets if target.only is None]
        for tenant in sorted(
            {source.tenant for source in whole if self._writer.veils_names_of(source.source_id)}
        ):
            for record in await self._removed_of(tenant):
                if self._writer.is_clear(record) and await self._leases.take(record.doc_id):
                    await self._writer.veil_removed(record)
                    await self._leases.give_back(record.doc_id)

    async def _removed_of(self, tenant: str) -> list[DocumentRecord]:
        found: list[DocumentRecord] = []
        while page := await self._documents.page(
            tenant,
            limit=_TOUCHED_COUNT,
            after=found[-1].doc_id if found else None,
            states=(DocumentState.DELETED,),
        ):
            found += page
        return found

    async def _has_changed(self, planned: DocumentRecord) -> bool:
        record = await self._documents.get(planned.doc_id)
        return record is None or (record.version, record.state, record.updated_at) != (
            planned.version,
            planned.state,
            planned.updated_at,
        )

    async def _remove(self, record: DocumentRecord) -> None:
        if not await self._leases.take(record.doc_id):
            self._left.deleted.append(record)
            return
        fresh = await self._documents.get(record.doc_id)
        planned = (record.version, record.content_hash)
        if (
            fresh is None
            or fresh.state is DocumentState.DELETED
            or (fresh.version, fresh.content_hash) != planned
        ):
            self._tally.overtaken()
        elif await self._forgotten(fresh, reason=record.reason if deleted_on_request(record) else None):
            self._tally.removed()
        await self._leases.done_with(record.doc_id)
        if record not in self._left.deleted:
            await self._step(record.path)

    async def _forgotten(self, record: DocumentRecord, *, reason: str | None = None) -> bool:
        """Remove a document; if the store does not manage to, leave it for later while there are tries left."""
        try:
            await self._writer.remove(record, reason=reason)
        except RUN_ERRORS:
            raise
        except TransientError as error:
            if self._retries_left:
                self._left.deleted.append(record)
                self._left.has_failed = True
            else:
                self._tally.failed(record.path, error.detail)
            return False
        return True

    async def _refuse(self, refused: Refused) -> None:
        change, path, reason = refused.change, refused.change.candidate.path, refused.reason
        if not await self._leases.take(change.doc_id):
            self._left.refused.append(refused)
            return
        fresh = await self._as_it_is(change)
        if fresh.record is None or not deleted_on_request(fresh.record):
            failed = Failed(fresh, change.candidate, reason, permanent=True, hides=refused.hides)
            reason = await self._writer.fail(failed)
        await self._leases.done_with(change.doc_id)
        self._tally.failed(path, reason)
        await self._step(path)

    async def _carried(self, change: Change) -> bool:
        """Whether a moved document needs no reading, and is dealt with."""
        origin = change.moved_from
        if origin is None or self._is_named_anew(change, origin):
            return False
        path, redactor = change.candidate.path, self._pipelines.of(change.source).redactor
        if not await asyncio.to_thread(keeps_its_text, origin, path, redactor=redactor):
            return False
        admitted = await self._admit(change)
        if admitted is None:
            return True
        result = await self._writer.move(admitted)
        if result is None:
            return False
        if isinstance(result, Failed):
            await self._failed(result, change=change)
        else:
            self._tally.carried(result)
            await self._forgotten(origin)
        await self._done(admitted)
        return True

    def _is_named_anew(self, change: Change, origin: DocumentRecord) -> bool:
        """Whether something in the names or the pipeline is not as it was when the text was stored.

        The vault keeps what is veiled in a path, and the parser's title may come of it: such a file is read again.
        """
        made_by = self._plan.fingerprints[change.source.source_id]
        return origin.fingerprint != made_by or change.candidate.place is not None or is_veiled(origin.path)

    async def _index_all(self, changes: list[Change]) -> None:
        self._ahead, self._reserved_count = iter(changes), 0
        outcomes = self._preparer.all(
            changes,
            admit=self._admit_in_turn,
            worker_count=self._settings.worker_count,
            queue_count=self._settings.queue_count,
        )
        async with aclosing(outcomes):
            async for outcome in outcomes:
                await self._index(outcome)
                await self._done(outcome.change)

    async def _index(self, outcome: Prepared | Failed) -> None:
        change = outcome.change
        result = await self._writer.index(outcome) if isinstance(outcome, Prepared) else outcome
        if isinstance(result, Failed):
            await self._failed(result, change=change)
        elif isinstance(outcome, Prepared):
            self._tally.indexed(self._kind(change), outcome, result)
            if change.moved_from:
                await self._forgotten(change.moved_from)

    async def _failed(self, failed: Failed, *, change: Change) -> None:
        if self._retries_left and not failed.permanent:
            self._left.changes[change.doc_id] = change
            self._left.has_failed = True
            return
        reason = await self._writer.fail(failed)
        if change.moved_from:
            # Its file is gone, and who may read it at the new path is for the new document to say.
            await self._forgotten(change.moved_from)
        self._tally.failed(failed.candidate.path, reason)

    async def _admit_in_turn(self, change: Change) -> Change | None:
        """Like `_admit`, with leases taken for the next few as well: a write costs milliseconds."""
        async with self._reserving:
            if self._reserved_count == 0:
                batch = list(islice(self._ahead, _RESERVED_COUNT))
                self._reserved_count = len(batch)
                await self._leases.take_any([doc_id for row in batch for doc_id in _documents_of(row)])
            self._reserved_count -= 1
        return await self._admit(change)

    async def _admit(self, change: Change) -> Change | None:
        """The change as the catalog stands under our lease; None if there is nothing to do, or not now."""
        if not await self._leases.take(*_documents_of(change)):
            self._left.changes[change.doc_id] = change
            return None
        fresh = await self._as_it_is(change)
        kind = kind_of(fresh, self._plan.fingerprints[change.source.source_id])
        if kind in {"added", "modified"}:
            return fresh
        if kind == "failed" and fresh.record:
            self._tally.failed(fresh.record.path, fresh.record.reason or "it could not be indexed before")
        else:
            self._tally.settled()
        await self._done(change)
        return None

    async def _as_it_is(self, change: Change) -> Change:
        record = await self._documents.get(change.doc_id)
        origin = change.moved_from
        if origin and await self._has_changed(origin):
            origin = None
        return replace(change, record=record, moved_from=origin)

    async def _done(self, change: Change) -> None:
        await self._leases.done_with(*_documents_of(change))
        if change.doc_id not in self._left.changes:
            await self._step(change.candidate.path)

    async def _give_up(self, work: _Work) -> None:
        paths = [record.path for record in work.deleted]
        paths += [refused.change.candidate.path for refused in work.refused]
        paths += [change.candidate.path for change in work.changes.values()]
        for path in paths:
            self._tally.failed(path, busy(path))
            await self._step(path)

    def _kind(self, change: Change) -> str:
        if change.moved_from:
            return "moved"
        return "added" if change.doc_id in self._new else "modified"

    async def _step(self, path: str) -> None:
        await self._journal.advance()
        if self._on_progress:
            self._on_progress(self._tally.progress(path, elapsed_s=self._journal.elapsed_s))


def _documents_of(change: Change) -> list[str]:
    return [change.doc_id, *([change.moved_from.doc_id] if change.moved_from else [])]


def _pause_s(tried_count: int, *, first_s: float) -> float:
    """Doubled with each try, times a random factor from 0.5 to 1: runs that failed together do not come back together."""
    factor = random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it
    return float(first_s * 2 ** (tried_count - 1) * factor)

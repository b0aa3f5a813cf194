"""Compaction: what is no longer needed, and has been kept long enough, is removed. Safe to break off and to repeat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.documents import DocumentState
from core.errors import InvalidInputError
from core.generation_ports import CollectionStore, GenerationCatalog, Housekeeping
from core.generations import BUILD, Generation, GenerationState
from core.graph_ports import ChangeLog
from core.inspection import PointGroup
from core.lexical import LexicalPoints, PassageWeights
from core.ports import Clock, DocumentCatalog, DocumentLeases, VectorIndex
from ingest.leases import RunLeases
from ingest.lexical import refresh_weights
from ingest.reconcile.findings import Finding, Problem, Repair, Survey, is_kept
from ingest.reconcile.reconciler import Reconciler

_REMOVED = {
    Problem.ORPHAN_POINTS,
    Problem.LEFTOVER_POINTS,
    Problem.UNUSED_TEXT,
    Problem.ORPHAN_MENTIONS,
    Problem.LEFTOVER_MENTIONS,
    Problem.ORPHAN_EVIDENCE,
}
_LOG_S = 7 * 86_400.0
"""How long changes of the graph are kept: a reader who did not look for so long loads it anew."""
_OF_POINTS = {Problem.ORPHAN_POINTS, Problem.LEFTOVER_POINTS}


@dataclass(frozen=True, slots=True)
class CompactionReport:
    """What a compaction removed.

    `document_count` documents had `point_count` points that were removed: of deleted documents whose time is over, and
    of versions that are not shown. `kept_count` deleted documents still have invisible points, because their time is not over.
    `reweighted_count` points got new BM25 weights, because the chunks' mean length or the settings are no longer those before.
    Of `vault_count` documents the vault still kept values that nothing shows any more, of `graph_count` the graph had evidence.
    """

    document_count: int = 0
    point_count: int = 0
    kept_count: int = 0
    text_count: int = 0
    vault_count: int = 0
    graph_count: int = 0
    collections: tuple[str, ...] = ()
    run_count: int = 0
    lease_count: int = 0
    session_count: int = 0
    answer_count: int = 0
    checkpoint_count: int = 0
    draft_count: int = 0
    reweighted_count: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class CompactionParts:
    """What compaction works with. `runs_s` is how long records of ended runs are kept."""

    reconciler: Reconciler
    index: VectorIndex
    collections: CollectionStore
    documents: DocumentCatalog
    leases: DocumentLeases
    generations: GenerationCatalog
    housekeeping: Housekeeping
    clock: Clock
    runs_s: float
    lease_s: float
    lexical: tuple[LexicalPoints, PassageWeights] | None = None
    changes: ChangeLog | None = None


class Compactor:
    """Removes what the catalog does not need, document by document under its lease."""

    def __init__(self, parts: CompactionParts) -> None:
        self._parts = parts

    async def compact(self) -> CompactionReport:
        """Remove everything whose time is over; what a run is working on is left for the next time."""
        parts, started_s = self._parts, self._parts.clock.monotonic_s()
        dropped = await self._drop_collections()
        survey = await parts.reconciler.survey()
        found = [row for row in await parts.reconciler.confirmed(survey) if row.problem in _REMOVED]
        await parts.reconciler.repair(found, survey)
        after = await parts.reconciler.survey() if found else survey
        now = parts.clock.now()
        if parts.changes:
            await parts.changes.purge_changes(before=now - timedelta(seconds=_LOG_S))
        reweighted_count = await refresh_weights(*parts.lexical) if parts.lexical else 0
        return CompactionReport(
            document_count=len({row.subject for row in found if row.problem in _OF_POINTS}),
            point_count=max(_points(found, survey.groups) - _points(found, after.groups), 0),
            kept_count=_kept_count(after),
            text_count=sum(row.problem is Problem.UNUSED_TEXT for row in found),
            vault_count=sum(row.repair is Repair.RETIRE_MENTIONS for row in found),
            graph_count=sum(row.problem is Problem.ORPHAN_EVIDENCE for row in found),
            collections=tuple(dropped),
            run_count=await parts.housekeeping.remove_runs(before=now - timedelta(seconds=parts.runs_s)),
            lease_count=await parts.housekeeping.remove_expired_leases(now=now),
            session_count=await parts.housekeeping.remove_expired_sessions(now=now),
            answer_count=await parts.housekeeping.remove_expired_answers(now=now),
            checkpoint_count=await parts.housekeeping.remove_expired_checkpoints(now=now),
            reweighted_count=reweighted_count,
            seconds=parts.clock.monotonic_s() - started_s,
        )

    async def purge(self, doc_id: str) -> int:
        """Remove what is kept of a deleted document now; the number of points that were there.

        Raises:
            InvalidInputError: The document is not deleted.
            StoreBusyError: A run has been working on the document for too long.
        """
        leases = self._leases()
        async with leases.kept():
            await leases.wait_for(doc_id)
            record = await self._parts.documents.get(doc_id)
            if record is None or record.state is not DocumentState.DELETED:
                state = record.state.value if record else "unknown"
                raise InvalidInputError(
                    f"document '{doc_id}' is {state}: only what is kept of a deleted document can be removed; "
                    "delete it first"
                )
            return await self._parts.index.delete_document(doc_id)

    async def _drop_collections(self) -> list[str]:
        """Remove the collections that are done with, unless somebody is building or switching one right now."""
        leases = self._leases()
        async with leases.kept():
            if not await leases.take(BUILD):
                return []
            return [name for name in await self._parts.collections.names() if await self._dropped(name)]

    async def _dropped(self, name: str) -> bool:
        parts = self._parts
        known = {row.collection: row for row in await parts.generations.all()}.get(name)
        empty = not await parts.collections.point_count(name)
        live = await parts.collections.live()
        if name == live or not is_over(known, empty=empty, now=parts.clock.now()):
            return False
        if known:
            await parts.generations.save(replace(known, state=GenerationState.DROPPED))
        await parts.collections.drop(name)
        return True

    def _leases(self) -> RunLeases:
        return RunLeases(self._parts.leases, clock=self._parts.clock, lease_s=self._parts.lease_s)


def is_over(generation: Generation | None, *, empty: bool, now: datetime) -> bool:
    """Whether a collection that is not live is done with. One that no generation describes is, once it is empty."""
    if generation is None:
        return empty
    if generation.state is GenerationState.PREVIOUS:
        return generation.drop_after is not None and generation.drop_after <= now
    return generation.state is GenerationState.DROPPED


def _points(found: Sequence[Finding], groups: Sequence[PointGroup]) -> int:
    subjects = {row.subject for row in found}
    return sum(group.point_count for group in groups if group.doc_id in subjects)


def _kept_count(survey: Survey) -> int:
    groups: dict[str, list[PointGroup]] = {}
    for group in survey.groups:
        groups.setdefault(group.doc_id, []).append(group)
    records = [survey.records.get(doc_id) for doc_id in groups]
    return sum(
        record.state is DocumentState.DELETED
        and is_kept(record, groups[record.doc_id], since=survey.kept_since)
        for record in records
        if record
    )

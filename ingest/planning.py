"""Making a plan: look at the sources, read what size and time cannot settle, compare with the catalog."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from core.config import Settings
from core.documents import Candidate, DocumentRecord, DocumentState, Source
from core.errors import FolioError, TransientError
from core.ports import Clock, DocumentCatalog, SourceCatalog
from core.runs import FileFailure
from ingest.diff import diff, needs_reading, same_stamp
from ingest.moves import find_moves, may_have_moved
from ingest.pii.file_names import Veil
from ingest.plan import Change, Diff, SyncPlan
from ingest.renames import Known, find_renamed, known, may_have_other_name, renamed
from ingest.sources.access import AccessLabelError
from ingest.sources.opening import open_source
from ingest.sources.scan import Refusal, Scan, SourceFiles, coverage
from ingest.sources.targets import SyncTarget
from ingest.sources.vanishing import checked
from ingest.veils import Veils


class Planner:
    """Compares sources with the catalog. Reads only."""

    def __init__(
        self,
        settings: Settings,
        *,
        documents: DocumentCatalog,
        sources: SourceCatalog,
        clock: Clock,
        veils: Veils,
    ) -> None:
        self._settings = settings
        self._veils = veils
        self._documents = documents
        self._sources = sources
        self._clock = clock

    async def plan(
        self,
        targets: Sequence[SyncTarget],
        *,
        fingerprints: Mapping[str, str],
        again: bool = False,
        allow_empty: bool = False,
    ) -> SyncPlan:
        """The work that brings the targets up to date with their pipelines; with `again`, failures are tried anew.

        `fingerprints` are the pipelines' by source id. With `allow_empty`, sources that are gone or suddenly empty lose
        their documents.
        """
        started_s = self._clock.monotonic_s()
        # What a plan holds is shown and kept: no path in it is clear that must not be.
        veiled = tuple(veiled_target(target, self._veils.of(target.source)) for target in targets)
        plan = SyncPlan(veiled, fingerprints, again=again)
        sources = {target.source.source_id: target.source for target in targets}
        for tenant in sorted({target.source.tenant for target in targets}):
            sources |= {source.source_id: source for source in await self._sources.sources(tenant)}
        others = list(sources.values())
        for target in targets:
            plan = await self._extended(plan, target, others=others, allow_empty=allow_empty)
        plan = await self._with_moves(plan, others=others)
        return replace(plan, seconds=self._clock.monotonic_s() - started_s)

    async def _extended(
        self, plan: SyncPlan, named: SyncTarget, *, others: Sequence[Source], allow_empty: bool
    ) -> SyncPlan:
        source, veil = named.source, self._veils.of(named.source)
        target = veiled_target(named, veil)
        files = open_source(source, settings=self._settings, others=others, veil=veil)
        before = await self._known(target, veil)
        seen = await asyncio.to_thread(files.scan, named.only)
        before = await self._with_clear(before, seen, target=target)
        trusted, unreachable = checked(seen, source=source, records=before.by_path, allow_empty=allow_empty)
        found = _in_bucket(trusted, target)
        scan = await asyncio.to_thread(_with_hashes, found, files, before.records)
        part = diff(
            scan,
            source=source,
            records=before.records,
            fingerprint=plan.fingerprints[source.source_id],
            only=target.only,
            again=plan.again,
        )
        covers = coverage(target.only)
        gone = {path for path in before.clear if scan.complete and covers(path)}
        part, moved = renamed(part, before.clear, is_gone=gone)
        failed = tuple(_known_failure(change) for change in part.known_failures)
        return replace(
            plan,
            added=plan.added + part.added,
            modified=plan.modified + part.modified,
            moved=plan.moved + moved,
            deleted=plan.deleted + part.deleted,
            refused=plan.refused + part.refused,
            failures=plan.failures + scan.failures + failed,
            touched=plan.touched + _touched(part),
            unchanged_count=plan.unchanged_count + len(part.unchanged),
            unreachable=plan.unreachable + unreachable,
        )

    async def _known(self, target: SyncTarget, veil: Veil | None) -> Known:
        """What the catalog knows of the target's documents: no more of the source is read than that."""
        source_id = target.source.source_id
        if target.only is None:
            records = await self._documents.of_source(source_id)
        else:
            records = await self._documents.at_paths(source_id, target.only)
        found = known(records, veil)
        if target.bucket is None:
            return found
        has = target.has_in_bucket
        return Known(
            {path: record for path, record in found.records.items() if has(path)},
            {path: record for path, record in found.clear.items() if has(path)},
        )

    async def _with_clear(self, before: Known, seen: Scan, *, target: SyncTarget) -> Known:
        """Also those that have the clear paths of a part's files: nobody asked the catalog for them by these."""
        places = {row.place: row.path for row in seen.candidates if row.place is not None}
        if target.only is None or not places:
            return before
        rows = await self._documents.at_paths(target.source.source_id, tuple(places))
        living = {places[path]: row for path, row in rows.items() if row.state is not DocumentState.DELETED}
        return Known(before.records, before.clear | living)

    async def _with_moves(self, plan: SyncPlan, *, others: Sequence[Source]) -> SyncPlan:
        """New files with the bytes of a file that is gone, in whichever target, as moves."""
        in_use = set(plan.fingerprints.values())
        origins = [row for row in plan.deleted if may_have_moved(row, fingerprints=in_use)]
        others_named = [row for row in plan.deleted if may_have_other_name(row, fingerprints=in_use)]
        sizes = {row.size_bytes for row in (*origins, *others_named)}
        suspects = [change for change in plan.added if change.candidate.size_bytes in sizes]
        if not suspects:
            return plan
        files = {
            target.source.source_id: open_source(
                target.source, settings=self._settings, others=others, veil=self._veils.of(target.source)
            )
            for target in plan.targets
        }
        hashed = await asyncio.to_thread(_read, suspects, files)
        moved = find_moves(hashed, origins, fingerprints=plan.fingerprints)
        paired = {change.doc_id for change in moved}
        moved += find_renamed([row for row in hashed if row.doc_id not in paired], others_named)
        new_ids = {change.doc_id for change in moved}
        old_ids = {change.moved_from.doc_id for change in moved if change.moved_from}
        return replace(
            plan,
            moved=(*plan.moved, *moved),
            added=tuple(change for change in plan.added if change.doc_id not in new_ids),
            deleted=tuple(record for record in plan.deleted if record.doc_id not in old_ids),
        )


def veiled_target(target: SyncTarget, veil: Veil | None) -> SyncTarget:
    """The target with veiled paths, as the catalog has them."""
    if veil is None or target.only is None:
        return target
    return replace(target, only=tuple(map(veil.path, target.only)))


def _in_bucket(scan: Scan, target: SyncTarget) -> Scan:
    """The part of a scan that falls into the target's bucket.

    What was not found is every bucket's failure if documents may be missing for it, else that of one bucket only.
    """
    if target.bucket is None:
        return scan
    has = target.has_in_bucket
    return replace(
        scan,
        candidates=tuple(row for row in scan.candidates if has(row.path)),
        refusals=tuple(row for row in scan.refusals if has(row.candidate.path)),
        failures=tuple(row for row in scan.failures if not scan.complete or has(row.path)),
    )


def _read(changes: Sequence[Change], files: Mapping[str, SourceFiles]) -> list[Change]:
    """The changes with the hash and label of their bytes; without those that cannot be read, whose turn comes later."""
    read: list[Change] = []
    for change in changes:
        with suppress(FolioError):
            original = files[change.source.source_id].read(change.candidate)
            read.append(replace(change, candidate=original.candidate))
    return read


def _with_hashes(scan: Scan, files: SourceFiles, records: dict[str, DocumentRecord]) -> Scan:
    candidates: list[Candidate] = []
    refusals = list(scan.refusals)
    for candidate in scan.candidates:
        if not needs_reading(candidate, records.get(candidate.path)):
            candidates.append(candidate)
            continue
        try:
            candidates.append(files.read(candidate).candidate)
        except TransientError:
            # Not now, perhaps later in this run: it goes on as a change, whose bytes nobody knows yet.
            candidates.append(candidate)
        except FolioError as error:
            hides = isinstance(error, AccessLabelError)
            refusals.append(Refusal(candidate, error.detail, hides=hides))
    return replace(scan, candidates=tuple(candidates), refusals=tuple(refusals))


def _touched(part: Diff) -> tuple[DocumentRecord, ...]:
    # A JSONL line is hashed by every scan: its stamp is never asked for, and not worth a write.
    return tuple(
        replace(
            change.record, size_bytes=change.candidate.size_bytes, modified_ns=change.candidate.modified_ns
        )
        for change in (*part.unchanged, *part.known_failures)
        if change.record
        and change.candidate.external_id is None
        # Of one that could not be read just now, nobody knows that the new time is the only change.
        and change.candidate.content_hash is not None
        and not same_stamp(change.candidate, change.record)
    )


def _known_failure(change: Change) -> FileFailure:
    reason = change.record.reason if change.record else None
    return FileFailure(change.candidate.path, reason or "it could not be indexed before")

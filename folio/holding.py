"""Documents that only other settings would have indexed anew: they stay as they are until these settings are released.

Nothing else waits. New and edited files are indexed with the settings of now, for a stale answer is worse than one that nobody
has measured; removals, changed access labels and whatever was asked for by name go through; and so does a change of redaction,
for what it takes out must not stay searchable.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.documents import DocumentState, Source
from core.eval_subjects import SubjectPart
from core.ports import PointReader
from folio.release_gate import ReleaseGate
from folio.release_subjects import wanted_subject
from ingest.plan import Change, SyncPlan

if TYPE_CHECKING:
    from folio.assembly import Parts
    from ingest.engine import IngestEngine
    from store.catalog.catalog import SqlCatalog


async def as_released(
    plan: SyncPlan, gate: ReleaseGate, *, parts: "Parts", engine: "IngestEngine", catalog: "SqlCatalog"
) -> SyncPlan:
    """The plan without what is not released. Asks nobody where nothing would be indexed anew."""
    anew = made_anew(plan)
    if not gate.is_on or not anew:
        return plan
    free = await with_other_redaction(anew, engine, points=parts.index)
    held = tuple(change for change in anew if change.doc_id not in free)
    if not held:
        return plan
    subject = await wanted_subject(parts.settings, catalog.prompt_releases, embedder=parts.embedder)
    what = f"indexing {len(held)} unchanged documents anew with other settings"
    if await gate.admits(subject, SubjectPart.INDEX, what=what):
        return plan
    return without(plan, held)


def made_anew(plan: SyncPlan) -> tuple[Change, ...]:
    """The documents that are searchable and whose files, labels and names are as they were: only settings differ. Pure."""
    return tuple(change for change in plan.modified if _differs_by_settings(change, plan))


def without(plan: SyncPlan, held: Sequence[Change]) -> SyncPlan:
    """The plan, with these changes held back. Pure."""
    left_out = {change.doc_id for change in held}
    return replace(
        plan,
        modified=tuple(change for change in plan.modified if change.doc_id not in left_out),
        unchanged_count=plan.unchanged_count + len(held),
        held=(*plan.held, *held),
    )


async def with_other_redaction(
    changes: Sequence[Change], engine: "IngestEngine", *, points: PointReader
) -> set[str]:
    """The ids of those whose stored text went through another redactor than it would now.

    One of those that the same pipeline has made is looked at for all of them.
    """
    found: dict[tuple[str, str], bool] = {}
    for change in changes:
        made = _made_by(change)
        if made not in found:
            found[made] = await _is_redacted_otherwise(change, engine.redactor_of(change.source), points)
    return {change.doc_id for change in changes if found[_made_by(change)]}


def _differs_by_settings(change: Change, plan: SyncPlan) -> bool:
    record, candidate = change.record, change.candidate
    if record is None or record.state is not DocumentState.INDEXED or record.fingerprint is None:
        # Without a fingerprint it was asked for: an erasure and a repair take it away.
        return False
    same_bytes = (
        candidate.content_hash == record.content_hash
        if candidate.content_hash is not None
        else (candidate.size_bytes, candidate.modified_ns) == (record.size_bytes, record.modified_ns)
    )
    made_by = plan.fingerprints[change.source.source_id]
    return (
        same_bytes
        and not change.again
        and record.fingerprint != made_by
        and record.access == candidate.access
    )


def _made_by(change: Change) -> tuple[str, str]:
    source: Source = change.source
    return (source.source_id, (change.record.fingerprint if change.record else None) or "")


async def _is_redacted_otherwise(change: Change, redactor: str, points: PointReader) -> bool:
    stored = [point for point in await points.stored(change.doc_id) if point.active]
    return bool(stored) and stored[0].redaction != redactor

"""What each materialisation shows a data engineer, made from the plan and the report of a sync. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from core.runs import IngestReport, StageTotals
from ingest.estimate import Estimate
from ingest.plan import SyncPlan
from pipelines.defs.corpus.tables import document_table, escaped, failure_table

Metadata = dict[str, dg.MetadataValue[Any]]

STAGE_SECONDS = "stage_seconds"
STATE_COUNTS = "documents_by_state"
UNREACHABLE = "unreachable_sources"

# What a stage counts, beside documents.
_ITEMS = {
    "source_manifest": "files",
    "parsed": "characters",
    "redacted": "findings",
    "chunks": "chunks",
    "embeddings": "vectors",
    "vector_index": "points",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished sync. `point_count` and `state_counts` are those of the whole index, not only of this sync.

    `cost` is what the embedding was charged with, in `currency`; `api` is the address that documents are linked to.
    """

    plan: SyncPlan
    report: IngestReport
    embedding_model: str
    point_count: int
    state_counts: Mapping[str, int] = field(default_factory=dict)
    cost: float = 0.0
    currency: str = "USD"
    api: str | None = None


def metadata_by_asset(outcome: Outcome) -> dict[str, Metadata]:
    """The metadata of the six assets, by name."""
    report = outcome.report
    metadata = {name: _stage(report.stages.get(name), items=items) for name, items in _ITEMS.items()}
    metadata["source_manifest"] |= _manifest(outcome.plan, report)
    metadata["redacted"] |= {"redactions_by_type": dg.MetadataValue.json(report.redaction_counts)}
    metadata["chunks"] |= {"tokens": dg.MetadataValue.int(report.token_count)}
    metadata["embeddings"] |= {
        "model": dg.MetadataValue.text(outcome.embedding_model),
        "tokens": dg.MetadataValue.int(report.embedded_token_count),
        **_cost(outcome.cost, outcome.currency),
    }
    metadata["vector_index"] |= _index(outcome)
    return metadata


def metadata_of_plan(plan: SyncPlan, expected: Estimate, *, currency: str, api: str | None) -> Metadata:
    """What a dry run shows: what a sync would do and take. Nothing has been written."""
    shown: Metadata = {
        "dry_run": dg.MetadataValue.bool(True),
        **_numbers(_planned_counts(plan)),
        "files": dg.MetadataValue.int(plan.file_count),
        "bytes": dg.MetadataValue.int(expected.size_bytes),
        "estimated_chunks": _known(expected.chunk_count),
        "estimated_tokens": _known(expected.token_count),
        "estimated_seconds": _known(expected.seconds),
        "estimated_cost": _known(expected.cost),
        "currency": dg.MetadataValue.text(currency),
        "sources": _sources(plan),
        "pipeline_fingerprint": dg.MetadataValue.text(plan.fingerprint),
    }
    return shown | _documents(plan, api=api)


def _planned_counts(plan: SyncPlan) -> dict[str, int]:
    return {
        "added": len(plan.added),
        "modified": len(plan.modified),
        "moved": len(plan.moved),
        "deleted": len(plan.deleted),
        "unchanged": plan.unchanged_count,
        "failed": len(plan.refused) + len(plan.failures),
        "unreachable": len(plan.unreachable),
    }


def _manifest(plan: SyncPlan, report: IngestReport) -> Metadata:
    unreachable = [[row.path, row.reason] for row in plan.unreachable]
    return {
        **_counts(report),
        **_held(plan),
        UNREACHABLE: dg.MetadataValue.json(unreachable),
        "sources": _sources(plan),
        "pipeline_fingerprint": dg.MetadataValue.text(plan.fingerprint),
    }


def _held(plan: SyncPlan) -> Metadata:
    """Documents that wait for the release of other settings, where there are any."""
    return _numbers({"held_back": len(plan.held)} if plan.held else {})


def _index(outcome: Outcome) -> Metadata:
    report = outcome.report
    shown: Metadata = {
        **_counts(report),
        "chunks": dg.MetadataValue.int(report.chunk_count),
        "tokens": dg.MetadataValue.int(report.token_count),
        "points_total": dg.MetadataValue.int(outcome.point_count),
        "run_seconds": dg.MetadataValue.float(report.seconds),
        "chunks_per_second": dg.MetadataValue.float(
            round(report.chunk_count / max(report.seconds, 0.001), 1)
        ),
        **_cost(outcome.cost, outcome.currency),
        "redactions_by_type": dg.MetadataValue.json(report.redaction_counts),
        STAGE_SECONDS: dg.MetadataValue.json({name: row.seconds for name, row in report.stages.items()}),
        STATE_COUNTS: dg.MetadataValue.json(dict(outcome.state_counts)),
        "pipeline_fingerprint": dg.MetadataValue.text(outcome.plan.fingerprint),
        **_documents(outcome.plan, api=outcome.api),
    }
    if report.failed:
        shown["failed_files"] = dg.MetadataValue.md(failure_table(report.failed))
    return shown


def _counts(report: IngestReport) -> Metadata:
    return _numbers(
        {
            "added": report.added,
            "modified": report.modified,
            "moved": report.moved,
            "deleted": report.deleted,
            "unchanged": report.unchanged,
            "failed": len(report.failed),
        }
    )


def _numbers(counts: Mapping[str, int]) -> Metadata:
    return {name: dg.MetadataValue.int(count) for name, count in counts.items()}


def _known(value: float | None) -> dg.MetadataValue[Any]:
    if value is None:
        return dg.MetadataValue.text("unknown: nothing like it was indexed before")
    return dg.MetadataValue.int(value) if isinstance(value, int) else dg.MetadataValue.float(value)


def _cost(cost: float, currency: str) -> Metadata:
    return {"cost": dg.MetadataValue.float(cost), "currency": dg.MetadataValue.text(currency)}


def _sources(plan: SyncPlan) -> dg.MetadataValue[Any]:
    roots = "\n".join(f"- {escaped(target.source.root)}" for target in plan.targets)
    return dg.MetadataValue.md(roots or "none")


def _documents(plan: SyncPlan, *, api: str | None) -> Metadata:
    table = document_table(plan, api=api)
    return {"documents_changed": dg.MetadataValue.md(table)} if table else {}


def _stage(totals: StageTotals | None, *, items: str) -> Metadata:
    totals = totals or StageTotals()
    shown: Metadata = {
        "documents": dg.MetadataValue.int(totals.document_count),
        items: dg.MetadataValue.int(totals.item_count),
        "seconds": dg.MetadataValue.float(totals.seconds),
    }
    if totals.seconds > 0:
        shown[f"{items}_per_second"] = dg.MetadataValue.float(round(totals.item_count / totals.seconds, 1))
    return shown

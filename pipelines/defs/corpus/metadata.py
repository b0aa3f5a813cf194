"""What each materialisation shows a data engineer, made from the plan and the report of a sync. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg

from core.runs import FileFailure, IngestReport, StageTotals
from ingest.plan import SyncPlan

Metadata = dict[str, dg.MetadataValue[Any]]

_SHOWN_FAILURES = 200
_MARKUP = frozenset("\\`*_{}[]<>()#+-!|~$&")

# What a stage counts, beside documents.
_ITEMS = {
    "source_manifest": "files",
    "parsed": "characters",
    "redacted": "placeholders",
    "chunks": "chunks",
    "embeddings": "vectors",
    "vector_index": "points",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished sync. `point_count` counts the active points of the whole index, not only those of this sync."""

    plan: SyncPlan
    report: IngestReport
    embedding_model: str
    point_count: int


def metadata_by_asset(outcome: Outcome) -> dict[str, Metadata]:
    """The metadata of the six assets, by name."""
    report = outcome.report
    metadata = {name: _stage(report.stages.get(name), items=items) for name, items in _ITEMS.items()}
    metadata["source_manifest"] |= _manifest(outcome.plan, report)
    metadata["redacted"] |= {"redactions_by_type": dg.MetadataValue.json(report.redaction_counts)}
    metadata["embeddings"] |= {"model": dg.MetadataValue.text(outcome.embedding_model)}
    metadata["vector_index"] |= _index(outcome)
    return metadata


def failure_table(failures: Sequence[FileFailure]) -> str:
    """A Markdown table of files and reasons. File names come from strangers: nothing in them is markup."""
    rows = [
        f"| {_escaped(failure.path)} | {_escaped(failure.reason)} |" for failure in failures[:_SHOWN_FAILURES]
    ]
    table = "\n".join(["| file | reason |", "|---|---|", *rows])
    hidden_count = len(failures) - _SHOWN_FAILURES
    return (
        f"{table}\n\n{hidden_count} more are in the catalog: `folio status`." if hidden_count > 0 else table
    )


def _manifest(plan: SyncPlan, report: IngestReport) -> Metadata:
    roots = "\n".join(f"- {_escaped(target.source.root)}" for target in plan.targets)
    return {
        **_counts(report),
        "sources": dg.MetadataValue.md(roots or "none"),
        "pipeline_fingerprint": dg.MetadataValue.text(plan.fingerprint),
    }


def _index(outcome: Outcome) -> Metadata:
    report = outcome.report
    shown = _counts(report) | {
        "points_total": dg.MetadataValue.int(outcome.point_count),
        "run_seconds": dg.MetadataValue.float(report.seconds),
        "pipeline_fingerprint": dg.MetadataValue.text(outcome.plan.fingerprint),
    }
    if report.failed:
        shown["failed_files"] = dg.MetadataValue.md(failure_table(report.failed))
    return shown


def _counts(report: IngestReport) -> Metadata:
    counts = {
        "added": report.added,
        "modified": report.modified,
        "moved": report.moved,
        "deleted": report.deleted,
        "unchanged": report.unchanged,
        "failed": len(report.failed),
    }
    return {name: dg.MetadataValue.int(count) for name, count in counts.items()}


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


def _escaped(text: str) -> str:
    line = " ".join(text.split())
    return "".join(f"\\{mark}" if mark in _MARKUP else mark for mark in line)

"""What each check of the index asks, and how it judges. Pure: from evidence to pass or fail, with numbers to look at."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from core.config import ReconcileSettings
from core.documents import DocumentState
from core.status import KnowledgeBaseStatus
from ingest.audit import IndexAudit
from ingest.reconcile.findings import Finding, Problem
from ingest.reconcile.reconciler import ReconcileReport
from pipelines.defs.corpus.specs import INDEX

_SHOWN_COUNT = 50
_LEFT_OUT = (DocumentState.FAILED, DocumentState.QUARANTINED)
_WARN, _ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the checks judge. `expected_count` is how many visible chunks the catalog knows of.

    The quick checks need neither report nor audit. `redaction_off`: nothing was to be taken out.
    """

    settings: ReconcileSettings
    status: KnowledgeBaseStatus
    expected_count: int
    now_s: float
    redaction_off: bool = False
    report: ReconcileReport | None = None
    audit: IndexAudit = field(default_factory=IndexAudit)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check. The metadata never holds words of a document."""

    passed: bool
    metadata: dict[str, dg.MetadataValue[Any]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. A quick one runs after every sync; a blocking one keeps what is built on the index from running."""

    name: str
    description: str
    judge: Callable[[Evidence], Verdict]
    severity: dg.AssetCheckSeverity = _ERROR
    blocking: bool = False
    quick: bool = False

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """As Dagster lists it."""
        return dg.AssetCheckSpec(self.name, asset=INDEX, description=self.description, blocking=self.blocking)


def counts_match(evidence: Evidence) -> Verdict:
    """Totals that differ prove nothing while somebody writes: then what the comparison of each document says counts."""
    points = {Problem.MISSING_POINTS, Problem.LEFTOVER_POINTS, Problem.ORPHAN_POINTS, Problem.STUCK}
    remaining = _remaining(evidence, points)
    same = evidence.status.chunk_count == evidence.expected_count
    counts = {
        "in_vectors": dg.MetadataValue.int(evidence.status.chunk_count),
        "in_catalog": dg.MetadataValue.int(evidence.expected_count),
    }
    return Verdict(not remaining if evidence.report else same, counts | _findings(evidence, points))


def no_orphan_chunks(evidence: Evidence) -> Verdict:
    """Points without a document."""
    return _agreement(evidence, {Problem.ORPHAN_POINTS})


def texts_match(evidence: Evidence) -> Verdict:
    """Stored texts, and what the vault keeps of documents."""
    texts = {Problem.MISSING_TEXT, Problem.UNUSED_TEXT}
    return _agreement(evidence, texts | {Problem.ORPHAN_MENTIONS, Problem.LEFTOVER_MENTIONS})


def no_personal_data(evidence: Evidence) -> Verdict:
    """Shapes of personal data in what is stored."""
    audit = evidence.audit
    if evidence.redaction_off:
        return Verdict(True, {"skipped": dg.MetadataValue.text("the redaction policy is off")})
    return Verdict(
        not audit.personal_data,
        {
            "chunks": dg.MetadataValue.int(audit.chunk_count),
            "found_by_type": dg.MetadataValue.json(audit.personal_data),
            "documents": dg.MetadataValue.json(list(audit.exposed_documents[:_SHOWN_COUNT])),
        },
    )


def unit_vectors(evidence: Evidence) -> Verdict:
    """Lengths of vectors."""
    audit = evidence.audit
    return Verdict(
        audit.bad_norm_count == 0,
        {
            "measured": dg.MetadataValue.int(audit.measured_count),
            "not_of_unit_length": dg.MetadataValue.int(audit.bad_norm_count),
            "worst_norm": dg.MetadataValue.float(audit.worst_norm),
        },
    )


def duplicate_rate(evidence: Evidence) -> Verdict:
    """Chunks with the same words."""
    audit, limit = evidence.audit, evidence.settings.max_duplicate_rate
    counts = {"duplicates": audit.duplicate_count, "visible_chunks": audit.active_count}
    return _rate(audit.duplicate_rate, limit, counts)


def left_out_rate(evidence: Evidence) -> Verdict:
    """Documents that cannot be found because they failed."""
    states = evidence.status.state_counts
    left_out_count = sum(states.get(state, 0) for state in _LEFT_OUT)
    total_count = sum(count for state, count in states.items() if state is not DocumentState.DELETED)
    rate = left_out_count / total_count if total_count else 0.0
    counts = {state.value: states.get(state, 0) for state in _LEFT_OUT} | {"documents": total_count}
    return _rate(rate, evidence.settings.max_left_out_rate, counts)


def fresh(evidence: Evidence) -> Verdict:
    """Changes that wait for longer than they may. Without changes no sync is needed, however old the last one is."""
    good = [run.finished_at for run in evidence.status.runs if run.finished_at and run.error is None]
    age_s = evidence.now_s - max(good).timestamp() if good else None
    waiting = _remaining(evidence, {Problem.NOT_SYNCED})
    late = age_s is None or age_s > evidence.settings.stale_after_s
    shown: dict[str, dg.MetadataValue[Any]] = {
        "waiting_changes": dg.MetadataValue.text(waiting[0].detail if waiting else "none"),
        "limit_s": dg.MetadataValue.float(evidence.settings.stale_after_s),
    }
    if age_s is not None:
        shown["last_good_sync_age_s"] = dg.MetadataValue.float(round(age_s, 1))
    return Verdict(not (waiting and late), shown)


CHECKS = (
    Check(
        "counts_match",
        "The vector store has exactly the visible chunks that the catalog says it has.",
        counts_match,
        blocking=True,
        quick=True,
    ),
    Check("no_orphan_chunks", "No chunk belongs to a document that is deleted or unknown.", no_orphan_chunks),
    Check(
        "texts_match", "Every document has its stored text, and no text is without a document.", texts_match
    ),
    Check(
        "no_personal_data",
        "No stored chunk holds an e-mail address, IBAN, card number or social security number.",
        no_personal_data,
        blocking=True,
    ),
    Check("unit_vectors", "Dense vectors have length 1 (within 0.001); a sample is measured.", unit_vectors),
    Check("duplicate_rate", "Few chunks repeat another one word for word.", duplicate_rate, _WARN),
    Check("left_out_rate", "Few documents failed or are quarantined.", left_out_rate, _WARN, quick=True),
    Check("fresh", "No change in the sources has been waiting for too long.", fresh, _WARN),
)


def _agreement(evidence: Evidence, problems: set[Problem]) -> Verdict:
    return Verdict(not _remaining(evidence, problems), _findings(evidence, problems))


def _rate(rate: float, limit: float, counts: dict[str, int]) -> Verdict:
    shown: dict[str, dg.MetadataValue[Any]] = {
        "rate": dg.MetadataValue.float(round(rate, 4)),
        "limit": dg.MetadataValue.float(limit),
        **{name: dg.MetadataValue.int(count) for name, count in counts.items()},
    }
    return Verdict(rate <= limit, shown)


def _remaining(evidence: Evidence, problems: set[Problem]) -> list[Finding]:
    return [row for row in evidence.report.remaining if row.problem in problems] if evidence.report else []


def _findings(evidence: Evidence, problems: set[Problem]) -> dict[str, dg.MetadataValue[Any]]:
    """What was found, and what of it is still there after a repair."""
    if evidence.report is None:
        return {}
    found = [row for row in evidence.report.findings if row.problem in problems]
    remaining = _remaining(evidence, problems)
    shown: dict[str, dg.MetadataValue[Any]] = {
        "found": dg.MetadataValue.json(dict(Counter(row.problem.value for row in found))),
        "remaining": dg.MetadataValue.int(len(remaining)),
    }
    if remaining or found:
        shown["findings"] = dg.MetadataValue.md(_table(remaining or found))
    return shown


def _table(findings: Sequence[Finding]) -> str:
    rows = [f"| {row.problem.value} | `{row.subject}` | {row.detail} |" for row in findings[:_SHOWN_COUNT]]
    hidden_count = len(findings) - _SHOWN_COUNT
    more = [f"\n{hidden_count} more: `folio reconcile`."] if hidden_count > 0 else []
    return "\n".join(["| problem | document or text | |", "|---|---|---|", *rows, *more])

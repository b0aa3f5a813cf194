"""`query_drift`: whether people ask otherwise than before, with a check for each kind of change. Opens the catalog only.

Topics have numbers here: titles of documents would stay in Dagster's history when the documents are gone. `folio eval drift` names
them.
"""

import asyncio
import base64
import logging
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import dagster as dg
from pydantic import Field

from core.clock import SystemClock
from core.errors import MissingExtraError
from evals.drift.gathering import look
from evals.drift.keeping import kept_outcome, label
from evals.drift.plots import pictures
from evals.drift.telling import SIGNAL_COLUMNS, TOPIC_COLUMNS, findings, headline, signal_rows, topic_rows
from evals.drift.verdicts import DriftReport, Outcome, Signal, SignalName
from pipelines.defs.corpus.specs import OWNERS
from pipelines.defs.corpus.tables import escaped, markdown_table
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

GROUP = "evals"
DRIFT = "query_drift"
_ID_DIGITS = 12
_LOG = logging.getLogger("folio.runs")
_NO_SCIPY = "for statistics and pictures: `pip install 'folio-kb[evals]'`"

CHECKS = {
    "questions_as_usual": (
        (SignalName.QUESTIONS,),
        "The vectors of the latest questions are no further from those before than chance would have it.",
    ),
    "topics_as_usual": ((SignalName.TOPICS,), "People ask about the same topics in the same shares."),
    "refusals_as_usual": (
        (SignalName.EMPTY, SignalName.REFUSALS),
        "No more and no fewer questions find nothing, or are refused an answer.",
    ),
    "scores_as_usual": ((SignalName.SCORES,), "The nearest passages are as near to the questions as before."),
    "corpus_keeps_up": (
        (SignalName.FRESHNESS,),
        "Questions have not moved to documents that were changed longer ago.",
    ),
}

_SPEC = dg.AssetSpec(
    DRIFT,
    group_name=GROUP,
    kinds={"python", "scipy"},
    owners=OWNERS,
    description=(
        "The questions of the latest days beside those of the weeks before: vectors, topics, outcomes. From samples that hold no word "
        "and no name."
    ),
)


class DriftConfig(dg.Config):
    """Which days."""

    days: int = Field(
        default=0,
        ge=0,
        le=90,
        description="how many days are compared with those before; 0: as the settings say",
    )


@dg.multi_asset(
    name="watch_questions",
    specs=[_SPEC],
    check_specs=[
        dg.AssetCheckSpec(name, asset=DRIFT, description=text) for name, (_, text) in CHECKS.items()
    ],
)
def query_drift(
    config: DriftConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Compare the latest days with those before, for each tenant."""
    with told_to_dagster():
        reports, missing = _reports(knowledge_base, config.days or None)
        shown = drift_metadata(reports, note=missing)
    for report in reports:
        if report.outcome is Outcome.DRIFT:
            # Who reads logs gets a line; what it is about is in Dagster, where access is controlled.
            names = ",".join(label(one.name) for one in report.drifted)
            _LOG.warning("questions are not as usual: signals=%s", names)
    yield dg.MaterializeResult(asset_key=DRIFT, metadata=shown)
    for name, (signals, _) in CHECKS.items():
        yield drift_check(name, signals, reports)


def drift_check(
    name: str, signals: Sequence[SignalName], reports: Sequence[DriftReport]
) -> dg.AssetCheckResult:
    """Passes unless a tenant's questions have drifted in one of these signals; with too few questions it passes and says so."""
    found = [(report, one) for report in reports for one in report.signals if one.name in signals]
    drifted = [one for _, one in found if one.outcome is Outcome.DRIFT]
    judged = [one for _, one in found if one.p is not None]
    metadata: dict[str, dg.MetadataValue[Any]] = {
        "compared": dg.MetadataValue.int(len(judged)),
        "not_as_usual": dg.MetadataValue.int(len(drifted)),
    }
    if not judged:
        notes = [report.note for report in reports if report.note] or ["nothing was asked"]
        metadata["note"] = dg.MetadataValue.text(notes[0])
    if judged:
        metadata["p"] = dg.MetadataValue.float(round(min(one.p or 0.0 for one in judged), 5))
        metadata["signals"] = dg.MetadataValue.table([_record(*one) for one in found if one[1].p is not None])
    return dg.AssetCheckResult(
        asset_key=DRIFT,
        check_name=name,
        passed=not drifted,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def drift_metadata(reports: Sequence[DriftReport], *, note: str = "") -> dict[str, dg.MetadataValue[Any]]:
    """What was found for each tenant; tables and pictures of the one with most drift."""
    shown: dict[str, dg.MetadataValue[Any]] = {
        "questions": dg.MetadataValue.int(sum(one.new.count for one in reports)),
        "usual_questions": dg.MetadataValue.int(sum(one.usual.count for one in reports)),
        "tenants_not_as_usual": dg.MetadataValue.int(sum(one.outcome is Outcome.DRIFT for one in reports)),
    }
    if note:
        shown["note"] = dg.MetadataValue.text(note)
    if not reports:
        return shown
    first = max(reports, key=lambda one: (len(one.drifted), one.new.count))
    shown["tenant"] = dg.MetadataValue.text(first.tenant)
    shown["result"] = dg.MetadataValue.text(headline(first))
    if first.signals:
        shown["report"] = dg.MetadataValue.md(_markdown(first))
        shown |= _pictures(first)
    return shown


def _pictures(report: DriftReport) -> dict[str, dg.MetadataValue[Any]]:
    try:
        made = pictures(report)
    except MissingExtraError:
        return {"pictures": dg.MetadataValue.md(_NO_SCIPY)}
    return {
        f"picture_{name}": dg.MetadataValue.md(
            f"![{name}](data:image/png;base64,{base64.b64encode(png).decode()})"
        )
        for name, png in made.items()
    }


def _markdown(report: DriftReport) -> str:
    parts = [
        markdown_table(SIGNAL_COLUMNS, _escaped(signal_rows(report))),
        # Without the last column: titles are not looked up here.
        markdown_table(TOPIC_COLUMNS[:-1], _escaped([row[:-1] for row in topic_rows(report)])),
        "\n".join(f"- {escaped(one)}" for one in findings(report)),
    ]
    return "\n\n".join(part for part in parts if part)


def _escaped(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[escaped(cell) for cell in row] for row in rows]


def _record(report: DriftReport, signal: Signal) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "tenant": report.tenant,
            "signal": signal.name.value,
            "usual": round(signal.usual or 0.0, 4),
            "new": round(signal.new or 0.0, 4),
            "p": round(signal.p or 0.0, 5),
            "outcome": signal.outcome.value,
        }
    )


def _reports(resource: KnowledgeBaseResource, days: int | None) -> tuple[list[DriftReport], str]:
    """The reports, or none and why there are none: an installation without scipy is not to fail every night."""
    try:
        return asyncio.run(_looked(resource, days)), ""
    except MissingExtraError:
        return [], _NO_SCIPY


async def _looked(resource: KnowledgeBaseResource, days: int | None) -> list[DriftReport]:
    settings, now = resource.settings(), SystemClock().now()
    async with resource.catalog() as catalog:
        tenants = sorted(await catalog.listing.tenants() | {settings.access.tenant})
        reports = [
            await look(catalog, tenant, settings=settings.evals.drift, now=now, days=days)
            for tenant in tenants
        ]
        if days is None:
            # Other days than the settings say were tried by hand: that is no alarm for anybody else.
            for report in reports:
                await catalog.eval_runs.add(kept_outcome(report, run_id=uuid4().hex[:_ID_DIGITS]))
    return reports

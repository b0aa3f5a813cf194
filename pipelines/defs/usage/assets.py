"""`language_model_usage`: calls, tokens and cost of a day, and the check that this is as usual. Opens the catalog only."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import dagster as dg
from pydantic import Field

from core.clock import SystemClock
from core.usage import UsageRow
from core.usage_anomalies import GROUPED, HISTORY_DAYS, Anomaly, anomalies
from pipelines.defs.corpus.specs import OWNERS
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

GROUP = "usage"
USAGE = "language_model_usage"
USUAL = "usage_is_usual"
_MOST_ROWS = 200

_SPEC = dg.AssetSpec(
    USAGE,
    group_name=GROUP,
    kinds={"python"},
    owners=OWNERS,
    description="What was asked of language models on a day and what it cost, by tenant and feature. No prompt, no answer.",
)
_CHECK = dg.AssetCheckSpec(
    USUAL,
    asset=USAGE,
    description=(
        f"Cost, tokens, calls and failures of every tenant and feature are not far above the median of the {HISTORY_DAYS} days before."
    ),
)


class UsageConfig(dg.Config):
    """Which day."""

    day: str = Field(
        default="",
        description="the day, as 2026-01-31 (UTC); empty: today so far, or yesterday before 6 o'clock",
    )


@dg.multi_asset(name="sum_up_usage", specs=[_SPEC], check_specs=[_CHECK])
def language_model_usage(
    config: UsageConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Sum up a day, and compare it with those before."""
    with told_to_dagster():
        day = chosen_day(config.day, now=SystemClock().now())
        rows = asyncio.run(_rows(knowledge_base, day))
    yield dg.MaterializeResult(asset_key=USAGE, metadata=usage_metadata(rows, day=day))
    yield usage_check(anomalies(rows, day=day), day=day)


def chosen_day(wanted: str, *, now: datetime) -> date:
    """The day that is meant.

    Raises:
        dg.Failure: It is none.
    """
    try:
        return date.fromisoformat(wanted) if wanted else (now - timedelta(hours=6)).date()
    except ValueError:
        raise dg.Failure(f"day: '{wanted[:20]}' is no day: write it as 2026-01-31") from None


def usage_metadata(rows: Sequence[UsageRow], *, day: date) -> dict[str, dg.MetadataValue[Any]]:
    """Sums of the day, and a row for each tenant and feature, dearest first."""
    of_day = [row for row in rows if row.group[0] == day.isoformat()]
    records = [
        dg.TableRecord(
            {
                "tenant": row.group[1],
                "feature": row.group[2],
                "calls": row.call_count,
                "failed": row.failed_count,
                "tokens": row.input_tokens + row.output_tokens,
                "cost": round(row.cost, 4),
            }
        )
        for row in sorted(of_day, key=lambda row: -row.cost)[:_MOST_ROWS]
    ]
    shown: dict[str, dg.MetadataValue[Any]] = {
        "day": dg.MetadataValue.text(day.isoformat()),
        "calls": dg.MetadataValue.int(sum(row.call_count for row in of_day)),
        "tokens": dg.MetadataValue.int(sum(row.input_tokens + row.output_tokens for row in of_day)),
        "cost": dg.MetadataValue.float(round(sum((row.cost for row in of_day), 0.0), 4)),
    }
    return {**shown, "usage": dg.MetadataValue.table(records)} if records else shown


def usage_check(found: Sequence[Anomaly], *, day: date) -> dg.AssetCheckResult:
    """A warning that names what is unusual."""
    shown: dict[str, dg.MetadataValue[Any]] = {
        "day": dg.MetadataValue.text(day.isoformat()),
        "anomalies": dg.MetadataValue.int(len(found)),
    }
    if found:
        records = [
            dg.TableRecord(
                {
                    "tenant": one.tenant,
                    "feature": one.feature,
                    "measured": one.measured.value,
                    "value": round(one.value, 4),
                    "usual": round(one.usual, 4),
                    "score": round(one.score, 1),
                }
            )
            for one in found[:_MOST_ROWS]
        ]
        shown["unusual"] = dg.MetadataValue.table(records)
    return dg.AssetCheckResult(
        asset_key=USAGE,
        check_name=USUAL,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=shown,
    )


async def _rows(resource: KnowledgeBaseResource, day: date) -> list[UsageRow]:
    until = datetime.combine(day + timedelta(days=1), time(), UTC)
    async with resource.catalog() as catalog:
        return await catalog.calls.usage(
            by=GROUPED, since=until - timedelta(days=HISTORY_DAYS + 1), until=until
        )

"""When a sync gets a picture, and what it is drawn from."""

from typing import TYPE_CHECKING

import dagster as dg

from core.config import DagsterSettings
from pipelines.defs.corpus.metadata import Outcome
from pipelines.defs.corpus.plots import plots
from pipelines.defs.corpus.running import chunk_counts
from pipelines.defs.corpus.trend import RunPoint, Trend, trend_of

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

_SAMPLED_COUNT = 2000


async def picture(
    instance: dg.DagsterInstance, kb: "KnowledgeBase", outcome: Outcome, *, now_s: float
) -> str | None:
    """The picture of this sync and those before it, as Markdown; None if it has none."""
    settings = kb.settings.dagster
    if settings.plot_run_count == 0:
        return None
    trend = trend_of(instance, run_count=settings.plot_run_count - 1)
    if not is_due(trend, settings, now_s=now_s):
        return None
    seconds = {name: totals.seconds for name, totals in outcome.report.stages.items()}
    runs = (*trend.runs, RunPoint(now_s, seconds, outcome.state_counts))
    return plots(runs, await chunk_counts(kb, document_count=_SAMPLED_COUNT))


def is_due(trend: Trend, settings: DagsterSettings, *, now_s: float) -> bool:
    """Whether the last picture is old enough: each is kept for as long as Dagster keeps the run."""
    return now_s - trend.plotted_s >= settings.plot_interval_s

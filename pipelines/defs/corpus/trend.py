"""The latest syncs as Dagster's event log has them, for plots over time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.defs.corpus.metadata import STAGE_SECONDS, STATE_COUNTS
from pipelines.defs.corpus.specs import INDEX

PLOTS = "plots"


@dataclass(frozen=True, slots=True)
class RunPoint:
    """One sync: when it ended, the seconds of its stages, and the documents by state after it."""

    ended_s: float
    stage_seconds: Mapping[str, float]
    state_counts: Mapping[str, int]

    @property
    def label(self) -> str:
        """Its time of day (UTC), to the second: a person compares it with the list of runs."""
        return datetime.fromtimestamp(self.ended_s, UTC).strftime("%H:%M:%S")


@dataclass(frozen=True, slots=True)
class Trend:
    """The latest syncs, oldest first; `plotted_s` is when the last one with plots ended, 0 if none had."""

    runs: tuple[RunPoint, ...] = ()
    plotted_s: float = 0.0


def trend_of(instance: dg.DagsterInstance, *, run_count: int) -> Trend:
    """The latest syncs of the instance. Partitions that a larger run brought up to date are no syncs of their own."""
    # Between two syncs there may be events of partitions; how many does not matter for a plot.
    limit = min(4 * run_count, 400)
    found = instance.fetch_materializations(dg.AssetKey(INDEX), limit=limit).records
    rows = [
        (record.timestamp, record.asset_materialization.metadata)
        for record in found
        if record.asset_materialization is not None
    ]
    return trend_from(rows, run_count=run_count)


def trend_from(rows: Iterable[tuple[float, Mapping[str, dg.MetadataValue[Any]]]], *, run_count: int) -> Trend:
    """The trend of materialisations, given newest first as time and metadata."""
    syncs = [(ended_s, metadata) for ended_s, metadata in rows if STAGE_SECONDS in metadata]
    points = [
        RunPoint(ended_s, _json(metadata, STAGE_SECONDS), _json(metadata, STATE_COUNTS))
        for ended_s, metadata in syncs[:run_count]
    ]
    plotted = (ended_s for ended_s, metadata in syncs if PLOTS in metadata)
    return Trend(tuple(reversed(points)), next(plotted, 0.0))


def _json(metadata: Mapping[str, dg.MetadataValue[Any]], name: str) -> Mapping[str, Any]:
    value = metadata[name].value if name in metadata else None
    return value if isinstance(value, Mapping) else {}

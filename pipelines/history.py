"""The latest syncs, as the run storage of Dagster has them."""

from dataclasses import dataclass

import dagster as dg

from pipelines.defs.corpus.specs import INDEX
from pipelines.jobs import sync_corpus_job
from pipelines.watching import SEEN_TAG

_LOOKED_AT = 50


@dataclass(frozen=True, slots=True)
class History:
    """`seen_digest`: what the last good sync of all sources had before it. `ended_s`: when the last sync ended, since 1970."""

    in_progress: bool = False
    seen_digest: str | None = None
    ended_s: float = 0.0


def sync_history(instance: dg.DagsterInstance) -> History:
    """The history of syncs, whether the job ran or somebody materialised the assets by hand."""
    syncs = [row for row in instance.get_run_records(limit=_LOOKED_AT) if _is_sync(row.dagster_run)]
    seen = [
        row.dagster_run.tags[SEEN_TAG]
        for row in syncs
        if row.dagster_run.is_success and SEEN_TAG in row.dagster_run.tags
    ]
    return History(
        in_progress=any(not row.dagster_run.is_finished for row in syncs),
        seen_digest=seen[0] if seen else None,
        ended_s=max((row.end_time or 0.0 for row in syncs), default=0.0),
    )


def _is_sync(run: dg.DagsterRun) -> bool:
    return run.job_name == sync_corpus_job.name or dg.AssetKey(INDEX) in (run.asset_selection or ())

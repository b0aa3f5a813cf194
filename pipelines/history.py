"""What became of syncs, as the run storage of Dagster has them."""

from dataclasses import dataclass

import dagster as dg

from pipelines.defs.corpus.specs import DRY_RUN_TAG, INDEX, SOURCE_TAG, SYNCED_TAG
from pipelines.jobs import sync_corpus_job
from pipelines.ledger import Outcome, Request
from pipelines.watching import CHANGES_TAG, SEEN_TAG

_LOOKED_AT = 50
_PARTITION_TAG = "dagster/partition"
_RUN_KEY_TAG = "dagster/run_key"


@dataclass(frozen=True, slots=True)
class History:
    """`in_progress`: a sync of all sources waits or runs. `is_empty`: there has never been a sync.

    `seen_digest` is the state of the sources before the latest sync. It is None unless that sync covered all sources and succeeded: after a part of it, or a failure, the index may hold
    things that this state does not have.
    """

    in_progress: bool = False
    seen_digest: str | None = None
    is_empty: bool = True


def sync_history(instance: dg.DagsterInstance) -> History:
    """The history of syncs, whether the job ran or somebody materialised the assets by hand."""
    syncs = [row.dagster_run for row in instance.get_run_records(limit=_LOOKED_AT)]
    syncs = [run for run in syncs if _is_sync(run)]
    latest = syncs[0] if syncs else None
    return History(
        in_progress=any(not run.is_finished and _covers_all(run) for run in syncs),
        seen_digest=latest.tags.get(SEEN_TAG) if latest and _went_through(latest) else None,
        is_empty=not syncs,
    )


def outcome_of(request: Request | None, instance: dg.DagsterInstance) -> Outcome:
    """What became of the run that was requested."""
    if request is None:
        return Outcome.UNKNOWN
    runs = instance.get_runs(dg.RunsFilter(tags={_RUN_KEY_TAG: request.run_key}), limit=1)
    if not runs:
        return Outcome.UNKNOWN
    if not runs[0].is_finished:
        return Outcome.UNFINISHED
    return Outcome.SUCCEEDED if _went_through(runs[0]) else Outcome.FAILED


def _is_sync(run: dg.DagsterRun) -> bool:
    if DRY_RUN_TAG in run.tags:
        return False
    return run.job_name == sync_corpus_job.name or dg.AssetKey(INDEX) in (run.asset_selection or ())


def _went_through(run: dg.DagsterRun) -> bool:
    """A run that a check turned red has synced all the same, and syncing again would not turn it green."""
    return run.is_success or SYNCED_TAG in run.tags


def _covers_all(run: dg.DagsterRun) -> bool:
    return not {CHANGES_TAG, SOURCE_TAG, _PARTITION_TAG} & set(run.tags)

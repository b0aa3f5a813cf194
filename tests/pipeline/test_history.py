"""What counts as a sync that went through, for the sensor that would ask for another one."""

import dagster as dg
import pytest

from pipelines.defs.corpus.specs import DRY_RUN_TAG, SOURCE_TAG, SYNCED_TAG
from pipelines.history import outcome_of, sync_history
from pipelines.jobs import sync_corpus_job
from pipelines.ledger import EVERYTHING, Outcome, Request
from pipelines.watching import SEEN_TAG

REQUEST = Request(1, EVERYTHING, made_s=1000.0)
FAILURE, SUCCESS, STARTED = (
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.STARTED,
)


def add_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> None:
    number = len(instance.get_runs())
    run = dg.DagsterRun(job_name=sync_corpus_job.name, run_id=f"{number:032d}", status=status, tags=tags)
    instance.add_run(run)


@pytest.mark.parametrize(
    ("tags", "outcome"),
    [({}, Outcome.FAILED), ({SYNCED_TAG: "true"}, Outcome.SUCCEEDED)],
    ids=["the sync failed", "a check failed after the sync"],
)
def test_a_check_that_turned_a_run_red_is_no_reason_to_sync_again(
    tags: dict[str, str], outcome: Outcome
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        add_run(instance, FAILURE, **{"dagster/run_key": REQUEST.run_key, SEEN_TAG: "aaaa", **tags})

        assert outcome_of(REQUEST, instance) is outcome
        seen = "aaaa" if outcome is Outcome.SUCCEEDED else None
        assert sync_history(instance).seen_digest == seen


def test_a_dry_run_is_no_sync() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        add_run(instance, SUCCESS, **{SEEN_TAG: "aaaa"})
        add_run(instance, SUCCESS, **{DRY_RUN_TAG: "true"})

        assert sync_history(instance).seen_digest == "aaaa"


@pytest.mark.parametrize("tag", [SOURCE_TAG, "dagster/partition"])
def test_a_run_of_one_source_keeps_nobody_waiting(tag: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        add_run(instance, STARTED, **{tag: "wiki"})

        assert not sync_history(instance).in_progress

"""What of a report the catalog keeps."""

import json

import numpy as np
import pytest

from core.config import load_settings
from core.drift_outcomes import alarms
from core.eval_runs import QUERY_DRIFT, EvalRun, EvalVerdict
from core.query_samples import QuerySample
from evals.drift.gathering import judged, windows
from evals.drift.keeping import kept_outcome
from evals.drift.verdicts import DriftReport
from evals.places import checked_name
from tests.unit.evals.drift import worlds

SIGNALS = {"questions", "topics", "empty_results", "refusals", "scores", "freshness"}


def report(*, count: int, axis: int) -> DriftReport:
    rng = np.random.default_rng(3)
    samples: list[QuerySample] = [
        *worlds.samples(worlds.around(0, count, rng), days_ago=range(34, 6, -1), rng=rng),
        *worlds.samples(worlds.around(axis, count, rng), days_ago=range(6, -1, -1), rng=rng),
    ]
    return judged(
        samples,
        tenant="acme",
        spans=windows(worlds.NOW, window_days=7, baseline_days=28),
        settings=load_settings(evals={"drift": {"alpha": 0.05}}).evals.drift,
        corpus_ages=np.array([1.0, 2.0]),
    )


@pytest.fixture(scope="module")
def drifted() -> EvalRun:
    return kept_outcome(report(count=120, axis=5), run_id="d1")


def test_drift_is_kept_as_failed_with_its_signals_and_levels(drifted: EvalRun) -> None:
    assert (drifted.dataset, drifted.verdict, drifted.tenant, drifted.at) == (
        QUERY_DRIFT,
        EvalVerdict.FAILED,
        "acme",
        worlds.NOW,
    )
    found = alarms([drifted.body])
    assert set(found) == SIGNALS
    assert found["topics"]
    assert found["questions"]
    assert not found["scores"]
    (topics,) = [one for one in json.loads(drifted.body)["signals"] if one["name"] == "topics"]
    assert topics["p"] <= 0.05
    assert topics["statistic"] > topics["threshold"]


def test_too_few_questions_are_neither_good_nor_bad() -> None:
    kept = kept_outcome(report(count=10, axis=5), run_id="d1")
    assert kept.verdict is EvalVerdict.MEASURED
    assert alarms([kept.body]) == dict.fromkeys(SIGNALS, False)


def test_as_usual_is_kept_as_passed() -> None:
    assert kept_outcome(report(count=120, axis=0), run_id="d1").verdict is EvalVerdict.PASSED


def test_no_golden_set_can_have_the_name_of_drift() -> None:
    with pytest.raises(Exception, match="no name of a golden set"):
        checked_name(QUERY_DRIFT)

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evals.gates.comparing import compare
from evals.gates.policy import GatePolicy, MetricPolicy, default_policy
from evals.metrics.catalogue import METRICS, can_gate
from evals.ragas_suite.catalogue import RAGAS_METRICS
from evals.runs import CaseScores, EvalResult, Part, Stage

NAMES = (*RAGAS_METRICS, "uncalibrated_judge_supported")


def run(score: float, names: tuple[str, ...] = NAMES) -> EvalResult:
    cases = tuple(CaseScores(f"c{at}", dict.fromkeys(names, score)) for at in range(60))
    part = Part(Stage.JUDGED, "set", "1", cases)
    return EvalResult(f"r{score}{len(names)}", datetime(2026, 1, 1, tzinfo=UTC), {}, (part,))


def strict() -> GatePolicy:
    """A policy that would let every one of them decide, with a bound that all fall short of."""
    own = MetricPolicy(better="higher", gates=True, bound=0.9, tolerance=0.0)
    return default_policy().model_copy(update={"metrics": dict.fromkeys(NAMES, own)})


@pytest.mark.parametrize("name", NAMES)
def test_no_policy_lets_it_decide(name: str) -> None:
    assert not can_gate(name)
    assert not strict().metric(name).gates
    assert strict().metric(name).bound is None
    assert not RAGAS_METRICS.get(name, replace(METRICS["ms"], gates=False)).gates


def test_a_run_that_is_worse_by_all_of_them_passes() -> None:
    for policy in (default_policy(), strict()):
        assert compare(run(0.9), run(0.1), policy).passed


def test_a_run_that_leaves_them_out_passes() -> None:
    assert compare(run(0.9), replace(run(0.9), parts=()), default_policy()).passed
    assert compare(run(0.9), run(0.9, NAMES[:1]), default_policy()).passed


def test_a_metric_of_ours_with_the_same_fall_does_not_pass() -> None:
    assert not compare(run(0.9, ("ndcg_10",)), run(0.1, ("ndcg_10",)), default_policy()).passed

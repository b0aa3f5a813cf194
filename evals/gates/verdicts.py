"""From numbers to verdicts: the rules of the gate, one metric at a time. Pure."""

from dataclasses import replace
from math import inf

from evals.gates.comparison import MetricChange, Verdict
from evals.gates.policy import GatePolicy
from evals.metrics.catalogue import Metric

_ROUNDING = 1e-9


def judged(change: MetricChange, policy: GatePolicy) -> MetricChange:
    """A metric over cases, with its verdict.

    In this order: past its bound is `bound`. Without a test (nothing before, or too few cases) it is `failed` where it gates and is
    worse by at least `far` tolerances, else `same`. What is not significant after Holm's correction is `same`. What is
    significant is `better`; or `failed` where it gates and is worse by more than its tolerance; or else `worse`.
    """
    metric, gain = change.metric, change.gain
    if _is_past(change.after, metric):
        return replace(change, verdict=Verdict.BOUND)
    if gain is None:
        return change
    if change.p_adjusted is None:
        return _untested(change, gain, policy)
    if change.p_adjusted > policy.alpha:
        return replace(change, verdict=Verdict.SAME, note=_doubt(change, gain))
    if gain > 0:
        return replace(change, verdict=Verdict.BETTER)
    fails = metric.gates and -gain > metric.tolerance + _ROUNDING
    return replace(change, verdict=Verdict.FAILED if fails else Verdict.WORSE)


def figure_verdict(change: MetricChange, policy: GatePolicy) -> MetricChange:
    """A figure of a whole part: it has no cases to test, so the tolerance alone decides."""
    del policy
    metric, gain = change.metric, change.gain
    if _is_past(change.after, metric):
        return replace(change, verdict=Verdict.BOUND)
    if gain is None or abs(gain) <= metric.tolerance + _ROUNDING:
        return change
    if gain > 0:
        return replace(change, verdict=Verdict.BETTER)
    return replace(change, verdict=Verdict.FAILED if metric.gates else Verdict.WORSE)


def _untested(change: MetricChange, gain: float, policy: GatePolicy) -> MetricChange:
    metric = change.metric
    far = policy.far * metric.tolerance
    note = f"only {change.case_count} cases: not tested"
    if metric.gates and not change.tag and gain < -_ROUNDING and -gain >= far - _ROUNDING:
        return replace(change, verdict=Verdict.FAILED, note=f"{note}, but worse by {-gain:.3g}")
    return replace(change, note=note)


def _doubt(change: MetricChange, gain: float) -> str:
    if -gain <= change.metric.tolerance + _ROUNDING:
        return ""
    return "worse by more than the tolerance, which may be chance: more cases would tell"


def _is_past(value: float, metric: Metric) -> bool:
    bound = metric.bound
    if bound is None or abs(bound) == inf:
        return False
    return value < bound - _ROUNDING if metric.better == "higher" else value > bound + _ROUNDING

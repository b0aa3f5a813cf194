"""A run against the baseline: what is compared, how strictly, and which stage is named for what got worse. Pure."""

from dataclasses import dataclass

from evals.gates.comparing import compare
from evals.gates.comparison import Comparison
from evals.gates.policy import GatePolicy, default_policy
from evals.runs import EvalResult, Stage
from evals.scorecard.baselines import restricted
from evals.scorecard.running import cut_short


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has measured, and what became of it."""

    result: EvalResult
    comparison: Comparison

    @property
    def cause(self) -> Stage | None:
        """The first stage that is worse; None if none is."""
        return first_stage(self.comparison)


def outcome(result: EvalResult, baseline: EvalResult | None, *, is_quick: bool = False) -> Outcome:
    """The run beside the baseline of the same parts."""
    measured = cut_short(result) if is_quick else result
    before = None if baseline is None else restricted(baseline, measured)
    if before is not None and is_quick:
        before = cut_short(before)
    return Outcome(result, compare(before, measured, scorecard_policy()))


def scorecard_policy() -> GatePolicy:
    """The packaged policy, but for two things.

    Sets are part of the repository, so one of another version needs another baseline. And that a case has lost a score fails
    nothing: an answer that became a refusal has no citations to measure; that it did is measured elsewhere.
    """
    return default_policy().model_copy(update={"changed_sets": "fail", "missing": "report"})


def first_stage(comparison: Comparison) -> Stage | None:
    """The first stage, in the order in which a fault spreads, that has a metric that fails."""
    failed = {part.stage for part in comparison.parts if part.failed}
    return next((stage for stage in Stage if stage in failed), None)

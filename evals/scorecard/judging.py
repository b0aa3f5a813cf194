"""A run against the baseline: what is compared, how strictly, and which stage is named for what got worse. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from evals.gates.comparing import compare
from evals.gates.comparison import Comparison, PartState
from evals.gates.policy import GatePolicy, default_policy
from evals.runs import EvalResult, Stage
from evals.scorecard.baselines import lost, restricted
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


def outcome(
    result: EvalResult,
    baseline: EvalResult | None,
    *,
    stages: Collection[Stage] = tuple(Stage),
    is_quick: bool = False,
) -> Outcome:
    """The run beside the baseline of the stages that it was asked for."""
    measured = cut_short(result) if is_quick else result
    before = None if baseline is None else restricted(baseline, measured, stages=stages, is_quick=is_quick)
    if before is not None and is_quick:
        before = cut_short(before)
    found = compare(before, measured, scorecard_policy())
    return Outcome(result, found if before is None else _with_lost(found, lost(before, measured)))


def _with_lost(comparison: Comparison, lost_parts: Mapping[str, str]) -> Comparison:
    """What was lost fails: a stage that measures nothing any more is worse than one that measures worse."""
    parts = tuple(
        replace(part, problems=(*part.problems, lost_parts[part.key]))
        if part.key in lost_parts and part.state is not PartState.CHANGED_SET
        else part
        for part in comparison.parts
    )
    return replace(comparison, parts=parts)


def scorecard_policy() -> GatePolicy:
    """The packaged policy, but for two things.

    Sets are part of the repository, so one of another version needs another baseline. And that a case has lost a score fails
    nothing: an answer that became a refusal has no citations to measure; that it did is measured elsewhere. Lost cases and parts
    fail by `outcome`.
    """
    return default_policy().model_copy(update={"changed_sets": "fail", "missing": "report"})


def first_stage(comparison: Comparison) -> Stage | None:
    """The first stage, in the order in which a fault spreads, that has something that fails."""
    failed = {part.stage for part in comparison.parts if not part.passed}
    return next((stage for stage in Stage if stage in failed), None)

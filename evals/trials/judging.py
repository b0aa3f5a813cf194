"""A trial judged: users of the candidate against users of the current version, by rank tests. Pure.

Looking often finds something by chance. So a trial has a horizon, fixed before by the policy and the share. Before it nothing is
decided but to stop what does harm, and that only at p of at most `early_alpha` (.001), the rule of Haybittle 1971 and Peto et al.
1976. At the horizon the users that came until then are judged at `alpha`; those who come later do not count.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.prompt_trials import UserAnswers
from evals.gates.policy import TrialPolicy
from evals.gates.sample_size import rank_test_size
from evals.gates.statistics import fisher, holm, mann_whitney, share_difference
from evals.trials.arms import MEASURES, Arms, Horizon, Measure, planned
from evals.trials.verdict import MeasureResult, Next, TrialVerdict


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt, and the labels of the versions that are compared, as `answer/1` and `answer/2`."""

    prompt: str
    before: str
    after: str


def judge_trial(pair: Pair, found: Arms, *, share: float, policy: TrialPolicy) -> TrialVerdict:
    """What follows from both arms.

    `found` is up to the horizon where that was reached (see `evals.trials.arms.cut`). Worse in a deciding measure: withdraw. The
    horizon reached and nothing worse: promote, for a loss of the size of the policy would have been seen. Otherwise: wait.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    horizon = planned(share, policy)
    results = corrected(
        [_result(measure, found, share=share, policy=policy) for measure in MEASURES.values()], policy
    )
    reached = found.has_reached(horizon)
    step, reasons = _decided(results, found, horizon, policy)
    return TrialVerdict(
        pair.prompt,
        pair.before,
        pair.after,
        step,
        reasons,
        tuple(results),
        len(found.current),
        len(found.candidate),
        (horizon.current, horizon.candidate),
        reached,
    )


def corrected(results: Sequence[MeasureResult], policy: TrialPolicy) -> list[MeasureResult]:
    """With Holm's correction over the deciding measures that were tested, and over the others among themselves."""
    found = [replace(one, decides=one.measure.name in policy.deciding) for one in results]
    for decides in (True, False):
        places = [at for at, one in enumerate(found) if one.p is not None and one.decides is decides]
        adjusted = holm([found[at].p or 0.0 for at in places])
        for at, p in zip(places, adjusted, strict=True):
            found[at] = replace(found[at], p_adjusted=p)
    return found


def worse(results: Sequence[MeasureResult], *, alpha: float, policy: TrialPolicy) -> list[MeasureResult]:
    """The deciding measures that are worse by more than chance, and by more than what matters."""
    return [one for one in _sure(results, alpha) if one.gain < -policy.least_effect]


def better(results: Sequence[MeasureResult], *, alpha: float, policy: TrialPolicy) -> list[MeasureResult]:
    """The deciding measures that are better by more than chance, and by more than what matters."""
    return [one for one in _sure(results, alpha) if one.gain > policy.least_effect]


def told(one: MeasureResult) -> str:
    """A measure in a sentence."""
    if one.before is None or one.after is None:
        return f"{one.measure.title}: nothing to compare"
    return (
        f"{one.measure.title}: {one.before:.3g} before, {one.after:.3g} now (p = {one.p_adjusted or 0.0:.2g})"
    )


def _sure(results: Sequence[MeasureResult], alpha: float) -> list[MeasureResult]:
    return [one for one in results if one.decides and one.p_adjusted is not None and one.p_adjusted <= alpha]


def _decided(
    results: Sequence[MeasureResult], found: Arms, horizon: Horizon, policy: TrialPolicy
) -> tuple[Next, tuple[str, ...]]:
    if not found.has_reached(horizon):
        harm = worse(results, alpha=policy.early_alpha, policy=policy)
        if harm:
            return Next.WITHDRAW, tuple(f"worse, and surely so before the end: {told(one)}" for one in harm)
        return Next.WAIT, (_missing(found, horizon),)
    bad = worse(results, alpha=policy.alpha, policy=policy)
    if bad:
        return Next.WITHDRAW, tuple(f"worse: {told(one)}" for one in bad)
    if not any(one.decides and one.p is not None for one in results):
        return Next.WAIT, ("no deciding measure has enough users to be tested",)
    good = better(results, alpha=policy.alpha, policy=policy)
    if good:
        return Next.PROMOTE, tuple(f"better: {told(one)}" for one in good)
    untested = [one.measure.title for one in results if one.decides and one.p is None]
    doubt = (f"not tested, for too few users have it: {', '.join(untested)}",) if untested else ()
    return Next.PROMOTE, (
        "not worse in any deciding measure, by as many users as would show a loss of the size of the policy",
        *doubt,
    )


def _missing(found: Arms, horizon: Horizon) -> str:
    current = max(0, horizon.current - len(found.current))
    candidate = max(0, horizon.candidate - len(found.candidate))
    return f"{current} more users of the current version and {candidate} more of the candidate are needed"


def _result(measure: Measure, found: Arms, *, share: float, policy: TrialPolicy) -> MeasureResult:
    before, after = _values(found.current, measure.of), _values(found.candidate, measure.of)
    bare = MeasureResult(measure, _mean(before), _mean(after), len(before), len(after))
    bare = replace(bare, more_users=_more(len(before) + len(after), share=share, policy=policy))
    if min(len(before), len(after)) < policy.min_users:
        return bare
    return _counted(bare, before, after, policy) if measure.is_share else _ranked(bare, before, after, policy)


def _ranked(
    bare: MeasureResult, before: Sequence[float], after: Sequence[float], policy: TrialPolicy
) -> MeasureResult:
    sign = 1.0 if bare.measure.better == "higher" else -1.0
    test = mann_whitney(
        [sign * one for one in before], [sign * one for one in after], confidence=1 - policy.alpha
    )
    return replace(bare, effect=test.superiority, low=test.low, high=test.high, p=test.p)


def _counted(
    bare: MeasureResult, before: Sequence[float], after: Sequence[float], policy: TrialPolicy
) -> MeasureResult:
    shares = (int(sum(before)), len(before)), (int(sum(after)), len(after))
    # What counts as good: those who do not have it, where it is bad to have.
    if bare.measure.better == "lower":
        shares = (shares[0][1] - shares[0][0], len(before)), (shares[1][1] - shares[1][0], len(after))
    between = share_difference(*shares, confidence=1 - policy.alpha)
    effect, low, high = (0.5 + one / 2 for one in (between.estimate, between.low, between.high))
    return replace(bare, effect=effect, low=low, high=high, p=fisher(*shares))


def _more(count: int, *, share: float, policy: TrialPolicy) -> int:
    """How many more users would show the effect of the policy in this measure, at the share of now."""
    alpha = policy.alpha / max(1, len(policy.deciding))
    share = min(max(share, 0.01), 0.99)
    return max(0, rank_test_size(policy.superiority, alpha=alpha, power=policy.power, share=share) - count)


def _values(users: Sequence[UserAnswers], of: Callable[[UserAnswers], float | None]) -> list[float]:
    return [value for user in users if (value := of(user)) is not None]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None

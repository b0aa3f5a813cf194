"""A promoted version against the one before, by the users who have met both. Pure.

Nobody was drawn by lot here: what else has changed at that time is in the difference, too. Each user is compared with themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import ceil

from core.prompt_trials import UserAnswers
from evals.gates.policy import TrialPolicy
from evals.gates.sample_size import paired_size
from evals.gates.statistics import mean_interval, sign_flip_p
from evals.trials.arms import MEASURES, Measure
from evals.trials.judging import Pair, corrected, told, worse
from evals.trials.verdict import MeasureResult, Next, TrialVerdict

_SHARES: dict[str, Callable[[UserAnswers], float | None]] = {
    "refused": lambda user: user.refused_count / user.answer_count,
    "partial": lambda user: user.partial_count / user.answer_count,
}
"""Of one user's answers: compared with themselves, more than whether there is one can be told."""


def judge_change(
    pair: Pair, users: Sequence[UserAnswers], policy: TrialPolicy, *, seed: int = 7
) -> TrialVerdict:
    """Whether users who have met both versions are worse off with the later one: roll back, keep or wait.

    The test is a sign-flip permutation test of each user's difference. The horizon is the pairs that show a mean difference of
    2 |P - 1/2| standard deviations, P being the superiority of the policy; before it only p of at most `early_alpha` counts.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    both = _both(users, pair)
    alpha = policy.alpha / max(1, len(policy.deciding))
    needed = max(
        policy.min_users,
        ceil(paired_size(1.0, 2 * (policy.superiority - 0.5), alpha=alpha, power=policy.power)),
    )
    results = corrected(
        [_result(one, both, needed=needed, policy=policy, seed=seed) for one in MEASURES.values()], policy
    )
    reached = len(both) >= needed
    bad = worse(results, alpha=policy.alpha if reached else policy.early_alpha, policy=policy)
    if bad:
        step, reasons = Next.ROLL_BACK, tuple(f"worse: {told(one)}" for one in bad)
    elif reached:
        step, reasons = Next.KEEP, ("not worse in any deciding measure",)
    else:
        step, reasons = Next.WAIT, (f"{needed - len(both)} more users who have met both versions are needed",)
    return TrialVerdict(
        pair.prompt,
        pair.before,
        pair.after,
        step,
        reasons,
        tuple(results),
        len(both),
        len(both),
        (needed, needed),
        reached,
        is_randomised=False,
    )


def _both(users: Sequence[UserAnswers], pair: Pair) -> list[tuple[UserAnswers, UserAnswers]]:
    earlier = {(one.tenant, one.subject): one for one in users if one.version == pair.before}
    later = {(one.tenant, one.subject): one for one in users if one.version == pair.after}
    return [(earlier[key], later[key]) for key in sorted(earlier.keys() & later.keys())]


def _result(
    measure: Measure,
    both: Sequence[tuple[UserAnswers, UserAnswers]],
    *,
    needed: int,
    policy: TrialPolicy,
    seed: int,
) -> MeasureResult:
    of = _SHARES.get(measure.name, measure.of)
    pairs = [(a, b) for one, two in both if (a := of(one)) is not None and (b := of(two)) is not None]
    count = len(pairs)
    bare = MeasureResult(
        measure,
        sum(a for a, _ in pairs) / count if count else None,
        sum(b for _, b in pairs) / count if count else None,
        count,
        count,
        more_users=max(0, needed - count),
    )
    if count < policy.min_users:
        return bare
    sign = 1.0 if measure.better == "higher" else -1.0
    gains = [sign * (b - a) for a, b in pairs]
    # P(better off) + P(equal)/2 is the mean of 1, 1/2 and 0.
    shares = [0.5 + ((gain > 0) - (gain < 0)) / 2 for gain in gains]
    interval = mean_interval(shares, confidence=1 - policy.alpha, seed=seed)
    return replace(
        bare,
        effect=interval.estimate,
        low=interval.low,
        high=interval.high,
        p=sign_flip_p(gains, seed=seed),
    )

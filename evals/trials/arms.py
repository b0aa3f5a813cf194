"""Both arms of a trial: who is in which, up to when, and what is measured of each user. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Literal

from core.prompt_trials import UserAnswers
from evals.gates.policy import TrialMetric, TrialPolicy
from evals.gates.sample_size import rank_test_size


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured of a user; `is_share`: it is 0 or 1, and users are counted."""

    name: TrialMetric
    title: str
    better: Literal["higher", "lower"]
    of: Callable[[UserAnswers], float | None]
    is_share: bool = False


MEASURES: dict[str, Measure] = {
    one.name: one
    for one in (
        Measure("rating", "mean rating (1 to 5)", "higher", lambda user: user.rating),
        Measure(
            "refused",
            "users with a refused answer",
            "lower",
            lambda user: float(user.refused_count > 0),
            is_share=True,
        ),
        Measure(
            "partial",
            "users with a partial answer",
            "lower",
            lambda user: float(user.partial_count > 0),
            is_share=True,
        ),
        Measure("removed", "sentences taken out of an answer", "lower", lambda user: user.removed),
        Measure("confidence", "confidence in the sources", "higher", lambda user: user.confidence),
        Measure("took_ms", "time of an answer (ms)", "lower", lambda user: user.took_ms),
        Measure("cost", "cost of an answer", "lower", lambda user: user.cost),
    )
}


@dataclass(frozen=True, slots=True)
class Horizon:
    """How many users each arm needs before a trial may be decided; fixed by the policy and the share, not by what is seen."""

    current: int
    candidate: int


@dataclass(frozen=True, slots=True)
class Arms:
    """Users of either version. Each is in one arm only."""

    current: tuple[UserAnswers, ...]
    candidate: tuple[UserAnswers, ...]

    def has_reached(self, horizon: Horizon) -> bool:
        """Whether both arms have the users they need."""
        return len(self.current) >= horizon.current and len(self.candidate) >= horizon.candidate


def planned(share: float, policy: TrialPolicy) -> Horizon:
    """The users that a rank test of each deciding metric needs (Noether 1987), alpha being shared among them (Bonferroni).

    With a share of 1 nobody is left to compare with: the horizon is that of half the users, and never reached.
    """
    candidate_share = min(max(share, 0.01), 0.99)
    alpha = policy.alpha / max(1, len(policy.deciding))
    total = rank_test_size(policy.superiority, alpha=alpha, power=policy.power, share=candidate_share)
    least = policy.min_users
    return Horizon(max(least, ceil(total * (1 - candidate_share))), max(least, ceil(total * candidate_share)))


def arms(users: Sequence[UserAnswers], *, current: str, candidate: str) -> Arms:
    """The users of each version. One with answers of both counts for the candidate only: the others are from before it."""
    tried = {(one.tenant, one.subject) for one in users if one.version == candidate}
    return Arms(
        tuple(one for one in users if one.version == current and (one.tenant, one.subject) not in tried),
        tuple(one for one in users if one.version == candidate),
    )


def cut(found: Arms, horizon: Horizon) -> datetime | None:
    """When the horizon was reached: what came later does not count, so that looking again changes nothing. None: not yet."""
    if not found.has_reached(horizon):
        return None
    return max(_nth(found.current, horizon.current), _nth(found.candidate, horizon.candidate))


def _nth(users: Sequence[UserAnswers], count: int) -> datetime:
    return sorted(one.first_at for one in users)[count - 1]

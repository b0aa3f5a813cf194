"""What a trial has shown, and what follows from it. Types only."""

from dataclasses import dataclass
from enum import StrEnum

from evals.trials.arms import Measure


class Next(StrEnum):
    """What is to be done."""

    WAIT = "wait"
    PROMOTE = "promote"
    WITHDRAW = "withdraw"
    KEEP = "keep"
    """A version that was promoted stays."""
    ROLL_BACK = "roll back"


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One measure of both arms.

    `effect` is P(a user of the later version is better off) + P(equal)/2, `low` and `high` bound it; .5 is no effect. For shares
    it is .5 + half of the difference of shares, where up is good: the same thing for values of 0 and 1. `p_adjusted` is after
    Holm's correction, over the deciding measures. None: not tested, for there are too few users.
    `more_users` is about how many more users would show an effect of the size the policy wants, at the shares of now.
    """

    measure: Measure
    before: float | None
    after: float | None
    count_before: int
    count_after: int
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    decides: bool = False
    more_users: int = 0

    @property
    def gain(self) -> float:
        """The effect less .5, from -.5 (all worse off) to .5; 0 where nothing was tested."""
        return 0.0 if self.effect is None else self.effect - 0.5

    @property
    def cliffs_delta(self) -> float | None:
        """From -1 (all worse off) to 1 (all better off)."""
        return None if self.effect is None else 2 * self.effect - 1


@dataclass(frozen=True, slots=True)
class TrialVerdict:
    """Two versions of a prompt as users have met them. `reasons` are sentences; `users_needed` is the horizon, both arms."""

    prompt: str
    before: str
    after: str
    next: Next
    reasons: tuple[str, ...]
    results: tuple[MeasureResult, ...]
    users_before: int
    users_after: int
    users_needed: tuple[int, int]
    has_reached: bool
    is_randomised: bool = True

"""One judgement: a score, or why there is none. Never words."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import (
    BudgetError,
    DependencyDownError,
    FolioError,
    TooLargeError,
    TransientError,
    UnusableAnswerError,
)


class Unjudged(StrEnum):
    """Why a case has no score. It is left out of the mean and counted beside it: it is never a 0."""

    NOTHING = "nothing"
    """The case lacks what the metric looks at: an answer, a gold answer, passages."""
    MALFORMED = "malformed"
    """The judge's answer was not of the form asked for, also after a repair."""
    REFUSED = "refused"
    """The judge, or its provider's filter, declined."""
    EMPTY = "empty"
    """The judge found nothing to decide on: no statement, no verdict."""
    TOO_LONG = "too_long"
    """The judge's window does not hold the case."""
    DOWN = "down"
    """The judge did not answer, or not in time."""


LASTING = frozenset({Unjudged.MALFORMED, Unjudged.REFUSED, Unjudged.EMPTY, Unjudged.TOO_LONG})
"""What another try would give again: it is kept like a score."""


class NoScoreError(FolioError):
    """A case cannot be judged."""

    def __init__(self, why: Unjudged) -> None:
        super().__init__(f"not judged: {why.value}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one metric says of one case, the `repeat`-th time it is asked. `score` or `why` is None.

    `cost` is in the currency of the settings, None without a price. `kept`: it is from an earlier run, and nobody was asked.
    """

    case_id: str
    metric: str
    repeat: int
    score: float | None
    why: Unjudged | None = None
    call_count: int = 0
    token_count: int = 0
    cost: float | None = 0.0
    kept: bool = False


def why_of(error: FolioError) -> Unjudged:
    """What an error of a judge means for the case.

    Raises:
        FolioError: It is none of this case alone: a wrong key, a spent budget. The same error.
    """
    if isinstance(error, NoScoreError):
        return error.why
    if isinstance(error, BudgetError):
        raise error
    if isinstance(error, UnusableAnswerError):
        return Unjudged.MALFORMED
    if isinstance(error, TooLargeError):
        return Unjudged.TOO_LONG
    if isinstance(error, DependencyDownError | TransientError):
        return Unjudged.DOWN
    raise error

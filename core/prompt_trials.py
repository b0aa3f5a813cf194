"""What users' answers were like under each version of a prompt, without a word of them: what a trial is judged by. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class UserAnswers:
    """The answers of one user that one version of a prompt has written, summed up. Means are over this user's answers.

    `version` is a label as `answer/2`. `cost` is None where no answer has a known price, `confidence` and `rating` (1 to 5) where no
    answer has one. Answers of one user are like each other, so a user is what is counted, not an answer.
    """

    tenant: str = field(repr=False)
    subject: str = field(repr=False)
    version: str
    first_at: datetime
    answer_count: int
    refused_count: int
    partial_count: int
    removed: float
    took_ms: float
    confidence: float | None = None
    cost: float | None = None
    rating: float | None = None
    rated_count: int = 0


class TrialAnswers(Protocol):
    """Sums up answers by user and version of the prompt that has written them."""

    async def by_user(
        self, versions: Sequence[str], *, since: datetime, until: datetime
    ) -> list[UserAnswers]:
        """Of all tenants in [since, until), a row for each user and version, the user's first answer first.

        Answers that were kept from before (a cache) are left out, as are those of nobody in particular (no subject): no trial has them.

        Raises:
            DependencyDownError: The database does not answer.
        """

"""Users' answers in memory."""

from collections.abc import Sequence
from datetime import datetime

from core.prompt_trials import UserAnswers


class FakeTrialAnswers:
    """Implements TrialAnswers over rows that are whole: one is given where its first answer is in the time asked for."""

    def __init__(self, *users: UserAnswers) -> None:
        self.kept = list(users)

    async def by_user(
        self, versions: Sequence[str], *, since: datetime, until: datetime
    ) -> list[UserAnswers]:
        found = [one for one in self.kept if one.version in versions and since <= one.first_at < until]
        return sorted(found, key=lambda one: (one.first_at, one.tenant, one.subject, one.version))

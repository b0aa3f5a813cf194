"""A call log in memory."""

from collections.abc import Sequence
from datetime import datetime

from core.errors import DependencyDownError
from core.language_models import CallRecord


class FakeCallLog:
    """Implements CallLog; `is_down` refuses to record."""

    def __init__(self) -> None:
        self.calls: list[CallRecord] = []
        self.already_spent = 0.0
        self.is_down = False

    async def record(self, calls: Sequence[CallRecord]) -> None:
        if self.is_down:
            raise DependencyDownError("the catalog is down")
        self.calls += calls

    async def spent(self, *, tenant: str, subject: str | None, since: datetime) -> float:
        del since
        mine = [
            call.cost or 0.0
            for call in self.calls
            if call.purpose.tenant == tenant and subject in {None, call.purpose.subject}
        ]
        return self.already_spent + sum(mine)

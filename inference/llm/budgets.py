"""Who may still spend how much. The catalog knows what was spent; a warning is logged once a day for each budget."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from core import metrics
from core.errors import BudgetError
from core.language_model_ports import CallLog
from core.language_models import CallPurpose
from core.llm_settings import BudgetSettings
from core.ports import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Bound:
    name: str
    limit: float
    since: datetime
    subject: str | None


@dataclass(slots=True)
class Budgets:
    """Refuses calls of those whose budget is spent. Calls that run at the same time may exceed it by what they cost."""

    settings: BudgetSettings
    log: CallLog
    clock: Clock
    _warned: set[tuple[str, str, datetime]] = field(default_factory=set)

    async def check(self, purpose: CallPurpose) -> None:
        """Let a call pass.

        Raises:
            BudgetError: A budget of the tenant or the user is spent.
        """
        for bound in self._bounds(purpose):
            spent = await self.log.spent(tenant=purpose.tenant, subject=bound.subject, since=bound.since)
            if spent >= bound.limit:
                metrics.budget_refused()
                raise BudgetError(
                    f"the {bound.name} language model budget of {bound.limit:g} is spent ({spent:.4f}). It begins anew with "
                    f"the next {'day' if 'daily' in bound.name else 'month'} (UTC), or raise llm.budget.{_key(bound)}"
                )
            if spent >= bound.limit * self.settings.warn_share:
                self._warn(bound, purpose, spent)

    async def left(self, purpose: CallPurpose) -> float | None:
        """What may still be spent, by the tightest budget; None: no bound."""
        spent = [
            bound.limit
            - await self.log.spent(tenant=purpose.tenant, subject=bound.subject, since=bound.since)
            for bound in self._bounds(purpose)
        ]
        return max(min(spent), 0.0) if spent else None

    def _bounds(self, purpose: CallPurpose) -> Iterator[_Bound]:
        midnight = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        month, who, settings = midnight.replace(day=1), purpose.subject, self.settings
        bounds = (
            _Bound("daily", settings.daily, midnight, None),
            _Bound("monthly", settings.monthly, month, None),
            _Bound("daily user", settings.user_daily, midnight, who),
            _Bound("monthly user", settings.user_monthly, month, who),
        )
        return (bound for bound in bounds if bound.limit)

    def _warn(self, bound: _Bound, purpose: CallPurpose, spent: float) -> None:
        key = (purpose.tenant, f"{bound.name} {bound.subject}", bound.since)
        if key not in self._warned:
            self._warned.add(key)
            _log.warning(
                "%.0f%% of the %s language model budget of tenant %s is spent",
                100 * spent / bound.limit,
                bound.name,
                purpose.tenant,
            )


def _key(bound: _Bound) -> str:
    return bound.name.replace("daily user", "user_daily").replace("monthly user", "user_monthly")

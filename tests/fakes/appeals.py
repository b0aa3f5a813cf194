"""Blocks by guardrails, in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.errors import FolioError
from core.guardrails import Appeal, AppealState, Block, Family, Point
from core.ports import Clock
from tests.fakes.clock import FakeClock


class FakeAppeals:
    """Implements Appeals. `down` is raised by `record`, where a test sets it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.kept: dict[str, Appeal] = {}
        self.down: FolioError | None = None
        self._clock = clock or FakeClock()

    async def record(self, block: Block) -> None:
        if self.down:
            raise self.down
        self.kept[block.appeal_id] = Appeal(block, self._clock.now())

    async def get(self, tenant: str, appeal_id: str) -> Appeal | None:
        found = self.kept.get(appeal_id)
        return found if found and found.block.tenant == tenant else None

    async def file(self, tenant: str, appeal_id: str) -> bool:
        found = await self.get(tenant, appeal_id)
        if found is None or found.state is not AppealState.UNFILED:
            return False
        self.kept[appeal_id] = replace(found, state=AppealState.OPEN, filed_at=self._clock.now())
        return True

    async def decide(
        self, tenant: str, appeal_id: str, *, state: AppealState, subject: str, note: str
    ) -> bool:
        found = await self.get(tenant, appeal_id)
        if found is None or found.state is AppealState.UNFILED:
            return False
        now = self._clock.now()
        self.kept[appeal_id] = replace(found, state=state, decided_at=now, decided_by=subject, note=note)
        return True

    async def of_tenant(
        self, tenant: str, *, states: Sequence[AppealState] = (), limit: int = 100
    ) -> list[Appeal]:
        found = [one for one in self.kept.values() if one.block.tenant == tenant]
        wanted = [one for one in found if not states or one.state in states]
        by_id = sorted(wanted, key=lambda one: one.block.appeal_id)
        return sorted(by_id, key=lambda one: one.at, reverse=True)[:limit]

    async def purge(self, before: datetime) -> int:
        old = [key for key, one in self.kept.items() if one.at < before]
        for key in old:
            del self.kept[key]
        return len(old)


def block(appeal_id: str = "a1", *, tenant: str = "default", subject: str = "api", **more: object) -> Block:
    """A block with defaults: each test names what matters to it."""
    values = {
        "point": Point.INPUT,
        "rule": "injection",
        "family": Family.INJECTION,
        "score": 0.9,
        "policy_hash": "p" * 64,
        "fingerprint": "f" * 64,
    }
    return Block(appeal_id, tenant, subject, **(values | more))  # type: ignore[arg-type]  # names are Block's own

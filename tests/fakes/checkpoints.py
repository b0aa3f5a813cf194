"""Where agents stand, in memory."""

from datetime import datetime

from core.agents import Checkpoint
from core.errors import InvalidInputError
from tests.fakes.clock import FakeClock


class FakeCheckpoints:
    """Implements CheckpointStore. `saved` is everything that was ever kept, in order."""

    def __init__(self, clock: FakeClock | None = None) -> None:
        self.rows: dict[str, Checkpoint] = {}
        self.saved: list[Checkpoint] = []
        self._clock = clock or FakeClock()

    async def save(self, checkpoint: Checkpoint) -> None:
        known = self.rows.get(checkpoint.run_id)
        if (known.revision if known else 0) != checkpoint.revision - 1:
            raise InvalidInputError("another call goes on with this run")
        self.rows[checkpoint.run_id] = checkpoint
        self.saved.append(checkpoint)

    async def load(self, run_id: str, *, tenant: str, subject: str) -> Checkpoint | None:
        found = self.rows.get(run_id)
        if found is None or (found.tenant, found.subject) != (tenant, subject):
            return None
        return found if found.expires_at > self._clock.now() else None

    async def remove(self, run_id: str, *, tenant: str, subject: str) -> None:
        if await self.load(run_id, tenant=tenant, subject=subject):
            del self.rows[run_id]

    async def purge(self, before: datetime) -> int:
        gone = [run_id for run_id, one in self.rows.items() if one.expires_at <= before]
        for run_id in gone:
            del self.rows[run_id]
        return len(gone)

"""Decisions about merges, in memory."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from core.graph import Merge, MergeState


class FakeMergeDecisions:
    """Implements MergeDecisions and FoundMerges."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], Merge] = {}
        self._positions: Counter[str] = Counter()
        self.subjects: dict[tuple[str, str, str], str] = {}

    async def decisions(self, tenant: str) -> list[Merge]:
        return [self._kept[place] for place in sorted(self._kept) if place[0] == tenant]

    async def decide(self, tenant: str, merge: Merge, *, subject: str) -> None:
        left, right = sorted((merge.left, merge.right))
        self._kept[tenant, left, right] = replace(merge, left=left, right=right, spots=())
        self.subjects[tenant, left, right] = subject
        self._positions[tenant] += 1

    async def undo(self, tenant: str, left: str, right: str) -> bool:
        place = (tenant, *sorted((left, right)))
        kept = self._kept.get(place)
        if kept is None or kept.state is MergeState.AUTOMATIC:
            return False
        del self._kept[place]
        self._positions[tenant] += 1
        return True

    async def decided_position(self, tenant: str) -> int:
        return self._positions[tenant]

    async def replace_found(
        self, tenant: str, *, removed: Collection[Merge], found: Collection[Merge], subject: str
    ) -> None:
        if not removed and not found:
            return
        self._positions[tenant] += 1
        for merge in removed:
            place = (tenant, merge.left, merge.right)
            if place in self._kept and self._kept[place].state is MergeState.AUTOMATIC:
                del self._kept[place]
        for merge in found:
            place = (tenant, merge.left, merge.right)
            if place not in self._kept:
                self._kept[place] = replace(merge, spots=())
                self.subjects[place] = subject

"""A graph that leads where a test says."""

import asyncio
from collections.abc import Sequence

from core.access import Principal
from core.graph_ports import Seeds, Walked


class FakeGraphRecall:
    """Implements GraphRecall: every question names `keys`, every walk finds `walked`, whoever asks.

    `asked` keeps the questions, `begun` what walks began at. Set `failure` and every call raises it; `delay_s` makes it slow.
    `opened_count` says how often it was opened (`open` is an OpenRecall).
    """

    def __init__(self, *walked: Walked, keys: Sequence[str] = ("something",)) -> None:
        self.walked = list(walked)
        self.keys = tuple(keys)
        self.asked: list[tuple[str, Principal]] = []
        self.begun: list[Seeds] = []
        self.failure: Exception | None = None
        self.delay_s = 0.0
        self.opened_count = 0

    async def open(self) -> "FakeGraphRecall":
        self.opened_count += 1
        return self

    async def seeds(self, query: str, *, principal: Principal) -> Seeds:
        await asyncio.sleep(self.delay_s)
        if self.failure is not None:
            raise self.failure
        self.asked.append((query, principal))
        return Seeds(tuple((key, 1.0) for key in self.keys))

    async def walk(self, seeds: Seeds, *, principal: Principal, limit: int) -> list[Walked]:
        if self.failure is not None:
            raise self.failure
        self.begun.append(seeds)
        return self.walked[:limit]

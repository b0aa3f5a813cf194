"""A reranker that counts how many of the query's words a passage has."""

from collections.abc import Sequence

from tests.fakes.clock import FakeClock


class FakeReranker:
    """Implements Reranker. Each passage takes `seconds`; `read` are the passages of each call."""

    fingerprint = "fake-reranker"

    def __init__(self, clock: FakeClock, *, seconds: float = 0.0) -> None:
        self.read: list[list[str]] = []
        self._clock = clock
        self._seconds = seconds

    async def scores(
        self, query: str, passages: Sequence[str], *, budget_s: float | None = None
    ) -> list[float | None]:
        self.read.append(list(passages))
        until_s = self._clock.monotonic_s() + (budget_s if budget_s is not None else 1e9)
        return [self._score(query, passage, until_s) for passage in passages]

    def _score(self, query: str, passage: str, until_s: float) -> float | None:
        if self._clock.monotonic_s() + self._seconds > until_s:
            return None
        self._clock.advance(self._seconds)
        return float(len(set(query.split()) & set(passage.split())))

"""Bringing another model's collection to the state of the live one: compare, embed what is missing, remove what is too much.

It goes by what both collections hold, not by notes: whoever starts it again goes on where it was broken off, and what a
sync changes meanwhile is found by the next comparison. Each document is copied under its lease, so that nobody changes or
deletes it while its chunks are on their way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from core.generation_ports import GenerationPoints
from core.ports import Clock, Embedder
from core.search import ChunkPoint
from ingest.leases import POLL_S, RunLeases
from ingest.points import embedded_text
from ingest.rebuild.comparison import Digests, differing, digests, point_digest, translated
from ingest.rebuild.progress import RebuildProgress

_BATCH_COUNT = 128
# No sync waits for more documents than these.
_LEASED_COUNT = 8

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Collections:
    """The live collection, the one beside it, and the model of the latter."""

    old: GenerationPoints
    new: GenerationPoints
    embedder: Embedder


class Copier:
    """Copies documents between two collections, at most `rate` chunks per second (None: as fast as it goes)."""

    def __init__(
        self,
        collections: Collections,
        *,
        leases: RunLeases,
        clock: Clock,
        rate: float | None = None,
        sleep: Sleep = asyncio.sleep,
        on_progress: Callable[[RebuildProgress], None] | None = None,
    ) -> None:
        self._old = collections.old
        self._new = collections.new
        self._embedder = collections.embedder
        self._leases = leases
        self._clock = clock
        self._rate = rate
        self._sleep = sleep
        self._on_progress = on_progress
        self._started_s = clock.monotonic_s()
        self._embedded_count = 0
        self._done_count = 0
        self._total_count = 0

    @property
    def embedded_count(self) -> int:
        """Chunks whose vectors were computed so far."""
        return self._embedded_count

    async def differences(self) -> list[str]:
        """The documents that the new collection does not hold as the old one shows them."""
        old, new = await self._both()
        return differing(old, new)

    async def same_counts(self) -> bool:
        """Whether every document has as many chunks in one as in the other."""
        old, new = await self._both()
        return {key: count for key, (count, _) in old.items()} == {
            key: count for key, (count, _) in new.items()
        }

    async def catch_up(self, *, passes_left: int) -> int:
        """Copy what differs until nothing does, or until the passes are used up; how many documents were left."""
        while doc_ids := await self.differences():
            if not passes_left:
                return len(doc_ids)
            passes_left -= 1
            self._total_count = self._done_count + len(doc_ids)
            for start in range(0, len(doc_ids), _LEASED_COUNT):
                await self._copy_leased(doc_ids[start : start + _LEASED_COUNT])
        return 0

    async def _both(self) -> tuple[Digests, Digests]:
        old = await digests(
            self._old.scan(), lambda point: translated(point, self._embedder) if point.active else None
        )
        return old, await digests(self._new.scan(), lambda point: point)

    async def _copy_leased(self, doc_ids: Sequence[str]) -> None:
        """Copy documents, except those that a run is working on: the next pass finds them as the run has left them."""
        ours = await self._leases.take_any(doc_ids)
        try:
            await self._copy(sorted(ours))
        finally:
            await self._leases.give_back(*ours)
        self._done_count += len(doc_ids)
        self._report()
        if len(ours) < len(doc_ids):
            await self._sleep(POLL_S)
            await self._leases.evict_the_dead()

    async def _copy(self, doc_ids: Sequence[str]) -> None:
        """Several documents at once: a model is quicker with many texts than with few."""
        vectors: dict[str, tuple[float, ...]] = {}
        missing = [point for doc_id in doc_ids for point in await self._missing(doc_id, vectors)]
        for start in range(0, len(missing), _BATCH_COUNT):
            await self._write(missing[start : start + _BATCH_COUNT], vectors)

    async def _missing(self, doc_id: str, vectors: dict[str, tuple[float, ...]]) -> list[ChunkPoint]:
        """The points to write of a document, after those that are too much are gone; notes the vectors that are there."""
        shown = [point for point in await self._old.stored(doc_id) if point.active]
        there = {point.point_id: point for point in await self._new.stored(doc_id)}
        vectors.update((point.embedding_key, point.dense) for point in there.values())
        wanted = {point.point_id: translated(point, self._embedder) for point in shown}
        surplus = [point_id for point_id in there if point_id not in wanted]
        if surplus:
            await self._new.remove_points(surplus)
        return [
            point
            for point_id, point in wanted.items()
            if point_id not in there or point_digest(there[point_id]) != point_digest(point)
        ]

    async def _write(self, points: Sequence[ChunkPoint], vectors: dict[str, tuple[float, ...]]) -> None:
        """Write points with the vectors of the new model; those that are known by their key are used again."""
        texts = {
            point.embedding_key: embedded_text(point)
            for point in points
            if point.embedding_key not in vectors
        }
        if texts:
            computed = await self._embedder.embed_passages(list(texts.values()))
            vectors.update(zip(texts, computed, strict=True))
        await self._new.write([replace(point, dense=vectors[point.embedding_key]) for point in points])
        self._embedded_count += len(texts)
        await self._throttle()
        self._report()

    async def _throttle(self) -> None:
        """Wait until the chunks embedded so far are no more than the rate allows for the time since the start."""
        if self._rate is not None:
            ahead_s = self._embedded_count / self._rate - (self._clock.monotonic_s() - self._started_s)
            if ahead_s > 0:
                await self._sleep(ahead_s)

    def _report(self) -> None:
        if self._on_progress:
            elapsed_s = self._clock.monotonic_s() - self._started_s
            self._on_progress(
                RebuildProgress(self._done_count, self._total_count, self._embedded_count, elapsed_s)
            )

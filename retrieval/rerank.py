"""Reordering of hits by a cross-encoder, block by block: it stops when a block changes nothing, or the time is over.

A cross-encoder is thousands of times slower than the first search, and most of what it reads stays where it was. So it reads
the best fused hits in blocks; a block of which nothing enters the result wanted is the last one. What was not read keeps its
fused order behind what was.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.ports import Clock
from core.retrieval_ports import Reranker
from core.retrieval_settings import RerankSettings
from core.search import Hit
from retrieval.stages import Question, StageOutcome

_MS_PER_S = 1000


class Ended(StrEnum):
    """Why no further hits were read."""

    ALL_READ = "all_read"
    NOTHING_NEW = "nothing_new"
    TIME_OVER = "time_over"


@dataclass(frozen=True, slots=True)
class Reranked:
    """Hits in their new order. `scores` are the model's, by position in the hits that went in; None: not read.

    `score` of a hit that was read is the final one: `weight * model + (1 - weight) * fused`, both min-max normalised over
    the hits that were read. A hit that was not read has one below all of these.
    """

    hits: tuple[Hit, ...]
    scores: tuple[float | None, ...]
    ended: Ended

    @property
    def read_count(self) -> int:
        """Hits that the model has read."""
        return sum(score is not None for score in self.scores)


class RerankStage:
    """Implements Stage: reranks the best hits of a search."""

    name = "rerank"

    def __init__(self, reranker: Reranker, *, settings: RerankSettings, clock: Clock) -> None:
        self._reranker = reranker
        self._settings = settings
        self._clock = clock

    @property
    def candidate_count(self) -> int:
        """How many of the best fused hits it reads at most."""
        return self._settings.candidate_count

    async def apply(self, question: Question, hits: Sequence[Hit]) -> StageOutcome:
        """The hits reordered; the trace says how many were read and why it stopped there."""
        done = await self.reordered(question.text, hits, limit=question.limit)
        return StageOutcome(done.hits, f"{done.read_count} read: {done.ended.value}")

    async def reordered(self, query: str, hits: Sequence[Hit], *, limit: int) -> Reranked:
        """The hits, best first by model and fusion together; `limit` of them are wanted.

        Raises:
            FolioError: The model cannot be loaded or does not answer.
        """
        candidates = list(hits[: max(self._settings.candidate_count, 1)])
        scores, ended = await self._read(query, candidates, limit=limit)
        padded = (*scores, *[None] * (len(hits) - len(scores)))
        return Reranked(tuple(merged(hits, padded, weight=self._settings.weight)), padded, ended)

    async def _read(
        self, query: str, candidates: Sequence[Hit], *, limit: int
    ) -> tuple[list[float | None], Ended]:
        until_s = self._clock.monotonic_s() + self._settings.budget_ms / _MS_PER_S
        scores: list[float | None] = []
        while len(scores) < len(candidates):
            left_s = until_s - self._clock.monotonic_s()
            if left_s <= 0:
                return scores, Ended.TIME_OVER
            # Never fewer than what is wanted: the first block must be able to fill the result.
            size = max(self._settings.block_count, 0 if scores else limit)
            block = candidates[len(scores) : len(scores) + size]
            found = await self._reranker.scores(query, [passage(hit) for hit in block], budget_s=left_s)
            enters = _enters(scores, found, limit=limit)
            scores += found
            if None in found:
                return scores, Ended.TIME_OVER
            if not enters and len(scores) < len(candidates):
                return scores, Ended.NOTHING_NEW
        return scores, Ended.ALL_READ


def passage(hit: Hit) -> str:
    """What the model reads of a hit: as the embedding model does, title and heading before the text."""
    return "\n".join(part for part in (hit.title, hit.heading, hit.text) if part)


def merged(hits: Sequence[Hit], scores: Sequence[float | None], *, weight: float) -> list[Hit]:
    """The hits by their final score; those that were not read come after, in the order they had.

    Args:
        hits: By fused score, best first.
        scores: The model's, one per hit; None: not read.
        weight: Share of the model's score, 0 to 1.
    """
    read = [(hit, score) for hit, score in zip(hits, scores, strict=True) if score is not None]
    rest = [hit for hit, score in zip(hits, scores, strict=True) if score is None]
    by_model = normalised([score for _, score in read])
    by_fusion = normalised([hit.score for hit, _ in read])
    final = [
        replace(hit, score=weight * model + (1 - weight) * fused)
        for (hit, _), model, fused in zip(read, by_model, by_fusion, strict=True)
    ]
    final.sort(key=lambda hit: (-hit.score, hit.doc_id, hit.ordinal))
    # Below 0, the least score of what was read, in order, and above -1: whoever scales scores must not lose those that were read.
    unread = (replace(hit, score=-place / (len(rest) + 1)) for place, hit in enumerate(rest, start=1))
    return [*final, *unread]


def normalised(values: Sequence[float]) -> list[float]:
    """Min-max normalisation to 0 to 1; 1 for all if they are equal."""
    if not values:
        return []
    least, most = min(values), max(values)
    return [(value - least) / (most - least) if most > least else 1.0 for value in values]


def _enters(before: Sequence[float | None], found: Sequence[float | None], *, limit: int) -> bool:
    """Whether one of the new scores is among the best `limit` of all."""
    known = sorted((score for score in before if score is not None), reverse=True)
    if len(known) < limit:
        return True
    return any(score is not None and score > known[limit - 1] for score in found)

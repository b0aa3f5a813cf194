"""Passages that the knowledge graph leads to, ranked among those that a search found.

The graph only says where to look, and how strongly it leads there: what it names is searched once more by both arms, inside
the principal's filter and the request's own, so nothing comes out that a search would not have been allowed to find.
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from core import ids
from core.access import Principal
from core.errors import FolioError
from core.filters import All, AnyOf
from core.graph import ChunkRef
from core.graph_ports import GraphRecall, Seeds, Walked
from core.graph_settings import GraphSettings
from core.retrieval_ports import CandidateIndex
from core.search import Candidates, HybridQuery
from retrieval.fusion import Fused, Scale, distribution_based, scale_of
from retrieval.query.route import Route, route

OpenRecall = Callable[[], Awaitable[GraphRecall]]
"""Opens the graph; what comes of it is kept by whoever gives this."""

# With 5 or 20 recall on two multi-hop sets is within a point.
_SEED_COUNT = 8
_WALKED_COUNT = 300
_CANDIDATES_PER_WALKED = 3
_MS_PER_S = 1000
_TOO_SLOW = "the knowledge graph was not ready in time: the hits are those of the search alone"
_FAILED = "the knowledge graph could not be asked: the hits are those of the search alone"

_NOTHING = Candidates((), ())

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a search in the graph.

    `ranking` is the new one; None: the graph was not followed, the search's own stays. `via` are by point the keys of the entities
    that led there. `note` is for the trace, `warning` for the caller.
    """

    route: Route
    ranking: Fused | None = None
    via: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""
    warning: str = ""


class GraphStep:
    """Follows the graph where the question asks for it."""

    def __init__(self, index: CandidateIndex, recall: OpenRecall, settings: GraphSettings) -> None:
        """Opens nothing: `recall` is called by the first search that is sent to the graph."""
        self._index = index
        self._recall = recall
        self._settings = settings

    async def followed(
        self, text: str, *, principal: Principal, query: HybridQuery, candidates: Candidates
    ) -> Followed:
        """The ranking with what the graph leads to. Never raises for a graph that fails or is slow: the warning says so.

        Args:
            text: The question without personal data.
            principal: On whose behalf.
            query: What both arms were asked.
            candidates: What they found.

        Raises:
            FolioError: The vector store does not answer, or a score is no finite number.
        """
        way = route(text)
        if not self._is_sent(way) or not candidates.dense:
            return Followed(way, note=f"not followed: {way.value}")
        best = await self._best(candidates, query)
        try:
            async with asyncio.timeout(self._settings.budget_ms / _MS_PER_S):
                seeds, walked = await self._walked(text, best, principal)
        except TimeoutError:
            return Followed(way, note="not ready in time", warning=_TOO_SLOW)
        except FolioError as error:
            _log.warning("the graph was not followed: %s", type(error).__name__)
            return Followed(way, note=type(error).__name__, warning=_FAILED)
        except Exception as error:  # noqa: BLE001 - a search must not end with its helper, and what a bug says may quote names
            _log.error("the graph was not followed: %s", type(error).__name__)
            return Followed(way, note=type(error).__name__, warning=_FAILED)
        return await self._ranked(way, seeds, walked, query=query, candidates=candidates)

    def _is_sent(self, way: Route) -> bool:
        use = self._settings.use
        return use == "always" or (use == "auto" and way is Route.MULTI_HOP)

    async def _best(self, candidates: Candidates, query: HybridQuery) -> tuple[tuple[ChunkRef, float], ...]:
        """The best hits, each with its share of the first one's score."""
        fused = distribution_based((candidates.dense, candidates.lexical))
        scores = dict(islice(fused, _SEED_COUNT))
        hits = await self._index.hits(scores, visible=query.visible)
        top = max(scores.values())
        return tuple(
            (ChunkRef(hit.doc_id, hit.version, hit.ordinal), max(hit.score, 0.0) / top if top > 0 else 0.0)
            for hit in hits
        )

    async def _walked(
        self, text: str, best: tuple[tuple[ChunkRef, float], ...], principal: Principal
    ) -> tuple[Seeds, list[Walked]]:
        recall = await self._recall()
        seeds = replace(await recall.seeds(text, principal=principal), chunks=best)
        if not seeds.entities:
            return seeds, []
        walked = await recall.walk(seeds, principal=principal, limit=_WALKED_COUNT)
        return seeds, [each for each in walked if math.isfinite(each.score)]

    async def _ranked(
        self,
        way: Route,
        seeds: Seeds,
        walked: Sequence[Walked],
        *,
        query: HybridQuery,
        candidates: Candidates,
    ) -> Followed:
        if not seeds.entities:
            return Followed(way, note=f"{way.value}: the question names nothing that the graph knows")
        found = await self._searched(walked, query) if walked else _NOTHING
        # What no arm finds inside the filters is not there for this search.
        there = {point for point, _ in found.dense}
        reached = {_point(each.chunk): each for each in walked if _point(each.chunk) in there}
        note = f"{way.value}: {len(seeds.entities)} entities lead to {len(reached)} passages"
        if not reached:
            return Followed(way, note=note)
        ranking = joined(candidates, found, gains={point: each.score for point, each in reached.items()})
        return Followed(way, ranking, {point: each.via for point, each in reached.items()}, note)

    async def _searched(self, walked: Sequence[Walked], query: HybridQuery) -> Candidates:
        """The scores of both arms for the documents that the graph leads to, inside both filters."""
        documents = tuple(sorted({each.chunk.doc_id for each in walked}))
        narrowed = All((query.narrowed, AnyOf("doc_id", documents)))
        count = max(query.candidate_count, _CANDIDATES_PER_WALKED * len(walked))
        return await self._index.candidates(replace(query, narrowed=narrowed, candidate_count=count))


def joined(candidates: Candidates, found: Candidates, *, gains: Mapping[str, float]) -> Fused:
    """One ranking of what a search found and what the graph leads to.

    The score is that of distribution-based fusion, with mean and deviation of the search's own arms, plus what the graph says.
    Only what the search found or the graph gains is ranked; a word score below the arm's span counts 0, as no word in common.
    """
    dense = _rescaled(candidates.dense, found.dense, gains)
    lexical = _rescaled(candidates.lexical, found.lexical, gains)
    points = {*dense, *lexical}
    scores = {
        point: math.fsum((dense.get(point, 0.0), max(lexical.get(point, 0.0), 0.0), gains.get(point, 0.0)))
        for point in points
    }
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _rescaled(
    arm: Sequence[tuple[str, float]], more: Sequence[tuple[str, float]], gains: Mapping[str, float]
) -> dict[str, float]:
    scale: Scale = scale_of([score for _, score in arm])
    scores = {point: score for point, score in more if point in gains} | dict(arm)
    return {point: scale.of(score) for point, score in scores.items()}


def _point(chunk: ChunkRef) -> str:
    return ids.point_id(chunk.doc_id, version=chunk.version, ordinal=chunk.ordinal)

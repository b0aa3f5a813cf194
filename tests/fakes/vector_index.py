"""An in-memory vector index for tests of everything that stands on one."""

import math
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from core.errors import TransientError
from core.filters import All, Condition, Equals, Visible
from core.inspection import Holding, PointGroup, StoredChunk
from core.search import Candidates, ChunkPoint, Hit, HybridQuery, SparseVector
from store.vectors.derived import derived
from tests.fakes.conditions import meets

_COLLECTION = "fake"
_ACTIVE = Equals("active", value=True)
_HIT_FIELDS = [field.name for field in fields(Hit) if field.name in ChunkPoint.__slots__]


class FakeVectorIndex:
    """Implements VectorIndex, CandidateIndex, DocumentHider, GenerationPoints, PassageReader, PointReader, PseudonymReader and IndexInspector with a dictionary.

    Search is exact, fused by RRF with k=60 and ranks from 1.

    `points` is what is stored, by point id. `calls` names the methods called, in order. Set `failure` to an error and
    every call raises it until it is None again.
    """

    def __init__(self) -> None:
        self.points: dict[str, ChunkPoint] = {}
        self.calls: list[str] = []
        self.failure: Exception | None = None

    async def prepare(self) -> None:
        self._called("prepare")

    async def write(self, points: Sequence[ChunkPoint]) -> None:
        self._called("write")
        self.points.update({point.point_id: point for point in points})

    async def activate(self, doc_id: str, *, version: int, chunk_count: int) -> None:
        self._called("activate")
        document = self._of(doc_id)
        fresh = [point for point in document if point.version == version and point.ordinal < chunk_count]
        if len(fresh) != chunk_count:
            raise TransientError(f"document {doc_id}: {len(fresh)} of {chunk_count} chunks are stored")
        for point in document:
            del self.points[point.point_id]
        self.points.update({point.point_id: replace(point, active=True) for point in fresh})

    async def delete_document(self, doc_id: str) -> int:
        self._called("delete_document")
        document = self._of(doc_id)
        for point in document:
            del self.points[point.point_id]
        return len(document)

    async def hide_document(self, doc_id: str) -> int:
        self._called("hide_document")
        document = self._of(doc_id)
        self.points.update({point.point_id: replace(point, active=False) for point in document})
        return len(document)

    async def count(self, condition: Condition) -> int:
        self._called("count")
        return len(self._selected(condition))

    async def facet(
        self, field: str, *, visible: Visible, narrowed: Condition, limit: int
    ) -> list[tuple[str | int, int]]:
        self._called("facet")
        counted = self._selected(All((visible.condition, _ACTIVE, narrowed)))
        values = Counter(_payload(point)[field] for point in counted)
        found = [(value, count) for value, count in values.items() if value is not None]
        return sorted(found, key=lambda row: (-row[1], row[0]))[:limit]

    async def search(self, query: HybridQuery) -> list[Hit]:
        self._called("search")
        arms = self._arms(query)
        scores = reciprocal_ranks([[point_id for point_id, _ in arm] for arm in (arms.dense, arms.lexical)])
        return self._ranked(scores)[: query.limit]

    async def candidates(self, query: HybridQuery) -> Candidates:
        self._called("candidates")
        return self._arms(query)

    async def hits(self, scores: Mapping[str, float], *, visible: Visible) -> list[Hit]:
        self._called("hits")
        readable = {p.point_id for p in self._selected(All((visible.condition, _ACTIVE)))}
        return self._ranked({point_id: score for point_id, score in scores.items() if point_id in readable})

    async def passages(self, doc_id: str, *, visible: Visible) -> list[Hit]:
        self._called("passages")
        readable = self._selected(All((Equals("doc_id", doc_id), visible.condition, _ACTIVE)))
        hits = _highest_versions([_hit(point, 0.0) for point in readable])
        return sorted(hits, key=lambda hit: hit.ordinal)

    async def known(self, pseudonyms: Collection[str], *, visible: Visible) -> set[str]:
        self._called("known")
        readable = self._selected(All((visible.condition, _ACTIVE)))
        return set(pseudonyms) & {pseudonym for point in readable for pseudonym in point.pseudonyms}

    async def stored(self, doc_id: str) -> list[ChunkPoint]:
        self._called("stored")
        return sorted(self._of(doc_id), key=lambda point: (point.version, point.ordinal))

    async def scan(self) -> AsyncIterator[ChunkPoint]:
        self._called("scan")
        for _, point in sorted(self.points.items()):
            yield replace(point, dense=(), sparse=SparseVector((), ()))

    async def remove_points(self, point_ids: Sequence[str]) -> None:
        self._called("remove_points")
        for point_id in point_ids:
            self.points.pop(point_id, None)

    async def holdings(self, doc_id: str) -> list[Holding]:
        self._called("holdings")
        points = self._of(doc_id)
        dense, sparse = [len(p.dense) > 0 for p in points], [len(p.sparse.indices) > 0 for p in points]
        return [
            Holding(_COLLECTION, len(points), sum(dense), sum(sparse), sum(point.active for point in points))
        ]

    async def census(self) -> list[PointGroup]:
        self._called("census")
        groups = Counter((point.doc_id, point.version, point.active) for point in self.points.values())
        return [PointGroup(_COLLECTION, True, *group, count) for group, count in groups.items()]

    async def chunks(
        self, *, limit: int | None = None, with_vectors: bool = False
    ) -> AsyncIterator[StoredChunk]:
        self._called("chunks")
        for point_id in sorted(self.points)[:limit]:
            point = self.points[point_id]
            yield StoredChunk(
                collection=_COLLECTION,
                doc_id=point.doc_id,
                version=point.version,
                ordinal=point.ordinal,
                active=point.active,
                text=point.text,
                dense=point.dense if with_vectors else (),
            )

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.failure is not None:
            raise self.failure

    def _arms(self, query: HybridQuery) -> Candidates:
        readable = self._selected(All((query.visible.condition, _ACTIVE)))
        wanted = [point for point in readable if meets(_payload(point), query.narrowed)]
        dense = {p.point_id: _dot(p.dense, query.dense) for p in wanted}
        rarity = _idf(query.sparse, readable)
        overlaps = {p.point_id: _overlap(p.sparse, query.sparse, rarity) for p in wanted}
        lexical = {point_id: score for point_id, score in overlaps.items() if score > 0}
        return Candidates(_best(dense, query.candidate_count), _best(lexical, query.candidate_count))

    def _ranked(self, scores: Mapping[str, float]) -> list[Hit]:
        hits = [_hit(self.points[point_id], score) for point_id, score in scores.items()]
        hits.sort(key=lambda hit: (-hit.score, hit.doc_id, hit.ordinal))
        return _highest_versions(hits)

    def _of(self, doc_id: str) -> list[ChunkPoint]:
        return self._selected(Equals("doc_id", doc_id))

    def _selected(self, condition: Condition) -> list[ChunkPoint]:
        return [point for point in self.points.values() if meets(_payload(point), condition)]


def reciprocal_ranks(rankings: Iterable[Sequence[str]], k: int = 60) -> dict[str, float]:
    """Sum of `1 / (k + rank)` over the rankings that hold the id, ranks from 1 (Cormack et al. 2009)."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, point_id in enumerate(ranking, start=1):
            scores[point_id] = scores.get(point_id, 0.0) + 1 / (k + rank)
    return scores


def _payload(point: ChunkPoint) -> dict[str, Any]:
    access = point.access
    return {
        **{field.name: getattr(point, field.name) for field in fields(point)},
        "tenant": access.tenant,
        "tier": int(access.tier),
        "groups": sorted(access.groups),
        **derived(point.path, modified_s=point.modified_s),
    }


def _hit(point: ChunkPoint, score: float) -> Hit:
    values = {name: getattr(point, name) for name in _HIT_FIELDS}
    return Hit(**values, tenant=point.access.tenant, score=score)


def _best(scores: dict[str, float], count: int) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:count])


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _idf(query: SparseVector, corpus: Sequence[ChunkPoint]) -> dict[int, float]:
    """`ln(1 + (N - n + 0.5) / (n + 0.5))`, N chunks of which n hold the term."""
    holders = Counter(term for point in corpus for term in point.sparse.indices)
    return {
        term: math.log(1 + (len(corpus) - holders[term] + 0.5) / (holders[term] + 0.5))
        for term in query.indices
    }


def _overlap(passage: SparseVector, query: SparseVector, rarity: dict[int, float]) -> float:
    weights = dict(zip(passage.indices, passage.values, strict=True))
    return sum(
        value * rarity[term] * weights.get(term, 0.0)
        for term, value in zip(query.indices, query.values, strict=True)
    )


def _highest_versions(hits: list[Hit]) -> list[Hit]:
    highest: dict[str, int] = {}
    for hit in hits:
        highest[hit.doc_id] = max(hit.version, highest.get(hit.doc_id, hit.version))
    return [hit for hit in hits if hit.version == highest[hit.doc_id]]

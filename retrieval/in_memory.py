"""BM25 in memory over the chunks that the principal may read, in place of the vector store's. For small corpora."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.filters import All, Condition, Visible
from core.lexical import PassageTerms, Ranking, ShownChunks, extra_terms
from core.retrieval_ports import CandidateIndex
from core.search import Candidates, ChunkPoint, Hit, HybridQuery, SparseVector

Counted = tuple[Mapping[int, int], int]
RankingFactory = Callable[[Sequence[Mapping[int, int]], Sequence[int]], Ranking]

# One for each set of labels that principals have.
_MAX_CORPORA = 8
_NOTHING = SparseVector((), ())


@dataclass(frozen=True, slots=True)
class _Corpus:
    ids: tuple[str, ...]
    counted: Mapping[str, Counted]
    ranking: Ranking


class InMemoryLexical:
    """Implements CandidateIndex over another one, whose BM25 arm it replaces.

    What a principal may read is ranked as a corpus of its own, and kept until a chunk is added to it or taken away: point ids
    are of one version of one document, so equal ids are equal texts.
    """

    def __init__(
        self, index: CandidateIndex, *, chunks: ShownChunks, terms: PassageTerms, ranking: RankingFactory
    ) -> None:
        self._index = index
        self._chunks = chunks
        self._terms = terms
        self._ranking = ranking
        # The one used last at the end.
        self._corpora: OrderedDict[str, _Corpus] = OrderedDict()

    async def candidates(self, query: HybridQuery) -> Candidates:
        """The `candidate_count` best visible active chunks by cosine and by BM25."""
        found = await self._index.candidates(replace(query, sparse=_NOTHING))
        return Candidates(found.dense, tuple(await self._lexical(query)))

    async def hits(self, scores: Mapping[str, float], *, visible: Visible) -> list[Hit]:
        """As the index beneath."""
        return await self._index.hits(scores, visible=visible)

    async def count(self, condition: Condition) -> int:
        """As the index beneath."""
        return await self._index.count(condition)

    async def facet(
        self, field: str, *, visible: Visible, narrowed: Condition, limit: int
    ) -> list[tuple[str | int, int]]:
        """As the index beneath."""
        return await self._index.facet(field, visible=visible, narrowed=narrowed, limit=limit)

    async def _lexical(self, query: HybridQuery) -> list[tuple[str, float]]:
        if not query.sparse.indices:
            return []
        corpus = await self._corpus(query.visible)
        scores = await asyncio.to_thread(corpus.ranking.scores, query.sparse)
        scored = [(point, float(score)) for point, score in zip(corpus.ids, scores, strict=True) if score > 0]
        if query.narrowed != All(()):
            chosen = set(await self._chunks.ids(All((query.visible.condition, query.narrowed))))
            scored = [(point, score) for point, score in scored if point in chosen]
        return sorted(scored, key=lambda one: (-one[1], one[0]))[: query.candidate_count]

    async def _corpus(self, visible: Visible) -> _Corpus:
        key = repr(visible.condition)
        ids = tuple(sorted(await self._chunks.ids(visible.condition)))
        known = self._corpora.pop(key, None)
        if known is None or known.ids != ids:
            known = await self._made(ids, known.counted if known else {})
        self._corpora[key] = known
        if len(self._corpora) > _MAX_CORPORA:
            self._corpora.popitem(last=False)
        return known

    async def _made(self, ids: tuple[str, ...], before: Mapping[str, Counted]) -> _Corpus:
        new = await self._chunks.read([point for point in ids if point not in before])
        # Seconds for ten thousand chunks, in which other requests are to be answered.
        return await asyncio.to_thread(self._ranked, ids, new, before)

    def _ranked(
        self, ids: tuple[str, ...], new: Sequence[ChunkPoint], before: Mapping[str, Counted]
    ) -> _Corpus:
        fresh = {point.point_id: self._counted(point) for point in new}
        counted = {point: fresh.get(point) or before.get(point) or ({}, 0) for point in ids}
        rows = [counted[point] for point in ids]
        return _Corpus(ids, counted, self._ranking([row[0] for row in rows], [row[1] for row in rows]))

    def _counted(self, point: ChunkPoint) -> Counted:
        text = (point.context or "") + point.text
        return self._terms.count_passage(
            text, terms=extra_terms(point, text), title=point.title, language=point.language or None
        )

"""Answers without a language model: the sentences that support the question, word for word, or a refusal.

A sentence's support is `0.6 * cosine(question, sentence in its context) + 0.4 * coverage`, where coverage is the share
of the question's content words (stemmed, stop words out) found in the sentence or its headings. The weights and the
bound of a refusal are measured in docs/measurements.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.answers import Answer, AnswerStatus
from core.config import AnswerSettings
from core.ports import Embedder, SparseEncoder
from core.search import Hit
from core.sentences import Sentence, split_sentences
from generation.citations import cite

_SIMILARITY_WEIGHT = 0.6
# A further sentence must be nearly as good as the best one.
_COMPANION_SHARE = 0.85
# Longest sentences first seen are read; the rest of a huge passage is not worth the model's time.
_MAX_SENTENCES = 64

NOTHING_FOUND = "nothing that you may read matches the question"
NOT_SUPPORTED = "the closest passages do not answer the question"


@dataclass(frozen=True, slots=True)
class _Scored:
    hit: Hit
    span: Sentence
    similarity: float
    coverage: float

    @property
    def score(self) -> float:
        return _SIMILARITY_WEIGHT * self.similarity + (1 - _SIMILARITY_WEIGHT) * self.coverage

    @property
    def text(self) -> str:
        return self.hit.text[self.span.start : self.span.end]


class ExtractiveAnswerer:
    """Picks verbatim sentences from retrieved passages."""

    def __init__(self, embedder: Embedder, *, sparse: SparseEncoder, settings: AnswerSettings) -> None:
        self._embedder = embedder
        self._sparse = sparse
        self._settings = settings

    async def answer(self, question: str, *, hits: Sequence[Hit]) -> Answer:
        """The answer to the question from these passages, best first; refused where none supports it."""
        candidates = _candidates(hits[: self._settings.passage_count])
        if not candidates:
            return _refusal(NOTHING_FOUND)
        scored = sorted(await self._scored(question, candidates), key=lambda one: -one.score)
        if scored[0].score < self._settings.min_support:
            return _refusal(NOT_SUPPORTED)
        return _written(_chosen(scored, self._settings.sentence_count))

    async def _scored(self, question: str, candidates: Sequence[tuple[Hit, Sentence]]) -> list[_Scored]:
        query = self._sparse.encode_query(question)
        # Words only: a pair of them or an identifier as a whole weighs less, and need not be there.
        wanted = {term for term, weight in zip(query.indices, query.values, strict=True) if weight >= 1}
        asked = await self._embedder.embed_query(question)
        texts = [_in_context(hit, span) for hit, span in candidates]
        vectors = await self._embedder.embed_passages(texts)
        return [
            _Scored(hit, span, _dot(asked, vector), self._coverage(wanted, text))
            for (hit, span), text, vector in zip(candidates, texts, vectors, strict=True)
        ]

    def _coverage(self, wanted: set[int], text: str) -> float:
        return len(wanted & set(self._sparse.encode_passage(text).indices)) / len(wanted) if wanted else 0.0


def _candidates(hits: Sequence[Hit]) -> list[tuple[Hit, Sentence]]:
    return [(hit, span) for hit in hits for span in split_sentences(hit.text)][:_MAX_SENTENCES]


def _in_context(hit: Hit, span: Sentence) -> str:
    """The sentence with its title and headings: 'It is 30 days.' alone says nothing."""
    return f"{hit.title}. {hit.heading}. {hit.text[span.start : span.end]}"


def _chosen(scored: Sequence[_Scored], count: int) -> list[_Scored]:
    best = scored[0]
    chosen: dict[str, _Scored] = {}
    for one in scored:
        if one.score >= best.score * _COMPANION_SHARE:
            chosen.setdefault(_plain(one.text).casefold(), one)
    return list(chosen.values())[:count]


def _written(chosen: Sequence[_Scored]) -> Answer:
    text = " ".join(f"{_plain(one.text)} [{number}]" for number, one in enumerate(chosen, start=1))
    citations = tuple(cite(one.hit, start=one.span.start, end=one.span.end) for one in chosen)
    return Answer(text, AnswerStatus.GROUNDED, None, citations)


def _refusal(reason: str) -> Answer:
    return Answer("", AnswerStatus.REFUSED, reason, ())


def _plain(text: str) -> str:
    """One line, as a reader expects it; the citation keeps the original."""
    return re.sub(r"\s+", " ", text)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))

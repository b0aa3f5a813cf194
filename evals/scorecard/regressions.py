"""Regressions on purpose: each breaks one thing, and the scorecard has to fail and to name the stage.

Most are settings that nobody should use. Where no setting breaks it, a part is put in the place of the product's own, here and
nowhere else: the product has no switch for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from core.access import Principal, Tier
from core.answers import Answer
from core.errors import InvalidInputError
from core.filters import Visible
from core.ports import Embedder
from core.search import Candidates, Hit, HybridQuery, SparseVector
from core.span_ports import Marked, span_embedder
from evals.runs import Stage
from evals.scorecard.faults import Fault, with_embedder
from folio.assembly import Parts, create_parts
from generation.service import AnswerService, Wanted
from inference.lexical.bm25 import Bm25Encoder
from retrieval.filters import visible_to
from store.vectors.collections import QdrantCollections
from store.vectors.index import QdrantIndex

_SHIFT = 7
# Groups that the packaged sets know. Whoever is in all of them may read everything.
_EVERYBODY = frozenset({"people-team"})


def regression(name: str) -> Fault:
    """The regression with this name.

    Raises:
        InvalidInputError: There is none.
    """
    if name not in REGRESSIONS:
        raise InvalidInputError(
            f"there is no regression '{name[:40]}'; there are {', '.join(REGRESSIONS)}, and all"
        )
    return REGRESSIONS[name]


class NoisyEmbedder:
    """Implements Embedder over another one: vectors have hardly anything to do with what they stand for."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """Of each text the vector, most of it noise."""
        return [self._noisy(vector) for vector in await self._embedder.embed_passages(texts)]

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """Of a query the same."""
        return self._noisy(await self._embedder.embed_query(text))

    async def embed_spans(self, marked: Sequence[Marked]) -> list[list[tuple[float, ...]]]:
        """Of spans the same."""
        found = await span_embedder(self._embedder).embed_spans(marked)
        return [[self._noisy(vector) for vector in vectors] for vectors in found]

    def _noisy(self, vector: Sequence[float]) -> tuple[float, ...]:
        known = np.asarray(vector, dtype=np.float32)
        seed = int.from_bytes(known.tobytes()[:8], "big")
        noise = np.random.default_rng(seed).standard_normal(len(known), dtype=np.float32)
        mixed = known + 3.0 * noise / np.linalg.norm(noise)
        return tuple((mixed / np.linalg.norm(mixed)).tolist())


class DeafEncoder(Bm25Encoder):
    """Loses most words of passages."""

    def encode_passage(
        self,
        text: str,
        *,
        terms: Sequence[str] = (),
        title: str = "",
        language: str | None = None,
        tenant: str | None = None,
    ) -> SparseVector:
        """The weights of every third term."""
        found = super().encode_passage(text, terms=terms, title=title, language=language, tenant=tenant)
        kept = [pair for pair in zip(found.indices, found.values, strict=True) if pair[0] % 3 == 0]
        return SparseVector(tuple(term for term, _ in kept), tuple(weight for _, weight in kept))


class BrokenCollections(QdrantCollections):
    """The vector store's collections, whose index has something wrong with it."""

    kind: type[QdrantIndex] = QdrantIndex

    def __init__(self, sound: QdrantCollections, kind: type[QdrantIndex]) -> None:
        """In the place of `sound`, over the same client."""
        vars(self).update(vars(sound))
        self.kind = kind

    def index(self, *, dimension: int, embedding: str, beside: bool = False) -> QdrantIndex:
        """An index of the broken kind."""
        return self.kind(
            self._client,
            collection=self._alias,
            dimension=dimension,
            embedding=embedding,
            batch_count=self._batch_count,
            beside=beside,
            storage=self._storage,
        )


class OpenIndex(QdrantIndex):
    """Searches as if everybody might read everything."""

    async def search(self, query: HybridQuery) -> list[Hit]:
        """Without the filter."""
        return await super().search(replace(query, visible=_all()))

    async def candidates(self, query: HybridQuery) -> Candidates:
        """Without the filter."""
        return await super().candidates(replace(query, visible=_all()))

    async def hits(self, scores: Mapping[str, float], *, visible: Visible) -> list[Hit]:
        """Without the filter."""
        del visible
        return await super().hits(scores, visible=_all())


class KeepingIndex(QdrantIndex):
    """Deletes nothing: what is gone is found for ever."""

    async def delete_document(self, doc_id: str) -> int:
        """Says that it did."""
        del doc_id
        return 0

    async def hide_document(self, doc_id: str) -> int:
        """Says that it did."""
        del doc_id
        return 0


class ShiftedAnswers:
    """Answers whose citations stand a few characters beside their quotes."""

    def __init__(self, sound: AnswerService) -> None:
        self._sound = sound

    async def answer(self, wanted: Wanted) -> Answer:
        """The answer, its citations shifted."""
        found = await self._sound.answer(wanted)
        moved = (replace(one, start=one.start + _SHIFT, end=one.end + _SHIFT) for one in found.citations)
        return replace(found, citations=tuple(moved))


def _all() -> Visible:
    return visible_to(Principal(clearance=Tier.RESTRICTED, groups=_EVERYBODY))


def _over(kind: type[QdrantIndex]) -> Callable[..., Parts]:
    def made(settings: Any, collections: QdrantCollections, **named: Any) -> Parts:
        return create_parts(settings, BrokenCollections(collections, kind), **named)

    return made


def _deaf(*arguments: Any, **named: Any) -> Parts:
    parts = create_parts(*arguments, **named)
    return replace(parts, sparse=DeafEncoder(parts.settings.sparse))


def _shifted(*arguments: Any, **named: Any) -> Parts:
    parts = create_parts(*arguments, **named)
    return replace(parts, open_answers=lambda: cast("AnswerService", ShiftedAnswers(parts.open_answers())))


REGRESSIONS: dict[str, Fault] = {
    one.name: one
    for one in (
        Fault(
            "chunking",
            "chunks of 2,000 tokens: most documents are one",
            Stage.CHUNKING,
            {"chunks": {"child_tokens": 2000, "parent_tokens": 4000}},
        ),
        Fault("bm25", "the tokeniser loses two words of three", Stage.LEXICAL, make=_deaf),
        Fault("filter", "the filter by access is dropped", Stage.ACCESS, make=_over(OpenIndex)),
        Fault("dense", "vectors are noise", Stage.DENSE, make=with_embedder(create_parts, NoisyEmbedder)),
        Fault(
            "fusion",
            "words count for nothing in fusion",
            Stage.SEARCH,
            {"retrieval": {"fusion": "convex", "dense_weight": 1.0}},
        ),
        Fault(
            "grader",
            "every question is answered",
            Stage.GROUNDING,
            {"answers": {"min_confidence": 0.0, "min_evidence": 0.0}},
        ),
        Fault(
            "redaction",
            "only five types of personal data are looked for, e-mail addresses and telephone numbers not among them",
            Stage.REDACTION,
            {"redaction": {"entities": ("PERSON", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "STREET_ADDRESS")}},
        ),
        Fault("citations", "citations stand beside their quotes", Stage.GROUNDING, make=_shifted),
        Fault("stale", "what is deleted stays in the index", Stage.FRESHNESS, make=_over(KeepingIndex)),
    )
}

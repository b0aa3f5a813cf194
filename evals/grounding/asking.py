"""Asks every question of a set as the service would: evidence, then the extractive answer."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core import ids
from core.answer_ports import Asked
from core.answers import Answer, AnswerStatus
from core.filters import AnyOf, Condition, Not
from core.search import Hit
from evals.grounding.sets import GroundedQuestion, GroundedSet, says
from evals.retrieval_eval.indexing import SOURCE, Indexed
from generation.citations import is_verbatim
from generation.extractive import ExtractiveAnswerer
from generation.grading.calibration import packaged
from generation.grading.grader import CalibratedGrader
from generation.grading.reading import Reader


@dataclass(frozen=True, slots=True)
class Case:
    """A question that was asked. `without`: its passage was kept out. `truth`: an answering passage was there to be found."""

    query_id: str
    truth: bool
    without: bool
    probability: float
    refused: bool
    has_gold: bool = False
    citation_count: int = 0
    verbatim_count: int = 0
    took_ms: float = 0.0
    features: Mapping[str, float] = field(default_factory=dict, repr=False)


class Questioner:
    """Asks over an indexed set."""

    def __init__(self, data: GroundedSet, store: Indexed) -> None:
        self._store = store
        settings = store.parts.settings
        self._count = settings.answers.passage_count
        self._principal = settings.principal()
        reader = Reader(store.parts.embedder, sparse=store.parts.sparse)
        self._answerer = ExtractiveAnswerer(reader, settings=settings.answers)
        self._grader = CalibratedGrader(reader, packaged())
        self._texts = {ids.doc_id(SOURCE, one.doc_id): one.text for one in data.passages}

    async def asked(self, question: GroundedQuestion, *, without: bool = False) -> Case:
        """One question, with the answering passages kept out of the search if `without`."""
        hits = await self._hits(question, without=without)
        start = time.perf_counter()
        answer = await self._answerer.answer(Asked(question.text, "default", "eval"), hits)
        took_ms = (time.perf_counter() - start) * 1000
        quotes = "\n".join(citation.quote for citation in answer.citations)
        return Case(
            question.query_id,
            truth=bool(question.gold) and not without,
            without=without,
            probability=answer.confidence or 0.0,
            refused=answer.status is AnswerStatus.REFUSED,
            has_gold=says(quotes, question),
            citation_count=len(answer.citations),
            verbatim_count=self._verbatim(answer),
            took_ms=took_ms,
        )

    async def features(self, question: str, hits: Sequence[Hit]) -> Mapping[str, float]:
        """What a grade of these passages is computed from."""
        return (await self._grader.grade(question, hits)).features

    async def hits(self, question: GroundedQuestion, *, without: bool = False) -> Sequence[Hit]:
        """The evidence for a question."""
        return await self._hits(question, without=without)

    async def _hits(self, question: GroundedQuestion, *, without: bool) -> Sequence[Hit]:
        found = await self._store.parts.evidence.search(
            question.text,
            principal=self._principal,
            limit=self._count,
            narrowed=_not_in(question.gold) if without else None,
        )
        return found.hits

    def _verbatim(self, answer: Answer) -> int:
        """Citations that stand in the stored text, to the character."""
        return sum(
            is_verbatim(citation, stored_text=self._texts.get(citation.doc_id, ""))
            for citation in answer.citations
        )


def _not_in(documents: Sequence[str]) -> Condition:
    return Not(AnyOf("doc_id", tuple(ids.doc_id(SOURCE, one) for one in documents)))

"""Asks Folio what it makes of a question: what it finds, and how probable it is that this answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.access import Principal
from core.search import Hit, SearchOptions
from evals.datasets.model import Reader
from generation.grading.calibration import packaged
from generation.grading.grader import CalibratedGrader
from generation.grading.reading import Reader as PassageReader

if TYPE_CHECKING:
    from core.config import Settings
    from folio.knowledge_base import KnowledgeBase


class Probe(Protocol):
    """What makers ask of a knowledge base."""

    async def hits(self, question: str, reader: Reader | None = None, *, limit: int = 10) -> Sequence[Hit]:
        """The best passages of each of the best documents for a reader; without one, for the operator."""

    async def is_answered(self, question: str, reader: Reader | None = None) -> bool:
        """Whether the service would take what it finds for an answer."""


class Prober:
    """Implements Probe: searches as an answer would, and grades what was found as the service does. Nothing is recorded of it."""

    def __init__(self, knowledge_base: "KnowledgeBase", grader: CalibratedGrader) -> None:
        self._knowledge_base = knowledge_base
        self._grader = grader

    async def hits(self, question: str, reader: Reader | None = None, *, limit: int = 10) -> Sequence[Hit]:
        """The best passages of each of the best documents for a reader; without one, for the operator."""
        options = SearchOptions(limit=limit, group_size=2)
        found = await self._knowledge_base.found(question, options, principal=_principal(reader))
        return found.hits

    async def is_answered(self, question: str, reader: Reader | None = None) -> bool:
        """Whether the service would take what it finds for an answer."""
        answers = self._knowledge_base.settings.answers
        found = await self._knowledge_base.search(
            question, limit=answers.passage_count, principal=_principal(reader)
        )
        grade = await self._grader.grade(question, found.hits)
        return grade.probability >= answers.min_confidence


def create_prober(knowledge_base: "KnowledgeBase", settings: "Settings") -> Prober:
    """With the packaged calibration and the embedding model of the settings."""
    from inference.embed.factory import create_embedder
    from inference.lexical.bm25 import Bm25Encoder

    reader = PassageReader(create_embedder(settings.embedding), sparse=Bm25Encoder(settings.sparse))
    return Prober(knowledge_base, CalibratedGrader(reader, packaged()))


def _principal(reader: Reader | None) -> Principal | None:
    return None if reader is None else reader.principal

"""From a question to a checked answer: guardrails, rounds of evidence, whoever writes, guardrails again. The order, and nothing else."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeAlias

from core.access import Principal
from core.answer_ports import Answerer, AnswerPiece, Asked, Retrieve
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerMode, AnswerStatus
from core.errors import FolioError
from core.search import Hit, SearchResult
from core.tracing import stage
from generation.corrective import CorrectiveLoop, Gathered
from generation.guardrails.pipeline import Guardrails, refusal
from generation.kept_answers import pieces_of
from generation.reasons import NOT_ANSWERED, NOTHING_FOUND

OpenWriter: TypeAlias = Callable[[AnswerMode], Awaitable[Answerer]]
"""Gives what writes in a mode with a language model.

Raises SettingsError where no model is configured.
"""

Overview: TypeAlias = Callable[[str], Awaitable[Answer | None]]
"""Answers a question about the whole, checked; None where it has nothing to say."""

_log = logging.getLogger(__name__)
_FELL_BACK = "the language model gave no answer ({}): these are the documents' own words"


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """What answers are made with."""

    loop: CorrectiveLoop
    extractive: Answerer
    writer: OpenWriter
    guardrails: Guardrails
    settings: AnswerSettings


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question on behalf of a principal, where it is searched, and how the answer is to be made."""

    asked: Asked
    who: Principal
    retrieve: Retrieve
    mode: AnswerMode
    overview: Overview | None = None


@dataclass(frozen=True, slots=True)
class _Ready:
    """What an answer is written from."""

    asked: Asked
    hits: tuple[Hit, ...]
    gathered: Gathered


class AnswerService:
    """Answers questions, whole or as a stream of checked sentences."""

    def __init__(self, parts: AnswerParts) -> None:
        self._parts = parts

    @property
    def guardrails(self) -> Guardrails:
        """What questions, passages and answers go through; for those who answer in other ways, too."""
        return self._parts.guardrails

    async def answer(self, wanted: Wanted) -> Answer:
        """The answer, or a refusal with its reason.

        Raises:
            InvalidInputError: The question is empty or too long.
            FolioError: A store does not answer; a model does not, and the settings want that to be an error.
        """
        ready = await self._ready(wanted)
        if isinstance(ready, Answer):
            return ready
        try:
            with stage("write", mode=wanted.mode.value):
                made = await (await self.answerer(wanted.mode)).answer(ready.asked, ready.hits)
        except FolioError as error:
            made = await self._fallen_back(wanted, ready, error)
        return await self._checked(self._attached(made, ready), ready, wanted)

    async def stream(self, wanted: Wanted) -> AsyncGenerator[AnswerPiece | Answer, None]:
        """The answer sentence by sentence, and at the end whole. A refusal is a whole without sentences.

        Raises:
            FolioError: As for `answer`, before the first sentence.
        """
        ready = await self._ready(wanted)
        if isinstance(ready, Answer):
            for known in pieces_of(ready):
                yield known
            yield ready
            return
        pieces = self._parts.guardrails.streamed(
            self._written(wanted, ready), ready.hits, wanted.who, language=ready.asked.language
        )
        async with aclosing(pieces) as safe:  # type: ignore[type-var]  # generators, behind a wider type
            async for piece in safe:
                if isinstance(piece, Answer) and not piece.rounds:
                    # A sentence was blocked: the refusal knows nothing of how the answer was made.
                    yield self._attached(replace(piece, mode=wanted.mode), ready)
                else:
                    yield piece

    async def passed(self, question: str, who: Principal, *, language: str = "") -> str | Answer:
        """The question as guardrails let it through, or the refusal of one that they do not.

        For what is done with a question before it is answered.
        """
        verdict = await self._parts.guardrails.input(question, who, language=language)
        return refusal(verdict) if verdict.is_blocked else verdict.text

    async def _written(self, wanted: Wanted, ready: _Ready) -> AsyncGenerator[AnswerPiece | Answer, None]:
        began = False
        try:
            stream = (await self.answerer(wanted.mode)).stream(ready.asked, ready.hits)
            async with aclosing(stream) as parts:  # type: ignore[type-var]
                async for part in parts:
                    began = True
                    yield self._attached(part, ready) if isinstance(part, Answer) else part
        except FolioError as error:
            if began:
                raise
            made = await self._fallen_back(wanted, ready, error)
            for piece in pieces_of(made):
                yield piece
            yield self._attached(made, ready)

    async def _ready(self, wanted: Wanted) -> "_Ready | Answer":
        """The evidence, or the answer of a question that is refused before anybody writes."""
        guardrails, asked = self._parts.guardrails, wanted.asked
        verdict = await guardrails.input(asked.question, wanted.who, language=asked.language)
        if verdict.is_blocked:
            return replace(refusal(verdict), mode=wanted.mode)
        if wanted.overview and (themes := await wanted.overview(verdict.text)) is not None:
            return themes
        asked = replace(asked, question=verdict.text)
        gathered = await self._parts.loop.gather(asked, self._guarded(wanted.retrieve))
        ready = _Ready(replace(asked, question=gathered.query), gathered.hits, gathered)
        if is_too_little(gathered.grade.probability, mode=wanted.mode, settings=self._parts.settings):
            reason = NOT_ANSWERED if ready.hits else NOTHING_FOUND
            return self._attached(Answer("", AnswerStatus.REFUSED, reason, (), mode=wanted.mode), ready)
        return ready

    def _guarded(self, retrieve: Retrieve) -> Retrieve:
        """The search, without what reads like instructions in the passages: nobody grades or reads that."""

        async def guarded(query: str) -> SearchResult:
            found = await retrieve(query)
            passages = await self._parts.guardrails.passages(found.hits)
            return replace(found, hits=passages.hits)

        return guarded

    async def answerer(self, mode: AnswerMode) -> Answerer:
        """Who writes in a mode.

        Raises:
            SettingsError: It needs a language model, and none is configured.
        """
        parts = self._parts
        return parts.extractive if mode is AnswerMode.EXTRACTIVE else await parts.writer(mode)

    async def _fallen_back(self, wanted: Wanted, ready: _Ready, error: FolioError) -> Answer:
        if wanted.mode is AnswerMode.EXTRACTIVE or self._parts.settings.fallback == "error":
            raise error
        kind = type(error).__name__
        _log.warning("an answer is extractive because the language model gave none: %s", kind)
        made = await self._parts.extractive.answer(ready.asked, ready.hits)
        return replace(made, notes=(*made.notes, _FELL_BACK.format(kind)))

    async def _checked(self, answer: Answer, ready: _Ready, wanted: Wanted) -> Answer:
        return await self._parts.guardrails.output(
            answer, ready.hits, wanted.who, language=ready.asked.language
        )

    def _attached(self, answer: Answer, ready: _Ready) -> Answer:
        """With what gathering the evidence has said."""
        gathered = ready.gathered
        return replace(
            answer,
            rounds=gathered.rounds,
            confidence=gathered.grade.probability if answer.confidence is None else answer.confidence,
            notes=(*gathered.notes, *answer.notes),
        )


def is_too_little(probability: float, *, mode: AnswerMode, settings: AnswerSettings) -> bool:
    """Whether a model need not be asked: the evidence is too poor for an answer. The extractive mode has its own bound. Pure."""
    return mode is not AnswerMode.EXTRACTIVE and probability < settings.min_evidence

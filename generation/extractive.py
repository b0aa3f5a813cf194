"""Answers without a language model: the sentences that answer the question, word for word, or a refusal.

Whether they answer it is a probability (see `generation.grading`); below `answers.min_confidence` the question is refused.
"""

import re
from collections.abc import AsyncIterator, Sequence

from core.answer_ports import AnswerPiece, Asked
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus, Citation
from core.search import Hit
from core.sentences import table_header
from generation.citations import cite
from generation.drafts import CheckedSentence
from generation.grading.calibration import Calibrations, packaged
from generation.grading.grader import graded
from generation.grading.kinds import Kind
from generation.grading.reading import Reader, Reading, ReadSentence
from generation.keeping import Contradictions, no_contradictions
from generation.kept_answers import pieces_of
from generation.reasons import NOT_ANSWERED, NOTHING_FOUND

# A further sentence must be nearly as good as the best one.
_COMPANION_SHARE = 0.85


class ExtractiveAnswerer:
    """Implements Answerer by picking verbatim sentences from retrieved passages."""

    def __init__(
        self,
        reader: Reader,
        *,
        settings: AnswerSettings,
        calibrations: Calibrations | None = None,
        contradictions: Contradictions = no_contradictions,
    ) -> None:
        """The packaged `calibrations` are used where none are given."""
        self._reader = reader
        self._settings = settings
        self._calibrations = calibrations
        self._contradictions = contradictions

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        """The answer from these passages, the best first; a refusal where they are unlikely to answer."""
        used = hits[: self._settings.passage_count]
        reading = await self._reader.read(asked.question, used)
        if not reading.windows:
            return _refusal(NOTHING_FOUND, 0.0)
        probability = graded(reading, self._calibrations or packaged()).probability
        if probability < self._settings.min_confidence:
            return _refusal(NOT_ANSWERED, probability)
        return self._written(_chosen(reading, self._settings.sentence_count), used, probability)

    async def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncIterator[AnswerPiece | Answer]:
        """The answer sentence by sentence, and at the end the whole."""
        answer = await self.answer(asked, hits)
        for piece in pieces_of(answer):
            yield piece
        yield answer

    def _written(self, chosen: Sequence[ReadSentence], hits: Sequence[Hit], probability: float) -> Answer:
        citations: list[Citation] = []
        sentences = [_said(one, citations) for one in chosen]
        said = [
            CheckedSentence(_plain(one.text), (citations[sentence.citations[0] - 1],))
            for one, sentence in zip(chosen, sentences, strict=True)
        ]
        return Answer(
            " ".join(f"{one.text} {''.join(f'[{n}]' for n in one.citations)}" for one in sentences),
            AnswerStatus.GROUNDED,
            None,
            tuple(citations),
            sentences=tuple(sentences),
            mode=AnswerMode.EXTRACTIVE,
            confidence=probability,
            contradictions=self._contradictions(said, hits),
        )


def _said(one: ReadSentence, citations: list[Citation]) -> AnswerSentence:
    """The sentence, its citations added to those there are. The first row of a table comes with its header: cells alone say little."""
    citations.append(cite(one.hit, start=one.span.start, end=one.span.end))
    numbers: tuple[int, ...] = (len(citations),)
    text = one.text
    header = table_header(one.hit.text, one.span) if one.span.is_table_row else None
    if header is not None:
        cited = cite(one.hit, start=header.start, end=header.end)
        if cited not in citations:
            citations.append(cited)
            numbers, text = (*numbers, len(citations)), f"{cited.quote} {text}"
    return AnswerSentence(_plain(text), numbers)


def _chosen(reading: Reading, count: int) -> list[ReadSentence]:
    """The best sentence, and such as are nearly as good; the same words once."""
    ranked = reading.sentences
    best = ranked[0]
    companions = [one for one in ranked if one.support >= best.support * _COMPANION_SHARE]
    chosen: dict[str, ReadSentence] = {}
    for one in [best, *_next_with_kind(reading, best), *companions]:
        chosen.setdefault(_plain(one.text).casefold(), one)
    return list(chosen.values())[:count]


def _next_with_kind(reading: Reading, best: ReadSentence) -> list[ReadSentence]:
    """The neighbour that has what is asked for (a date, a number, a name) where the best sentence has not."""
    if reading.kind is Kind.OTHER or best.has_kind:
        return []
    inside = next(window.sentences for window in reading.windows if best in window.sentences)
    place = inside.index(best)
    beside = [*inside[place + 1 : place + 2], *inside[max(0, place - 1) : place]]
    return [one for one in beside if one.has_kind][:1]


def _refusal(reason: str, probability: float) -> Answer:
    return Answer("", AnswerStatus.REFUSED, reason, (), mode=AnswerMode.EXTRACTIVE, confidence=probability)


def _plain(text: str) -> str:
    """One line, as a reader expects it; the citation keeps the original."""
    return re.sub(r"\s+", " ", text)

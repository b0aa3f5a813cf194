"""From a question to the events of its answer. Nothing is sent of a sentence before it was checked."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.schemas.answer import AnswerCitation, AnswerResponse
from api.streaming.events import AnswerUsage, FoundPassages, NumberedCitation, StreamStatus, TokenText
from api.streaming.problems import StreamTimeoutError
from api.streaming.running import RunningStream
from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerMode
from core.call_tally import begin_tally
from core.filters import Condition
from core.ports import Clock
from core.search import Hit
from core.sessions import NewTurn

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

_MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on behalf of a principal, and how it is to be answered: see `KnowledgeBase.answer`."""

    question: str = field(repr=False)
    principal: Principal
    mode: AnswerMode | None = None
    language: str = ""
    session_id: str | None = None
    narrowed: Condition | None = None
    history: Sequence[NewTurn] = field(default=(), repr=False)


class AnswerWriter:
    """Writes an answer into a stream: implements Work."""

    def __init__(
        self, knowledge_base: "KnowledgeBase", asking: Asking, *, clock: Clock, total_s: float
    ) -> None:
        self._kb = knowledge_base
        self._asking = asking
        self._clock = clock
        self._total_s = total_s
        self._citation_count = 0
        self._began = False

    async def __call__(self, stream: RunningStream) -> None:
        """Write all events, the last one included.

        Raises:
            StreamTimeoutError: It takes longer than it may.
            FolioError: As for `KnowledgeBase.stream_answer`.
        """
        try:
            async with asyncio.timeout(self._total_s) as time:
                await self._write(stream)
        except TimeoutError:
            if not time.expired():
                raise
            raise StreamTimeoutError(
                f"the answer took longer than {self._total_s:g} s: the limit is streams.total_s"
            ) from None

    async def _write(self, stream: RunningStream) -> None:
        started_s, asking = self._clock.monotonic_s(), self._asking
        tally = begin_tally()
        stream.add(StreamStatus(state="searching", stream_id=stream.name.text if stream.name else None))

        async def on_found(hits: Sequence[Hit]) -> None:
            stream.add(FoundPassages.of(list(hits)))

        pieces = self._kb.stream_answer(
            asking.question,
            principal=asking.principal,
            mode=asking.mode,
            language=asking.language,
            session_id=asking.session_id,
            narrowed=asking.narrowed,
            history=asking.history,
            on_found=on_found,
        )
        async with aclosing(pieces) as checked:
            async for piece in checked:
                if isinstance(piece, AnswerPiece):
                    self._say(stream, piece)
                    continue
                took_ms = (self._clock.monotonic_s() - started_s) * _MS_PER_S
                stream.usage = AnswerUsage.of(tally)
                stream.add(stream.usage)
                stream.add(_whole(piece, took_ms=took_ms, session_id=asking.session_id))

    def _say(self, stream: RunningStream, piece: AnswerPiece) -> None:
        for citation in piece.citations:
            self._citation_count += 1
            plain = AnswerCitation.model_validate(citation).model_dump()
            stream.add(NumberedCitation(number=self._citation_count, **plain))
        if not self._began:
            stream.add(StreamStatus(state="writing", stream_id=stream.name.text if stream.name else None))
        numbers = list(piece.sentence.citations)
        marks = "".join(f"[{number}]" for number in numbers)
        before = " " if self._began else ""
        self._began = True
        stream.add(TokenText(text=f"{before}{piece.sentence.text} {marks}".rstrip(), citations=numbers))


def _whole(answer: Answer, *, took_ms: float, session_id: str | None) -> AnswerResponse:
    return AnswerResponse.of(answer, took_ms=took_ms, session_id=session_id)

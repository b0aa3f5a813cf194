"""A question in a conversation: completed by what was said, answered, and kept where the conversation is a session."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from core.answer_ports import AnswerPiece
from core.answers import Answer
from core.sessions import NewTurn, Session
from folio.answering import Question

if TYPE_CHECKING:
    from folio.sessions import SessionDesk

Passing: TypeAlias = Callable[[Question], Awaitable[str | Answer]]
"""Gives the question as guardrails let it through, or its refusal."""

Before: TypeAlias = str | Sequence[NewTurn]
"""What was said before: the id of a session, or turns that the asker tells and nobody keeps."""


@dataclass(frozen=True, slots=True)
class Answering:
    """`answer` gives the answer to a question that stands for itself."""

    passed: Passing
    answer: Callable[[Question], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Streaming:
    """`stream` gives such an answer sentence by sentence, and whole at the end."""

    passed: Passing
    stream: Callable[[Question], AsyncGenerator[AnswerPiece | Answer, None]]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A question as it is asked, and where it is kept: in no session where that is None."""

    desk: "SessionDesk"
    session: Session | None
    passed: str
    asked: Question
    note: str

    async def kept(self, answer: Answer) -> Answer:
        if self.session is not None:
            await self.desk.answered(self.session, self.passed, answer)
        return replace(answer, notes=(*answer.notes, self.note)) if self.note else answer

    async def summarise(self) -> None:
        if self.session is not None:
            await self.desk.summarised(self.session.session_id)


async def continued(desk: "SessionDesk", before: Before, question: Question, answering: Answering) -> Answer:
    """The answer to the next question of a conversation; both are kept in its session.

    Raises:
        NotFoundError: There is no such session, or it is over.
        InvalidInputError: It is full, or the question cannot be asked.
    """
    turn = await _begun(desk, before, question, answering.passed)
    if isinstance(turn, Answer):
        return turn
    made = await turn.kept(await answering.answer(turn.asked))
    await turn.summarise()
    return made


async def streamed_on(
    desk: "SessionDesk", before: Before, question: Question, streaming: Streaming
) -> AsyncGenerator[AnswerPiece | Answer, None]:
    """The same sentence by sentence. Nothing is kept of an answer that does not become whole.

    Raises:
        NotFoundError, InvalidInputError: As for `continued`, before the first sentence.
    """
    turn = await _begun(desk, before, question, streaming.passed)
    if isinstance(turn, Answer):
        yield turn
        return
    async with aclosing(streaming.stream(turn.asked)) as pieces:
        async for piece in pieces:
            yield await turn.kept(piece) if isinstance(piece, Answer) else piece
    # Nobody who reads the answer waits for the summary; one that is left out is made after the next turn.
    await turn.summarise()


async def _begun(desk: "SessionDesk", before: Before, question: Question, passed: Passing) -> _Turn | Answer:
    session = await desk.open(before) if isinstance(before, str) else None
    # A model may complete the question, and it is kept: both only as guardrails let it through.
    own = await passed(question)
    if isinstance(own, Answer):
        return own
    if session is not None:
        condensed = await desk.asked(session, own)
    else:
        condensed = await desk.told(own, await _passed_turns(before, question, passed))
    asked = replace(question, text=condensed.question, background=condensed.background)
    return _Turn(desk, session, own, asked, condensed.note)


async def _passed_turns(before: Before, question: Question, passed: Passing) -> list[NewTurn]:
    """The told turns as guardrails let them through: what they would not let be asked is left out, with its answer."""
    turns: list[NewTurn] = []
    for turn in before if not isinstance(before, str) else ():
        asked = await passed(replace(question, text=turn.question))
        answered = await passed(replace(question, text=turn.answer)) if turn.answer else ""
        if isinstance(asked, str) and isinstance(answered, str):
            turns.append(replace(turn, question=asked, answer=answered))
    return turns

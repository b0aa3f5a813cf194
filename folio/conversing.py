"""A question in a conversation: completed by what was said, answered, and kept."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.answers import Answer
from folio.answering import Question

if TYPE_CHECKING:
    from folio.sessions import SessionDesk


@dataclass(frozen=True, slots=True)
class Answering:
    """`passed` gives the question as guardrails let it through, or its refusal; `answer` the answer."""

    passed: Callable[[Question], Awaitable[str | Answer]]
    answer: Callable[[Question], Awaitable[Answer]]


async def continued(desk: "SessionDesk", session_id: str, question: Question, answering: Answering) -> Answer:
    """The answer to the next question of a session; both are kept in it.

    Raises:
        NotFoundError: There is no such session, or it is over.
        InvalidInputError: It is full, or the question cannot be asked.
    """
    session = await desk.open(session_id)
    # A model may complete the question, and it is kept: both only as guardrails let it through.
    passed = await answering.passed(question)
    if isinstance(passed, Answer):
        return passed
    condensed = await desk.asked(session, passed)
    made = await answering.answer(replace(question, text=condensed.question, background=condensed.background))
    await desk.answered(session, passed, made)
    await desk.summarised(session_id)
    return replace(made, notes=(*made.notes, condensed.note)) if condensed.note else made

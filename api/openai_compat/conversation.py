"""From messages to a question, and what was said before it. Pure."""

from collections.abc import Sequence

from api.openai_compat.requests import ChatMessage
from core.answers import AnswerStatus
from core.errors import InvalidInputError
from core.sessions import NewTurn

_TURN_COUNT = 8
"""Most turns before the question that are looked at."""

_TURN_CHARS = 4000
"""Of each of their texts: what is longer is cut. They help to understand the question, and are no source."""


def question_of(messages: Sequence[ChatMessage]) -> str:
    """The last message.

    Raises:
        InvalidInputError: It is not the user's, or has no words.
    """
    last = messages[-1]
    if last.role != "user":
        raise InvalidInputError("the last of `messages` is the question: its `role` is `user`")
    if not last.text.strip():
        raise InvalidInputError("the last of `messages` has no words to answer")
    return last.text


def turns_before(messages: Sequence[ChatMessage]) -> tuple[NewTurn, ...]:
    """The questions before the last message, each with what was answered; the last ones only.

    Raises:
        InvalidInputError: A tool has spoken, or a message is not text.
    """
    turns: list[tuple[str, str]] = []
    for message in messages[:-1]:
        if message.role in {"tool", "function"}:
            raise InvalidInputError("`messages` have no results of tools: Folio calls none of the caller's")
        text = message.text.strip()[:_TURN_CHARS]
        if message.role == "user" and text:
            turns.append((text, ""))
        elif message.role == "assistant" and turns:
            question, answer = turns[-1]
            turns[-1] = (question, f"{answer}\n{text}".strip())
    return tuple(
        NewTurn(question, answer, AnswerStatus.GROUNDED if answer else AnswerStatus.REFUSED)
        for question, answer in turns[-_TURN_COUNT:]
    )

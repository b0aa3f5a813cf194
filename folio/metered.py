"""What the metrics are told of answers: what became of them, and how long it took until something could be read."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from core import metrics
from core.answer_ports import AnswerPiece
from core.answers import Answer


def answer_made(answer: Answer) -> None:
    """Count an answer."""
    metrics.answered(answer.status.value, answer.mode.value)


async def metered(
    pieces: AsyncGenerator[AnswerPiece | Answer, None],
) -> AsyncGenerator[AnswerPiece | Answer, None]:
    """The same stream; its first sentence is timed, the whole is counted. Closing it closes the other."""
    began_s, is_first = time.perf_counter(), True
    async with aclosing(pieces) as written:
        async for piece in written:
            if isinstance(piece, Answer):
                answer_made(piece)
            elif is_first:
                is_first = False
                metrics.first_token(time.perf_counter() - began_s, source="answer")
            yield piece

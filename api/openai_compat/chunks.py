"""From the events of a stream to the chunks that OpenAI's clients read."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

from fastapi.sse import format_sse_event
from pydantic import BaseModel, TypeAdapter

from api.openai_compat.responses import (
    ChatChunk,
    ChatDelta,
    ChatUsage,
    ChunkChoice,
    Finish,
    annotations_of,
    refusal_of,
)
from api.openai_errors import with_openai_error
from api.schemas.answer import AnswerResponse
from api.schemas.problem import Problem
from api.streaming.events import HEARTBEAT, AnswerUsage, StreamEvent, TokenText

_JSON: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])
_END = format_sse_event(data_str="[DONE]")


class Chunks:
    """Writes the chunks of one completion."""

    def __init__(self, *, name: str, created: int, model: str, base_url: str, include_usage: bool) -> None:
        self._head = {"id": name, "created": created, "model": model}
        self._base_url = base_url
        self._include_usage = include_usage
        self._usage: AnswerUsage | None = None
        self._has_said = False

    async def framed(self, events: AsyncIterator[StreamEvent | None]) -> AsyncIterator[bytes]:
        """The chunks for events, as they are written on the wire."""
        yield self._chunk(ChatDelta(role="assistant", content=""))
        async with aclosing(events) as written:  # type: ignore[type-var]  # generators, behind a wider type
            async for event in written:
                if event is None:
                    yield HEARTBEAT
                    continue
                for frame in self._frames(event):
                    yield frame

    def _frames(self, event: StreamEvent) -> Iterator[bytes]:
        match event.kind:
            case "token":
                self._has_said = True
                yield self._chunk(ChatDelta(content=TokenText.model_validate_json(event.data).text))
            case "usage":
                self._usage = AnswerUsage.model_validate_json(event.data)
            case "error":
                yield _frame(with_openai_error(Problem.model_validate_json(event.data)))
            case "done":
                yield from self._last(AnswerResponse.model_validate_json(event.data))

    def _last(self, answer: AnswerResponse) -> Iterator[bytes]:
        refusal = refusal_of(answer)
        if refusal is not None:
            # What was said before is withdrawn: a client sees so by the finish reason.
            yield self._chunk(ChatDelta(content=None if self._has_said else refusal, refusal=refusal))
        finish: Finish = "content_filter" if refusal and self._has_said else "stop"
        annotations = annotations_of(answer, base_url=self._base_url)
        yield self._chunk(ChatDelta(annotations=annotations), finish=finish, folio=answer)
        if self._include_usage:
            yield _frame(ChatChunk(**self._head, choices=[], usage=ChatUsage.of(self._usage)))
        yield _END

    def _chunk(
        self, delta: ChatDelta, *, finish: Finish | None = None, folio: AnswerResponse | None = None
    ) -> bytes:
        choice = ChunkChoice(delta=delta, finish_reason=finish)
        return _frame(ChatChunk(**self._head, choices=[choice], folio=folio))


def _frame(body: BaseModel) -> bytes:
    if not isinstance(body, ChatChunk):
        return format_sse_event(data_str=body.model_dump_json())
    row = body.model_dump(mode="json")
    # Left out rather than null: some clients join whatever a delta has.
    for choice in row["choices"]:
        choice["delta"] = {name: value for name, value in choice["delta"].items() if value is not None}
    if body.folio is None:
        del row["folio"]
    return format_sse_event(data_str=_JSON.dump_json(row).decode())

"""The events of a streamed answer: what each holds, and how it is written on the wire."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self, TypeAlias

from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field, RootModel

from api.schemas.answer import AnswerCitation, AnswerResponse
from api.schemas.problem import Problem
from core.call_tally import CallTally
from core.search import Hit

HEARTBEAT = format_sse_event(comment="still there")


class StreamStatus(BaseModel):
    """Where the answer is. The first event of a stream is one."""

    state: Literal["searching", "writing"]
    stream_id: str | None = Field(
        description="names the stream: see `GET /v1/answer/streams/{stream_id}`. Whoever has it and the rights of the asker can read "
        "the answer again for a short while: treat it like the answer. Null where the stream cannot be taken up again"
    )


class FoundPassage(BaseModel):
    """A passage that the answer may be made of; its words are not sent before they are cited."""

    model_config = ConfigDict(from_attributes=True)

    doc_id: str
    version: int
    path: str
    title: str
    heading: str
    page: int | None
    start: int
    end: int
    score: float = Field(description="comparable within one stream only")


class FoundPassages(BaseModel):
    """What a round of searching found, best first; a later event of the kind takes the place of the one before."""

    results: list[FoundPassage]

    @classmethod
    def of(cls, hits: "tuple[Hit, ...] | list[Hit]") -> Self:
        """The event for hits."""
        return cls(results=[FoundPassage.model_validate(hit) for hit in hits])


class NumberedCitation(AnswerCitation):
    """A citation, before the first text that it bears. `[1]` in the text is number 1."""

    number: int


class TokenText(BaseModel):
    """A checked sentence. All texts joined are the answer so far, marks included."""

    text: str
    citations: list[int] = Field(description="the numbers of the citations that bear it")


class AnswerUsage(BaseModel):
    """What language models were asked for this answer; nothing where it is in the documents' own words, or was kept."""

    model_config = ConfigDict(from_attributes=True)

    call_count: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int = Field(description="of the input, from the provider's prompt cache")

    @classmethod
    def of(cls, tally: CallTally) -> Self:
        """The event for a tally."""
        return cls(
            call_count=tally.call_count,
            input_tokens=tally.input_count,
            output_tokens=tally.output_count,
            cached_tokens=tally.cached_count,
        )


def _as_on_the_wire(schema: dict[str, Any]) -> None:
    fields = schema["properties"]
    fields["id"] = {"type": "string", "pattern": "^[0-9]+$"}
    fields["data"] = {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": fields["data"],
    }


class _Event(BaseModel):
    """The fields of a server-sent event are text, and are documented so; one of them is JSON."""

    model_config = ConfigDict(json_schema_extra=_as_on_the_wire)

    id: int


class StatusEvent(_Event):
    """`event: status`."""

    event: Literal["status"]
    data: StreamStatus


class SearchResultsEvent(_Event):
    """`event: search_results`."""

    event: Literal["search_results"]
    data: FoundPassages


class CitationEvent(_Event):
    """`event: citation`."""

    event: Literal["citation"]
    data: NumberedCitation


class TokenEvent(_Event):
    """`event: token`."""

    event: Literal["token"]
    data: TokenText


class UsageEvent(_Event):
    """`event: usage`."""

    event: Literal["usage"]
    data: AnswerUsage


class ErrorEvent(_Event):
    """`event: error`: the last one of a stream that did not come to its end."""

    event: Literal["error"]
    data: Problem


class DoneEvent(_Event):
    """`event: done`: the last one. The whole answer, which counts: a rule about it may refuse what was sent before."""

    event: Literal["done"]
    data: AnswerResponse


class AnswerEvent(
    RootModel[
        Annotated[
            StatusEvent
            | SearchResultsEvent
            | CitationEvent
            | TokenEvent
            | UsageEvent
            | ErrorEvent
            | DoneEvent,
            Field(discriminator="event"),
        ]
    ]
):
    """One server-sent event: its fields `id`, `event` and, as JSON, `data`. Comments between events are heartbeats."""


Payload: TypeAlias = (
    StreamStatus | FoundPassages | NumberedCitation | TokenText | AnswerUsage | Problem | AnswerResponse
)

_KINDS: dict[type[BaseModel], str] = {
    StreamStatus: "status",
    FoundPassages: "search_results",
    NumberedCitation: "citation",
    TokenText: "token",
    AnswerUsage: "usage",
    Problem: "error",
    AnswerResponse: "done",
}
_LAST = frozenset({"error", "done"})


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """An event as it is sent and kept: `data` is JSON. Numbers count from 1."""

    number: int
    kind: str
    data: str = field(repr=False)

    @classmethod
    def of(cls, number: int, payload: Payload) -> Self:
        """The event with this number."""
        return cls(number, _KINDS[type(payload)], payload.model_dump_json())

    @property
    def is_last(self) -> bool:
        """Whether none follows."""
        return self.kind in _LAST

    def framed(self) -> bytes:
        """As it is written on the wire."""
        return format_sse_event(data_str=self.data, event=self.kind, id=str(self.number))

    def packed(self) -> bytes:
        """As it is kept."""
        return f"{self.kind}\n{self.data}".encode()

    @classmethod
    def unpacked(cls, number: int, packed: bytes) -> Self:
        """What `packed` gave."""
        kind, _, data = packed.decode().partition("\n")
        return cls(number, kind, data)

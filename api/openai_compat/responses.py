"""What OpenAI's clients read: completions, whole and in chunks. `folio` is the answer as `/v1/answer` gives it."""

from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.answer import AnswerResponse
from api.streaming.events import AnswerUsage
from core.answers import AnswerStatus

NO_REASON = "the documents that you may read do not answer this"
Finish = Literal["stop", "content_filter"]


class UrlCitation(BaseModel):
    """Where a mark in the text leads: `content[start_index:end_index]` is the mark."""

    start_index: int
    end_index: int
    title: str
    url: str = Field(description="the document's text, and the characters of the quote in it")


class Annotation(BaseModel):
    """A citation at its place in the text."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class PromptTokens(BaseModel):
    """Of the prompt's tokens."""

    cached_tokens: int


class ChatUsage(BaseModel):
    """The tokens of all language model calls of the answer, searching anew and checks included; none where no model was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokens

    @classmethod
    def of(cls, used: AnswerUsage | None) -> "ChatUsage":
        """The usage for what was counted."""
        asked, written, cached = (
            (used.input_tokens, used.output_tokens, used.cached_tokens) if used else (0, 0, 0)
        )
        return cls(
            prompt_tokens=asked,
            completion_tokens=written,
            total_tokens=asked + written,
            prompt_tokens_details=PromptTokens(cached_tokens=cached),
        )


class ChatReply(BaseModel):
    """The answer. Where it is refused, the reason is in `content` and in `refusal`."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None
    annotations: list[Annotation]


class ChatChoice(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: ChatReply
    logprobs: None = None
    finish_reason: Finish = "stop"


class ChatCompletion(BaseModel):
    """A whole completion."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage
    folio: AnswerResponse


class ChatDelta(BaseModel):
    """What a chunk adds to the message."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    annotations: list[Annotation] | None = Field(None, description="in the last chunk with a choice")


class ChunkChoice(BaseModel):
    """The one choice, as it grows."""

    index: Literal[0] = 0
    delta: ChatDelta
    logprobs: None = None
    finish_reason: Finish | None = None


class ChatChunk(BaseModel):
    """A piece of a streamed completion: a checked sentence, never less."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: ChatUsage | None = Field(
        None, description="in the last chunk, with `stream_options.include_usage`"
    )
    folio: AnswerResponse | None = Field(
        None, description="with the finish reason: the whole answer, which counts"
    )


def refusal_of(answer: AnswerResponse) -> str | None:
    """The reason of a refusal; None where something is answered. Pure."""
    return (answer.reason or NO_REASON) if answer.status is AnswerStatus.REFUSED else None


def completion(
    answer: AnswerResponse, *, name: str, created: int, model: str, usage: ChatUsage, base_url: str
) -> ChatCompletion:
    """The whole completion. Pure."""
    refusal = refusal_of(answer)
    reply = ChatReply(
        content=refusal or answer.answer,
        refusal=refusal,
        annotations=annotations_of(answer, base_url=base_url),
    )
    choices = [ChatChoice(message=reply)]
    return ChatCompletion(id=name, created=created, model=model, choices=choices, usage=usage, folio=answer)


def annotations_of(answer: AnswerResponse, *, base_url: str) -> list[Annotation]:
    """An annotation for every mark that belongs to a sentence; a mark that stands in a document's own words is none. Pure."""
    found: list[Annotation] = []
    at = 0
    for sentence in answer.sentences:
        begins = answer.answer.find(sentence.text, at)
        if begins < 0:
            continue
        at = begins + len(sentence.text)
        for number in sentence.citations:
            mark = f"[{number}]"
            start = answer.answer.find(mark, at)
            # Only blanks may stand between a sentence and its marks.
            if start < 0 or answer.answer[at:start].strip() or number > len(answer.citations):
                break
            at = start + len(mark)
            found.append(_annotation(answer, number, start=start, end=at, base_url=base_url))
    return found


def _annotation(answer: AnswerResponse, number: int, *, start: int, end: int, base_url: str) -> Annotation:
    cited = answer.citations[number - 1]
    url = f"{base_url}/v1/documents/{cited.doc_id}/text#char={cited.start},{cited.end}"
    title = cited.document or cited.path
    return Annotation(url_citation=UrlCitation(start_index=start, end_index=end, title=title, url=url))

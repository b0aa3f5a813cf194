"""What OpenAI's clients send to `/v1/chat/completions`. What would change an answer and cannot be done is refused, with a reason."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.schemas.filters import FilterTree
from api.schemas.numbers import WHOLE
from core.answers import AnswerMode
from core.errors import InvalidInputError
from core.filters import Condition
from retrieval.user_filters import parse_filter

_MOST_MESSAGES = 1000
_MOST_CHARS = 1_000_000
_NO_TOOLS = (
    "tools and functions cannot be called: Folio answers from documents, and its search is the only tool"
)
_REFUSED = {
    "tools": _NO_TOOLS,
    "functions": _NO_TOOLS,
    "function_call": _NO_TOOLS,
    "stop": "an answer is not cut at a stop sequence: its sentences are checked as a whole",
    "logit_bias": "words cannot be weighed: an answer says what the documents say",
    "logprobs": "there are no log probabilities of a checked answer",
    "top_logprobs": "there are no log probabilities of a checked answer",
    "audio": "answers are text",
    "prediction": "an answer cannot be predicted",
    "web_search_options": "answers are made from the documents of this service alone",
}


def _documented(schema: dict[str, Any]) -> WithJsonSchema:
    """What may be sent; `check` refuses everything else with better words than a schema has."""
    return WithJsonSchema(schema)


class ContentPart(BaseModel):
    """A part of a message: text."""

    model_config = ConfigDict(frozen=True)

    type: Annotated[str, _documented({"const": "text"})] = Field(
        max_length=64, description="`text`; others are refused"
    )
    text: str | None = Field(None, max_length=_MOST_CHARS)


class ChatMessage(BaseModel):
    """One message of the conversation. Members that are not named here are left aside."""

    model_config = ConfigDict(frozen=True)

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Annotated[str, Field(max_length=_MOST_CHARS)] | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """The words of the message.

        Raises:
            InvalidInputError: A part is something other than text.
        """
        if not isinstance(self.content, list):
            return self.content or ""
        if any(part.type != "text" for part in self.content):
            raise InvalidInputError(
                "a message may have parts of the type `text` only: images, audio and files are not read"
            )
        return "\n".join(part.text or "" for part in self.content)


class FolioOptions(BaseModel):
    """What Folio can be told beyond OpenAI's API: the member `folio` of the request (`extra_body` of their clients)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: FilterTree = Field(
        None, description="a filter that every passage meets: the tree that `where` of `/v1/search` takes"
    )
    mode: AnswerMode | None = Field(None, description="how the answer is made, where `model` is `folio`")
    language: str = Field(
        "",
        pattern="^[a-z]{0,3}$",
        description="primary subtag of the question's language, as `en`; empty: unknown",
    )

    def narrowed(self) -> Condition | None:
        """`where` as a condition.

        Raises:
            InvalidInputError: A field, type or value of the tree cannot be.
        """
        return None if self.where is None else parse_filter(self.where)


class StreamOptions(BaseModel):
    """How a stream is sent."""

    model_config = ConfigDict(frozen=True)

    include_usage: bool | None = Field(
        None, strict=True, description="end with a chunk of the tokens that were used"
    )


class ResponseFormat(BaseModel):
    """The form of the answer."""

    model_config = ConfigDict(frozen=True)

    type: Annotated[str, _documented({"const": "text"})] = Field(
        "text", max_length=64, description="`text`; others are refused"
    )


class ChatRequest(BaseModel):
    """A conversation whose last message is the question.

    Accepted, and without effect: `temperature`, `top_p`, `seed`, `presence_penalty`, `frequency_penalty`, `max_tokens`,
    `max_completion_tokens` (the setting `answers.answer_tokens` bounds what a model writes), `user` (rights come from the credential
    alone), `store`, `metadata`, and members that are not known.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    model: str = Field(min_length=1, max_length=200, description="see `/v1/models`")
    messages: list[ChatMessage] = Field(
        min_length=1,
        max_length=_MOST_MESSAGES,
        description="the last one is the user's question; those before help to understand it. Messages of `system` and `developer` "
        "are not followed: what an answer stands on is not theirs to say",
    )
    stream: bool | None = Field(False, strict=True)
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, WHOLE, _documented({"enum": [1, None]})] = Field(
        1, description="1; more are refused"
    )
    response_format: ResponseFormat | None = None
    tool_choice: Annotated[Any, _documented({"enum": ["none", None]})] = Field(
        None, description="`none`; others are refused"
    )
    modalities: Annotated[list[str] | None, _documented({"enum": [["text"], None]})] = Field(
        None, max_length=8, description="`text`; others are refused"
    )
    folio: FolioOptions = FolioOptions()

    def check(self) -> None:
        """Go on if all that is asked for can be done.

        Raises:
            InvalidInputError: Something cannot; the message says what, and why.
        """
        if self.n not in {None, 1}:
            raise InvalidInputError("`n` is 1: a question has one answer here")
        if self.response_format is not None and self.response_format.type != "text":
            raise InvalidInputError(
                "`response_format` is `text`: the answer as data is in the member `folio` of the response"
            )
        if self.tool_choice not in {None, "none"} if isinstance(self.tool_choice, str | None) else True:
            raise InvalidInputError(f"`tool_choice`: {_NO_TOOLS}")
        if self.modalities not in (None, ["text"]):
            raise InvalidInputError("`modalities` is `text`: answers are text")
        for name, reason in _REFUSED.items():
            if (self.model_extra or {}).get(name) not in (None, False, [], {}, "", "none"):
                raise InvalidInputError(f"`{name}`: {reason}")

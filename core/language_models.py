"""What is said to a language model and what comes back, whoever serves it. Pure.

Texts in here may hold documents and questions: they are left out of every `repr`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

BATCH_ROUTE = "batch"
"""`CallRecord.route` of a call that was answered in a batch: its `took_ms` is 0."""


class Role(StrEnum):
    """Who speaks in a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that a model asks for. `arguments` is JSON as the model wrote it: unchecked."""

    call_id: str
    name: str
    arguments: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. An assistant's may ask for tools; a tool's answers the call `tool_call_id`."""

    role: Role
    text: str = field(repr=False)
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may ask for. `parameters` is a JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """The answer is to be JSON of this schema. `name` is letters, digits, `_` and `-`, at most 64."""

    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model.

    `tool_choice`: `auto`, `none`, `required`, or the name of a tool. `max_tokens` bounds the answer. `seed` is passed on where
    the provider has it.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 1024
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    json_format: JsonFormat | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of a call as the provider counted them. `cached_count` of the input came from its prompt cache."""

    input_count: int = 0
    output_count: int = 0
    cached_count: int = 0


class Finish(StrEnum):
    """Why a model stopped."""

    STOP = "stop"
    LENGTH = "length"
    TOOLS = "tools"
    REFUSAL = "refusal"
    """The model or the provider's filter declined: `Completion.text` may hold the reason that was given."""


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer, whole. `model` and `provider` say who gave it, which with fallbacks need not be the first choice."""

    text: str = field(repr=False)
    model: str
    provider: str
    finish: Finish = Finish.STOP
    usage: TokenUsage = TokenUsage()
    tool_calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of an answer that is still being written."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallPurpose:
    """For whom and what a call is made: what is written down of it, and whose budget pays.

    `feature` is a short name such as `answer` or `graph_extraction`. A repeated call with the same `idempotency_key` is the same
    call to a provider that knows such keys.
    """

    tenant: str
    feature: str
    subject: str = "operator"
    prompt_version: str = ""
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is written down of a call. `outcome` is `ok`, `refusal`, `cancelled` or the name of the error's type.

    `first_token_ms` is None where nothing came. `cost` is in the currency of the settings, None without a price.
    """

    purpose: CallPurpose
    provider: str
    model: str
    outcome: str
    usage: TokenUsage
    took_ms: float
    first_token_ms: float | None = None
    cost: float | None = None
    attempt_count: int = 1
    route: str = ""

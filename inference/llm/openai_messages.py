"""Prompts and answers in the shape of OpenAI's chat completions. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from core.language_models import (
    Completion,
    Finish,
    Message,
    Prompt,
    Role,
    TokenUsage,
    Tool,
    ToolCall,
)
from inference.llm.json_schema import strict_schema

_FINISH = {
    "stop": Finish.STOP,
    "length": Finish.LENGTH,
    "tool_calls": Finish.TOOLS,
    "function_call": Finish.TOOLS,
    "content_filter": Finish.REFUSAL,
}
_CHOICES = {"auto", "none", "required"}


def request(prompt: Prompt, *, model: str) -> dict[str, Any]:
    """The body of a request, as keyword arguments of the SDK."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in prompt.messages],
        "max_tokens": prompt.max_tokens,
        "temperature": prompt.temperature,
    }
    if prompt.stop:
        body["stop"] = list(prompt.stop)
    if prompt.seed is not None:
        body["seed"] = prompt.seed
    if prompt.tools:
        body["tools"] = [_tool(tool) for tool in prompt.tools]
        body["tool_choice"] = _choice(prompt.tool_choice)
    if prompt.json_format:
        schema = strict_schema(prompt.json_format.schema)
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": prompt.json_format.name, "schema": schema, "strict": True},
        }
    return body


def completion(response: Any, *, provider: str, model: str) -> Completion:
    """The answer in a response of the SDK.

    Raises:
        IndexError: It has no choice.
        AttributeError: It is none.
    """
    choice = response.choices[0]
    message = choice.message
    calls = tuple(
        ToolCall(call.id, call.function.name, call.function.arguments or "")
        for call in message.tool_calls or ()
    )
    refusal = getattr(message, "refusal", None)
    finish = Finish.REFUSAL if refusal else finish_of(choice.finish_reason, has_calls=bool(calls))
    return Completion(
        refusal or message.content or "",
        response.model or model,
        provider,
        finish=finish,
        usage=usage_of(response.usage),
        tool_calls=calls,
    )


def finish_of(reason: str | None, *, has_calls: bool) -> Finish:
    """Why it stopped. Some servers say `stop` of an answer that asks for tools."""
    return Finish.TOOLS if has_calls else _FINISH.get(reason or "stop", Finish.STOP)


def usage_of(usage: Any) -> TokenUsage:
    """The tokens, of a server that counts them; zeros of one that does not."""
    if usage is None:
        return TokenUsage()
    details = getattr(usage, "prompt_tokens_details", None)
    cached_count = getattr(details, "cached_tokens", None) or 0
    return TokenUsage(usage.prompt_tokens or 0, usage.completion_tokens or 0, cached_count)


def _message(message: Message) -> dict[str, Any]:
    row: dict[str, Any] = {"role": message.role.value, "content": message.text}
    if message.role is Role.TOOL:
        row["tool_call_id"] = message.tool_call_id or ""
    if message.tool_calls:
        row["tool_calls"] = [
            {
                "id": call.call_id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    return row


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)}
    return {"type": "function", "function": function}


def _choice(choice: str) -> str | dict[str, Any]:
    return choice if choice in _CHOICES else {"type": "function", "function": {"name": choice}}


def text_of(prompt: Prompt) -> str:
    """Everything in a prompt that costs tokens, for counting them."""
    parts = [message.text for message in prompt.messages]
    parts += [call.arguments for message in prompt.messages for call in message.tool_calls]
    parts += [json.dumps(_tool(tool)) for tool in prompt.tools]
    if prompt.json_format:
        parts.append(json.dumps(_plain(prompt.json_format.schema)))
    return "\n".join(parts)


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    return dict(schema)

"""Prompts and answers in the shape of Anthropic's messages. Pure."""

import json
from typing import Any

from core.language_models import Completion, Finish, Message, Prompt, Role, TokenUsage, ToolCall
from inference.llm.json_schema import strict_schema

_FINISH = {
    "end_turn": Finish.STOP,
    "stop_sequence": Finish.STOP,
    "pause_turn": Finish.STOP,
    "max_tokens": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "tool_use": Finish.TOOLS,
    "refusal": Finish.REFUSAL,
}
_CHOICES = {"auto": "auto", "none": "none", "required": "any"}


def request(prompt: Prompt, *, model: str) -> dict[str, Any]:
    """The body of a request, as keyword arguments of the SDK. System messages come first, together."""
    system = "\n\n".join(message.text for message in prompt.messages if message.role is Role.SYSTEM)
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": prompt.max_tokens,
        "messages": _turns(prompt.messages),
    }
    if system:
        # The stable beginning is marked, so that the provider may keep it.
        body["system"] = [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}]
    if prompt.stop:
        body["stop_sequences"] = list(prompt.stop)
    if prompt.tools:
        body["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.parameters)}
            for tool in prompt.tools
        ]
        body["tool_choice"] = _choice(prompt.tool_choice)
    if prompt.json_format:
        schema = strict_schema(prompt.json_format.schema)
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return body


def completion(message: Any, *, provider: str) -> Completion:
    """The answer in a message of the SDK."""
    blocks = message.content
    text = "".join(block.text for block in blocks if block.type == "text")
    calls = tuple(
        ToolCall(block.id, block.name, json.dumps(block.input))
        for block in blocks
        if block.type == "tool_use"
    )
    finish = _FINISH.get(message.stop_reason or "end_turn", Finish.STOP)
    return Completion(text, message.model, provider, finish, _usage(message.usage), calls)


def _usage(usage: Any) -> TokenUsage:
    """Tokens as others count them: those from and for the cache are input, too."""
    cached_count = usage.cache_read_input_tokens or 0
    input_count = usage.input_tokens + cached_count + (usage.cache_creation_input_tokens or 0)
    return TokenUsage(input_count, usage.output_tokens, cached_count)


def _turns(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """User and assistant in turn: neighbours of one side are joined, answers of tools are the user's."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.role is Role.SYSTEM:
            continue
        role = "assistant" if message.role is Role.ASSISTANT else "user"
        blocks = _blocks(message)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        else:
            turns.append({"role": role, "content": blocks})
    return turns


def _blocks(message: Message) -> list[dict[str, Any]]:
    if message.role is Role.TOOL:
        return [{"type": "tool_result", "tool_use_id": message.tool_call_id or "", "content": message.text}]
    texts = [{"type": "text", "text": message.text}] if message.text else []
    return texts + [
        {"type": "tool_use", "id": call.call_id, "name": call.name, "input": _object(call.arguments)}
        for call in message.tool_calls
    ]


def _object(arguments: str) -> dict[str, Any]:
    """A model's own arguments, given back to it: nonsense becomes an empty object."""
    try:
        found = json.loads(arguments)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _choice(choice: str) -> dict[str, Any]:
    if choice in _CHOICES:
        return {"type": _CHOICES[choice]}
    return {"type": "tool", "name": choice}

"""Answers as checked data: the schema goes with the prompt, what comes back is validated, and one mistake may be mended. Pure."""

import json
import re
from dataclasses import replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from core.language_models import JsonFormat, Message, Prompt, Role

Answer = TypeVar("Answer", bound=BaseModel)

_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_MOST_ERRORS = 10
_NAME_CHARS = 64


def with_schema(prompt: Prompt, answer: type[BaseModel], *, native: bool) -> Prompt:
    """The prompt that asks for such an answer: by the provider's own means, else in words at the end of the system message."""
    schema = answer.model_json_schema()
    if native:
        name = re.sub(r"[^A-Za-z0-9_-]", "_", answer.__name__)[:_NAME_CHARS]
        return replace(prompt, json_format=JsonFormat(name, schema))
    asked = (
        "Answer with one JSON object and nothing else: no explanation, no Markdown. It must be valid against this JSON "
        f"schema:\n{json.dumps(schema)}"
    )
    return replace(prompt, messages=_with_system(prompt.messages, asked))


def read(text: str, answer: type[Answer]) -> Answer:
    """The data in an answer.

    Raises:
        ValidationError: It is not of the schema.
    """
    return answer.model_validate_json(_bare(text))


def repair(prompt: Prompt, text: str, error: ValidationError) -> Prompt:
    """The prompt that shows a model its answer and what is wrong with it."""
    wrong = "\n".join(
        f"- {'.'.join(map(str, row['loc'])) or 'the whole'}: {row['msg']}"
        for row in error.errors()[:_MOST_ERRORS]
    )
    asked = f"That is not valid:\n{wrong}\nAnswer again with one JSON object of the schema and nothing else."
    return replace(
        prompt,
        messages=(*prompt.messages, Message(Role.ASSISTANT, text or "{}"), Message(Role.USER, asked)),
    )


def _bare(text: str) -> str:
    """The JSON without a fence around it, or words before and after."""
    fenced = _FENCE.match(text)
    bare = fenced[1] if fenced else text.strip()
    if bare.startswith("{"):
        return bare
    start, end = bare.find("{"), bare.rfind("}")
    return bare[start : end + 1] if 0 <= start < end else bare


def _with_system(messages: tuple[Message, ...], asked: str) -> tuple[Message, ...]:
    if messages and messages[0].role is Role.SYSTEM:
        return (Message(Role.SYSTEM, f"{messages[0].text}\n\n{asked}"), *messages[1:])
    return (Message(Role.SYSTEM, asked), *messages)

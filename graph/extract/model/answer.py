"""What a language model is asked for, and how it is asked. Pure."""

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.language_models import Prompt
from core.prompts import RenderedPrompt

PROMPT = "graph_extraction"
MAX_ENTITIES = 60
MAX_RELATIONS = 80
_MAX_ANSWER_TOKENS = 2000


class FoundEntity(BaseModel):
    """An entity that the model has found."""

    model_config = ConfigDict(extra="ignore")

    name: str
    kind: Literal[
        "person", "organisation", "place", "product", "event", "work", "group", "identifier", "topic"
    ] = "topic"


class FoundRelation(BaseModel):
    """A relation between two of them, by their names."""

    model_config = ConfigDict(extra="ignore")

    subject: str
    predicate: str
    object: str


class FoundGraph(BaseModel):
    """What the model has found in a passage."""

    model_config = ConfigDict(extra="ignore")

    entities: list[FoundEntity] = Field(default_factory=list)
    relations: list[FoundRelation] = Field(default_factory=list)


def question(rendered: RenderedPrompt) -> Prompt:
    """What is asked about a chunk."""
    return Prompt(rendered.messages, max_tokens=_MAX_ANSWER_TOKENS, temperature=0.0, seed=0)


def values(context: str, text: str) -> dict[str, object]:
    """What the prompt says of a chunk. `context` is what stands above it (title, headings)."""
    return {
        "entity_count": MAX_ENTITIES,
        "relation_count": MAX_RELATIONS,
        "context": context,
        "passage": text,
    }


def written(found: FoundGraph) -> str:
    """An answer as it is kept."""
    return json.dumps(found.model_dump(), ensure_ascii=True, separators=(",", ":"))

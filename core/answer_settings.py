"""Settings of answers and of what stands around them: prompts, sessions, guardrails, the agent."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from core.sections import Section


class AnswerSettings(Section):
    """How answers are made, when they are refused, and how long they are kept."""

    mode: Literal["auto", "extractive", "compact", "refine", "tree_summarize"] = Field(
        "auto",
        description="`extractive` picks sentences word for word, without a model; the others write with the language model; "
        "`auto` is `compact` where a model is configured, else `extractive`",
    )
    passage_count: int = Field(8, ge=1, le=100, description="passages that are read for an answer")
    sentence_count: int = Field(3, ge=1, le=20, description="most sentences in an extractive answer")
    min_support: float = Field(
        0.5, ge=0, le=1, description="least support of the best sentence; below it the question is refused"
    )
    context_tokens: int = Field(
        4000, ge=256, le=1_000_000, description="most tokens of passages in one prompt"
    )
    answer_tokens: int = Field(800, ge=64, le=100_000, description="most tokens that a model may write")
    rounds: int = Field(
        1, ge=1, le=3, description="most searches for one answer: above 1 poor evidence is searched for anew"
    )
    round_tokens: int = Field(
        6000,
        ge=0,
        le=10_000_000,
        description="most tokens that rewriting a question may take, all rounds together",
    )
    round_s: float = Field(10.0, gt=0, le=600, description="longest time of all rounds together")
    cache: Literal["off", "exact", "semantic"] = Field(
        "semantic",
        description="answers that a model wrote are given again: to the same question, or also to one that means the same, "
        "from the same passages",
    )
    cache_s: float = Field(86_400.0, gt=0, le=31_536_000, description="how long they are kept")
    cache_similarity: float = Field(
        0.97, ge=0.5, le=1, description="least cosine of two questions that mean the same"
    )


class PromptSettings(Section):
    """Where prompts come from."""

    folder: Path | None = Field(
        None, description="folder of prompts of your own: `<name>/<version>.j2`, before the packaged ones"
    )


class SessionSettings(Section):
    """Conversations."""

    ttl_s: float = Field(
        30 * 86_400.0, gt=0, le=315_360_000, description="how long a session is kept after its last turn"
    )
    window_count: int = Field(
        6, ge=1, le=100, description="last turns that are kept word for word in a prompt"
    )
    context_tokens: int = Field(
        1000,
        ge=64,
        le=100_000,
        description="most tokens of a session in one prompt, summary and facts included",
    )


class GuardrailSettings(Section):
    """What questions, passages and answers go through."""

    policy_file: Path | None = Field(
        None,
        description="TOML file of rules and thresholds, read again when it changes; empty: the packaged ones",
    )


class AgentSettings(Section):
    """The agent for questions of several steps."""

    step_count: int = Field(8, ge=1, le=8, description="most steps")
    tool_s: float = Field(10.0, gt=0, le=600, description="longest time of one tool call")
    total_s: float = Field(120.0, gt=0, le=3600, description="longest time of one question")
    tools: tuple[Literal["search", "fetch", "graph_neighbors", "graph_path"], ...] = Field(
        ("search", "fetch", "graph_neighbors", "graph_path"), description="what it may use"
    )

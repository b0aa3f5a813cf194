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
    fallback: Literal["extractive", "error"] = Field(
        "extractive",
        description="what happens when the language model cannot answer (no server, no budget): sentences word for word, or an "
        "error",
    )
    passage_count: int = Field(8, ge=1, le=100, description="passages that are read for an answer")
    sentence_count: int = Field(3, ge=1, le=20, description="most sentences in an extractive answer")
    min_confidence: float = Field(
        0.35,
        ge=0,
        le=1,
        description="least probability that the passages answer an extractive answer's question; below it the question is refused",
    )
    min_evidence: float = Field(
        0.1,
        ge=0,
        le=1,
        description="the same below which no language model is asked: the question is refused at no cost",
    )
    context_tokens: int = Field(
        4000, ge=256, le=1_000_000, description="most tokens of passages in one prompt"
    )
    answer_tokens: int = Field(800, ge=64, le=100_000, description="most tokens that a model may write")
    rounds: int = Field(
        1,
        ge=1,
        le=3,
        description="most rounds of searching for one answer: above 1 poor evidence is searched for anew",
    )
    good_evidence: float = Field(
        0.5,
        ge=0,
        le=1,
        description="probability that the passages answer the question from which on no further round is made",
    )
    round_tokens: int = Field(
        6000,
        ge=0,
        le=10_000_000,
        description="most tokens that rewriting a question may take, all rounds together",
    )
    round_s: float = Field(
        10.0,
        gt=0,
        le=600,
        description="longest time of all rounds together; the first search is never cut off",
    )
    cache: Literal["off", "exact", "semantic"] = Field(
        "semantic",
        description="answers that a model wrote are given again: to the same question, or also to one that means the same, "
        "from the same passages",
    )
    cache_s: float = Field(86_400.0, gt=0, le=31_536_000, description="how long they are kept")
    cache_similarity: float = Field(
        0.93,
        ge=0.5,
        le=1,
        description="least cosine of two questions that mean the same; they must share their words, too",
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
    turn_count: int = Field(1000, ge=1, le=100_000, description="most turns of a session")


class GuardrailSettings(Section):
    """What questions, passages and answers go through."""

    enabled: bool = Field(
        True,
        description="apply the rules of the policy; without them answers are still searched for personal data",
    )
    policy_file: Path | None = Field(
        None,
        description="TOML file of rules and thresholds, read again when it changes; empty: the packaged ones",
    )
    appeal_s: float = Field(
        90 * 86_400.0,
        gt=0,
        le=315_360_000,
        description="how long it is kept that something was blocked, and what became of an appeal",
    )


class AgentSettings(Section):
    """The agent for questions of several steps."""

    step_count: int = Field(8, ge=1, le=8, description="most steps")
    tool_s: float = Field(10.0, gt=0, le=600, description="longest time of one tool call")
    total_s: float = Field(120.0, gt=0, le=3600, description="longest time of one question")
    tools: tuple[Literal["search", "fetch", "graph_neighbors", "graph_path"], ...] = Field(
        ("search", "fetch", "graph_neighbors", "graph_path"), description="what it may use"
    )
    total_tokens: int = Field(
        60_000,
        ge=1000,
        le=10_000_000,
        description="most tokens that choosing the steps of one question may take",
    )
    passage_count: int = Field(5, ge=1, le=50, description="passages that one tool call shows")
    result_chars: int = Field(
        6000,
        ge=500,
        le=200_000,
        description="most characters of documents that one tool call shows to the model",
    )
    keep_s: float = Field(
        3600.0,
        gt=0,
        le=2_592_000,
        description="how long a question that was broken off can be taken up again",
    )

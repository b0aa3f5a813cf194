"""An agent's work as data: its steps, where it stands, and the ports around it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from pydantic import BaseModel

from core.answers import Answer
from core.graph import ChunkRef
from core.search import Hit


class StepOutcome(StrEnum):
    """What came of one step."""

    FOUND = "found"
    NOTHING = "nothing"
    """The tool has answered: there is nothing, or no such thing for this principal."""
    BAD_ARGUMENTS = "bad_arguments"
    UNKNOWN_TOOL = "unknown_tool"
    """No such tool, or one that the settings do not allow: the model cannot tell them apart."""
    TIMED_OUT = "timed_out"
    FAILED = "failed"


class AgentEnd(StrEnum):
    """Why no further step was made."""

    FINISHED = "finished"
    """The model has said that it has what it needs."""
    STEPS = "steps"
    TIME = "time"
    TOKENS = "tokens"
    DECLINED = "declined"
    """The model, or its provider's filter, has refused."""
    BLOCKED = "blocked"
    """A guardrail has refused the question: nothing was looked up."""
    UNUSABLE = "unusable"
    """The model could not say in a usable form what it wants."""


@dataclass(frozen=True, slots=True)
class AgentStep:
    """One call of a tool, without what was asked or found. `sources` are the numbers of the passages that it has shown.

    `tool` is empty where the model named one that there is not.
    """

    number: int
    tool: str
    outcome: StepOutcome
    argument_chars: int
    took_ms: float
    result_count: int = 0
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentResult:
    """The answer, written by the answerer that answers other questions too, and how the agent came by its passages."""

    run_id: str
    answer: Answer
    steps: tuple[AgentStep, ...]
    ended: AgentEnd
    token_count: int = 0
    source_count: int = 0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run stands after a step. It holds references to passages, never their words, nor what a model has written.

    `sources` by number, from 1. `in_words`: the model has no tools of its own, and names its steps as JSON. `left_s` seconds
    of the run's time are left. `revision` counts the times that it was kept.
    """

    run_id: str
    tenant: str
    subject: str
    question: str = field(repr=False)
    expires_at: datetime
    language: str = ""
    steps: tuple[AgentStep, ...] = ()
    sources: tuple[ChunkRef, ...] = ()
    in_words: bool = False
    left_s: float = 0.0
    token_count: int = 0
    revision: int = 0


class CheckpointStore(Protocol):
    """Keeps where runs stand. Whoever is not the owner (tenant and subject) of a run finds nothing."""

    async def save(self, checkpoint: Checkpoint) -> None:
        """Keep this in place of the revision before it.

        Raises:
            InvalidInputError: Another call has gone on with the run meanwhile, or has ended it.
        """

    async def load(self, run_id: str, *, tenant: str, subject: str) -> Checkpoint | None:
        """Where a run stands; None if there is none of this owner, or its time is over."""

    async def remove(self, run_id: str, *, tenant: str, subject: str) -> None:
        """Forget a run that is at its end."""

    async def purge(self, before: datetime) -> int:
        """Forget runs whose time was over before an instant; how many there were."""


@dataclass(frozen=True, slots=True)
class ToolFindings:
    """What a tool has found: passages, which become sources; facts and a note, which help to go on and are never cited."""

    hits: tuple[Hit, ...] = ()
    facts: tuple[str, ...] = field(default=(), repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class AgentTool:
    """Something that an agent may do on behalf of a principal. `call` gets arguments that were checked."""

    name: str
    description: str
    arguments: type[BaseModel]
    call: Callable[[Any], Awaitable[ToolFindings]]


class PassageReader(Protocol):
    """Reads passages again, as they may be read now."""

    async def passages(self, places: Sequence[ChunkRef]) -> list[Hit]:
        """Those of them that are still there and that the principal may read, in the order asked for."""


Screen: TypeAlias = Callable[[Sequence[Hit]], Awaitable[Sequence[Hit]]]
"""What passages go through before a model sees them: some are changed, some are left out."""

"""Guardrails as data: what was decided of a question, of passages or of an answer, and appeals against it. Ports included."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol

DECIDE_SCOPE = "guardrails:decide"
"""The scope of principals who may see the appeals of others and decide them."""


class Point(StrEnum):
    """Where something is looked at: the question, the passages that were found, the answer."""

    INPUT = "input"
    PASSAGES = "passages"
    OUTPUT = "output"


class Action(StrEnum):
    """What follows where a rule applies.

    `PASS`: nothing. `SHADOW`: it is counted and logged only. `REDACT`: what it applies to is taken out. `REWRITE`: the rule's text
    stands in its place. `BLOCK`: nothing goes on.
    """

    PASS = "pass"  # noqa: S105 - the name of an action
    SHADOW = "shadow"
    REDACT = "redact"
    REWRITE = "rewrite"
    BLOCK = "block"

    @property
    def strength(self) -> int:
        """The strongest of several wins. What is only counted does nothing: like a pass."""
        return int(_Strength[self.name])


class _Strength(IntEnum):
    PASS = 0
    SHADOW = 0
    REDACT = 1
    REWRITE = 2
    BLOCK = 3


class Family(StrEnum):
    """What a rule is about. A user who is refused is told this, and not more."""

    LENGTH = "length"
    INJECTION = "injection"
    TOPIC = "topic"
    SECRETS = "secrets"
    FORMAT = "format"
    CITATIONS = "citations"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided. `text` is what goes on (empty where nothing does), `rules` are those that acted, the strongest first.

    `reason` is for the user, in words, without a word of the text; empty unless the action is `BLOCK`. `appeal_id` names the
    block where it could be recorded.
    """

    action: Action
    text: str = field(repr=False)
    reason: str = ""
    rules: tuple[str, ...] = ()
    appeal_id: str | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether nothing goes on."""
        return self.action is Action.BLOCK


class AppealState(StrEnum):
    """`UNFILED`: something was blocked, and nobody has objected. A block that was `OVERTURNED` was wrong."""

    UNFILED = "unfiled"
    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True)
class Block:
    """Something that a rule has blocked, as it is recorded.

    `policy_hash` is the SHA-256 of the policy that was in effect, `fingerprint` a keyed one of the text: equal texts of a tenant
    have equal ones, and nobody without the key finds a text to one. The text itself is kept nowhere.
    """

    appeal_id: str
    tenant: str
    subject: str
    point: Point
    rule: str
    family: Family
    score: float
    policy_hash: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """A block and what became of it."""

    block: Block
    at: datetime
    state: AppealState = AppealState.UNFILED
    filed_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    note: str = ""


class Appeals(Protocol):
    """Keeps blocks, by tenant, and what became of them."""

    async def record(self, block: Block) -> None:
        """Keep a block.

        Raises:
            DependencyDownError: It cannot be kept now.
        """

    async def get(self, tenant: str, appeal_id: str) -> Appeal | None:
        """One of a tenant, or None."""

    async def file(self, tenant: str, appeal_id: str) -> bool:
        """Object to a block that nobody has objected to; whether it was one."""

    async def decide(
        self, tenant: str, appeal_id: str, *, state: AppealState, subject: str, note: str
    ) -> bool:
        """Decide an appeal, in place of an earlier decision; whether there is one that was filed."""

    async def of_tenant(
        self, tenant: str, *, states: Sequence[AppealState] = (), limit: int = 100
    ) -> list[Appeal]:
        """Those of a tenant in these states (none: in all), newest first."""

    async def purge(self, before: datetime) -> int:
        """Forget blocks from before an instant, decided or not; how many."""


@dataclass(frozen=True, slots=True)
class GuardrailCount:
    """How often a rule has applied at a point since the process began, with which action."""

    point: Point
    rule: str
    action: Action
    count: int

"""Many prompts that a provider answers within a day, at a lower price: what is ordered, and what becomes of it.

Prompts hold documents: they are left out of every `repr`, and keys say nothing of them.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.errors import DependencyDownError, InvalidInputError, SettingsError
from core.language_models import Completion, Prompt

MAX_KEY_CHARS = 64
_KEY = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_KEY_CHARS}}}")

EXPIRED = "expired"
CANCELLED = "cancelled"
RELEASED = frozenset({EXPIRED, CANCELLED})
"""Error codes of prompts that nobody has looked at: they cost nothing, and may be ordered again."""


class NoBatchesError(SettingsError):
    """A provider does not take batches."""

    code = "no_batches"


class UnknownOrderError(DependencyDownError):
    """The connection broke while an order was placed: nobody here knows whether the provider has it."""


class OrderGoneError(InvalidInputError):
    """The provider does not know an order (any more)."""

    code = "order_gone"


@dataclass(frozen=True, slots=True)
class BatchItem:
    """A prompt of an order. `key` is opaque: letters, digits, `_` and `-`, at most 64; unique in its order.

    Raises:
        InvalidInputError: The key is none.
    """

    key: str
    prompt: Prompt = field(repr=False)

    def __post_init__(self) -> None:
        """Check the key."""
        if not _KEY.fullmatch(self.key):
            raise InvalidInputError(f"a key of a batch is 1 to {MAX_KEY_CHARS} letters, digits, _ and -")


class BatchStatus(StrEnum):
    """How an order stands at the provider."""

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"
    """It was refused as a whole: there are no results."""
    EXPIRED = "expired"
    """Its time is over; what was answered until then is there."""
    CANCELLED = "cancelled"
    """The same, after a cancellation."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """Status and, as far as the provider counts them, prompts: all, answered, failed."""

    status: BatchStatus
    item_count: int = 0
    answered_count: int = 0
    failed_count: int = 0


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a prompt: a completion, or the code of an error (`expired`, `cancelled`, else the provider's)."""

    key: str
    completion: Completion | None = None
    error: str = ""


class BatchProvider(Protocol):
    """Orders at one provider, for one model.

    Errors of all: `DependencyDownError` where nobody answers, `SettingsError` for a wrong key, `OrderGoneError` where the provider
    does not know the order.
    """

    def portions(self, items: Sequence[BatchItem]) -> list[tuple[BatchItem, ...]]:
        """The items in as many orders as the provider's limits want. Order is kept."""

    async def submit(self, items: Sequence[BatchItem], *, key: str) -> str:
        """Place an order; the provider's id of it. `key` names it: the provider is told, where it has a place for that.

        Raises:
            NoBatchesError: The provider has no batches.
            UnknownOrderError: It may have the order, or not.
        """

    async def state(self, order_id: str) -> BatchState:
        """How an order stands."""

    def results(self, order_id: str) -> AsyncIterator[BatchResult]:
        """What became of its prompts, in any order; those of an order that runs are not there yet."""

    async def cancel(self, order_id: str) -> None:
        """Ask for its end. It runs until its state says otherwise, and what is answered is paid for."""

    async def forget(self, order_id: str) -> None:
        """Delete prompts and results at the provider. An order that is gone already is forgotten."""


class OrderStatus(StrEnum):
    """How an order stands with us."""

    SUBMITTING = "submitting"
    """Written down, and perhaps placed: a process died, or the connection broke, before the provider's id was known."""
    OPEN = "open"
    ENDED = "ended"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """An order as it is written down. `provider_id` is empty while it is `submitting`.

    `left_count` of its `item_count` prompts have no result yet. `is_forgotten`: the provider has deleted what it had of it.
    """

    order_id: str
    tenant: str
    feature: str
    provider: str
    model: str
    prompt_version: str
    item_count: int
    submitted_at: datetime
    status: OrderStatus = OrderStatus.SUBMITTING
    provider_id: str = ""
    left_count: int = 0
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True)
class OrderedPassage:
    """What a prompt of an order is about: the passage `reading` (`ModelReader.key`) of a document in this version."""

    key: str
    doc_id: str
    version: int
    reading: str


@dataclass(frozen=True, slots=True)
class CollectedAnswer:
    """A result as it is to be kept: `answer` is None where there is none, or none of use."""

    key: str
    answer: str | None = field(default=None, repr=False)

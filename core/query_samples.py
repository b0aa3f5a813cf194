"""What is kept of a live question to see questions change: a vector and an outcome. No word, nobody's name. Pure."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4

SEARCH, ANSWER = "search", "answer"
"""Kinds of samples."""


def drawn_id() -> str:
    """32 hex digits at random: the id of a sample, and the lot that decides whether it is kept."""
    return uuid4().hex


def day_of(at: datetime) -> str:
    """The day that a sample counts for, as 2026-01-31 in UTC."""
    return at.astimezone(UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class QuerySample:
    """One question. `vector` is its embedding, of the model with the fingerprint `model`, after personal data was replaced.

    `kind` is `search` or `answer`. `top_score` is the cosine of the passage that is nearest in meaning, `hit_age_days` the median
    age of the documents found, by their last change: both are None where nothing was found. `refused` is None for searches.
    """

    at: datetime
    tenant: str
    kind: str
    model: str
    vector: tuple[float, ...] = field(repr=False)
    result_count: int = 0
    top_score: float | None = None
    hit_age_days: float | None = None
    refused: bool | None = None
    sample_id: str = field(default_factory=drawn_id)


class QuerySamples(Protocol):
    """Keeps samples for as long as the settings say.

    Of a tenant and day those with the lowest ids stay. Ids are drawn at random, so whatever the number of questions, of processes
    and of writes, they are a uniform sample of the whole day (a bottom-k sketch: Cohen & Kaplan 2007, PODC).
    """

    async def add(self, samples: Sequence[QuerySample], *, most_per_day: int) -> int:
        """Keep them as far as they are among the `most_per_day` lowest of their tenant and day; how many of them were kept.

        One that is kept now may give way to a later one. Adding the same sample twice changes nothing.

        Raises:
            DependencyDownError: They cannot be kept now.
        """

    async def bar(self, tenant: str, day: str, *, most_per_day: int) -> str | None:
        """The id that a new sample of a day (as 2026-01-31) must be below to be kept; None while there is room."""

    async def between(self, tenant: str, *, since: datetime, until: datetime) -> list[QuerySample]:
        """Those of a tenant in [since, until), the oldest first."""

    async def purge(self, before: datetime) -> int:
        """Forget those from before an instant; how many there were."""


_LEFT: ContextVar[bool] = ContextVar("folio_samples_left", default=True)


@contextmanager
def without_samples() -> Iterator[None]:
    """What is asked inside is no live question: evaluations, checks, an operator's trial. It leaves no sample."""
    token = _LEFT.set(False)
    try:
        yield
    finally:
        _LEFT.reset(token)


def leaves_samples() -> bool:
    """Whether the current task asks live questions."""
    return _LEFT.get()

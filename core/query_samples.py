"""What is kept of a live question to see questions change: a vector and an outcome. No word, nobody's name. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QuerySample:
    """One question. `vector` is its embedding, of the model with the fingerprint `model`, after personal data was replaced.

    `kind` is `search` or `answer`. `top_score` and `hit_age_days` (median age of the documents found, by their last change)
    are None where nothing was found, `refused` is None for searches.
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


class QuerySamples(Protocol):
    """Keeps samples for as long as the settings say."""

    async def add(self, samples: Sequence[QuerySample], *, most_per_day: int) -> int:
        """Keep them, as long as the tenant's day has fewer than `most_per_day`; how many were kept.

        Raises:
            DependencyDownError: They cannot be kept now.
        """

    async def between(self, tenant: str, *, since: datetime, until: datetime) -> list[QuerySample]:
        """Those of a tenant in [since, until), the oldest first."""

    async def purge(self, before: datetime) -> int:
        """Forget those from before an instant; how many there were."""

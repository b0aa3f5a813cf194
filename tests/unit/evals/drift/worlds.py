"""Questions made for tests: vectors around a few middles, outcomes at will."""

from datetime import UTC, datetime, timedelta

import numpy as np

from core.query_samples import QuerySample
from evals.drift.questions import Questions, questions_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DIMENSION = 8


def around(middle: int, count: int, rng: np.random.Generator, *, spread: float = 0.4) -> np.ndarray:
    """Unit vectors near an axis."""
    vectors = rng.normal(scale=spread, size=(count, DIMENSION))
    vectors[:, middle] += 1.0
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def samples(
    vectors: np.ndarray,
    *,
    days_ago: range,
    rng: np.random.Generator,
    model: str = "m",
    refused_share: float = 0.1,
    age_days: float = 50.0,
    score: float = 0.6,
    empty_share: float = 0.05,
) -> list[QuerySample]:
    """A sample of each vector, spread over the days."""
    made = []
    for place, vector in enumerate(vectors):
        at = NOW - timedelta(days=days_ago[place % len(days_ago)])
        empty = bool(rng.random() < empty_share)
        made.append(
            QuerySample(
                at,
                "default",
                "answer",
                model,
                tuple(vector.tolist()),
                0 if empty else 5,
                None if empty else score + float(rng.normal(scale=0.05)),
                None if empty else age_days + float(rng.exponential(20.0)),
                bool(rng.random() < refused_share),
                f"{model} {place:04}",
            )
        )
    return sorted(made, key=lambda one: (one.at, one.sample_id))


def questions(
    vectors: np.ndarray, *, days_ago: range, rng: np.random.Generator, **changes: float
) -> Questions:
    """The same as arrays."""
    return questions_of(samples(vectors, days_ago=days_ago, rng=rng, **changes))  # type: ignore[arg-type]

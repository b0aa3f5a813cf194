"""Samples of live questions as arrays: what the statistics of drift are computed from. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np
from numpy.typing import NDArray

from core.query_samples import QuerySample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_S_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Questions:
    """`n` questions, the same row in each array. NaN is what a question has not.

    Attributes:
        vectors: (n, dimension), of unit length.
        days: The day each was asked on, as a proleptic ordinal (UTC).
        empty: 1 where nothing was found, else 0.
        refused: 1 where the answer was a refusal, else 0; NaN for searches.
        scores: Cosine of the nearest passage.
        changed: When the documents found were changed last (median), in days since 1970.
        ages: How old they were then, in days.
    """

    vectors: Floats
    days: Ints
    empty: Floats
    refused: Floats
    scores: Floats
    changed: Floats
    ages: Floats

    @property
    def count(self) -> int:
        """How many questions there are."""
        return len(self.days)

    def only(self, chosen: NDArray[np.bool_] | Ints) -> "Questions":
        """Those that a mask or positions name."""
        return Questions(**{name: getattr(self, name)[chosen] for name in self.__slots__})


def questions_of(samples: Sequence[QuerySample]) -> Questions:
    """The samples as arrays, in their order. All have to be of one model."""
    vectors = np.array([one.vector for one in samples], dtype=np.float64)
    if len(samples):
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths > 0, lengths, 1.0)
    else:
        vectors = vectors.reshape(0, 0)
    at = np.array([one.at.timestamp() / _S_PER_DAY for one in samples], dtype=np.float64)
    ages = _numbers([one.hit_age_days for one in samples])
    return Questions(
        vectors,
        np.array([one.at.astimezone(UTC).date().toordinal() for one in samples], dtype=np.int64),
        np.array([float(one.result_count == 0) for one in samples]),
        _numbers([one.refused for one in samples]),
        _numbers([one.top_score for one in samples]),
        at - ages,
        ages,
    )


def joined(one: Questions, other: Questions) -> Questions:
    """Both, one after the other."""
    return Questions(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in one.__slots__}
    )


def _numbers(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if one is None else float(one) for one in values], dtype=np.float64)

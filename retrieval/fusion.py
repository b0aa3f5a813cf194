"""Several rankings of the same things become one. Pure: no store, no clock, no settings.

A ranking is scored keys, higher is better. Ranks are taken from the scores, ties by key, so neither the order in which
candidates arrive nor the order of the rankings moves a result: sums are exact (`math.fsum`), ties are broken by key.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from core.errors import InvalidInputError

Ranking: TypeAlias = Sequence[tuple[str, float]]
Fused: TypeAlias = list[tuple[str, float]]

RRF_K = 60
# Where every score of an arm is the same, its distribution says nothing: the middle of 0 to 1, as in Qdrant.
_UNDECIDED = 0.5
_DEVIATIONS = 3


def reciprocal_rank(
    rankings: Sequence[Ranking], *, weights: Sequence[float] | None = None, k: int = RRF_K
) -> Fused:
    """Reciprocal rank fusion: the sum of `weight / (k + rank)`, ranks from 1 (Cormack, Clarke and Buettcher 2009).

    Raises:
        InvalidInputError: A score is no finite number, or the weights do not fit the rankings.
    """
    scored = [
        {key: 1 / (k + rank) for rank, (key, _) in enumerate(_sorted(arm), start=1)}
        for arm in _checked(rankings)
    ]
    return _summed(scored, weights)


def distribution_based(rankings: Sequence[Ranking], *, weights: Sequence[float] | None = None) -> Fused:
    """Distribution-based score fusion (Mazzeschi 2023, as in Qdrant): the sum of scores normalised arm by arm.

    Mean - 3 s becomes 0, mean + 3 s becomes 1, where s is the sample standard deviation of the arm's scores; what lies
    beyond is not cut.

    Raises:
        InvalidInputError: A score is no finite number, or the weights do not fit the rankings.
    """
    return _summed([_by_distribution(arm) for arm in _checked(rankings)], weights)


@dataclass(frozen=True, slots=True)
class Scale:
    """Where scores of an arm lie: `low` becomes 0, `low + span` becomes 1. Span 0: all are the same, and say nothing."""

    low: float
    span: float

    def of(self, score: float) -> float:
        """A score of the arm, also one that it was not made from."""
        return (score - self.low) / self.span if self.span else _UNDECIDED


def scale_of(scores: Sequence[float]) -> Scale:
    """From three standard deviations below the mean to three above it."""
    count = len(scores)
    mean = math.fsum(scores) / count if count else 0.0
    variance = math.fsum((score - mean) ** 2 for score in scores) / max(count - 1, 1)
    span = 2 * _DEVIATIONS * math.sqrt(variance)
    return Scale(mean - span / 2, span)


def convex(
    dense: Ranking, lexical: Ranking, *, dense_weight: float = 0.6, dense_floor: float | None = 0.0
) -> Fused:
    """A convex combination of normalised scores (Bruch, Gai and Ingber 2023, eq. 3): `w dense + (1 - w) lexical`.

    Cosines become `(cosine - floor) / (best - floor)`, BM25 scores `score / best`: theoretical minima, where the
    candidates' own would change with how many are asked for. What an arm did not bring counts 0 in it.

    Args:
        dense: Cosines.
        lexical: BM25 scores.
        dense_weight: w, 0 to 1.
        dense_floor: The cosine that counts 0. The lowest candidate is taken where it lies below, and for None.

    Raises:
        InvalidInputError: A score is no finite number, or the weight is not within 0 and 1.
    """
    if not 0 <= dense_weight <= 1:
        raise InvalidInputError(f"the dense weight is {dense_weight}; it must lie between 0 and 1")
    cosines, words = _checked([dense, lexical])
    lowest = min(cosines.values(), default=0.0)
    floor = lowest if dense_floor is None else min(dense_floor, lowest)
    arms = [_above(cosines, floor=floor), _above(words, floor=min([0.0, *words.values()]))]
    return _summed(arms, [dense_weight, 1 - dense_weight])


def _checked(rankings: Sequence[Ranking]) -> list[dict[str, float]]:
    """The scores by key; of a key that an arm names twice the best."""
    arms: list[dict[str, float]] = []
    for number, ranking in enumerate(rankings, start=1):
        arm: dict[str, float] = {}
        for key, score in ranking:
            if not math.isfinite(score):
                raise InvalidInputError(
                    f"ranking {number} has the score {score} for '{key}': use finite numbers"
                )
            arm[key] = max(score, arm.get(key, score))
        arms.append(arm)
    return arms


def _sorted(scores: Mapping[str, float]) -> Fused:
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _by_distribution(scores: Mapping[str, float]) -> dict[str, float]:
    scale = scale_of(list(scores.values()))
    return {key: scale.of(score) for key, score in scores.items()}


def _above(scores: Mapping[str, float], *, floor: float) -> dict[str, float]:
    """Scores from the floor (0) to the best (1). Where all are the same and on the floor, each is the best."""
    span = max(scores.values(), default=floor) - floor
    if span <= 0:
        return dict.fromkeys(scores, 1.0)
    return {key: (score - floor) / span for key, score in scores.items()}


def _summed(arms: Sequence[Mapping[str, float]], weights: Sequence[float] | None) -> Fused:
    parts: defaultdict[str, list[float]] = defaultdict(list)
    for weight, arm in zip(_weights(weights, count=len(arms)), arms, strict=True):
        for key, score in arm.items():
            parts[key].append(weight * score)
    return _sorted({key: math.fsum(values) for key, values in parts.items()})


def _weights(weights: Iterable[float] | None, *, count: int) -> list[float]:
    given = [1.0] * count if weights is None else list(weights)
    if len(given) != count or not all(math.isfinite(weight) and weight >= 0 for weight in given):
        raise InvalidInputError(f"{count} rankings need {count} weights of 0 or more; given: {given}")
    return given

"""How far scores agree with labels. Pure: numbers in, numbers out; scipy does the ranks and the bootstrap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.errors import MissingExtraError

Floats: TypeAlias = NDArray[np.float64]
Cuts: TypeAlias = tuple[float, float]
"""Scores from the second on are a yes, from the first on partly, others no. Equal cuts: the judge knows no partly."""

RESAMPLES = 2000
CLASSES = {"supported": 1.0, "partly": 0.5, "not supported": 0.0}
_BINS = 5


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """Of the statements called so, the share that are (precision); of those that are, the share called so (recall)."""

    name: str
    count: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements with scores from `low` to `high`: how many, their mean score, their mean label."""

    low: float
    high: float
    count: int
    score: float
    label: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge against people on one set.

    `spearman` with its 95% interval is None where every score, or every label, is the same: nothing is ranked then. `kappa` is
    Cohen's, of the three classes. `error` is the expected calibration error. `judged_count` of `asked_count` statements had a score.
    """

    asked_count: int
    judged_count: int
    spearman: float | None
    low: float | None
    high: float | None
    kappa: float
    classes: tuple[ClassAgreement, ...]
    bins: tuple[Bin, ...]
    error: float


def agreement(
    scores: Sequence[float | None], labels: Sequence[float], *, cuts: Cuts, seed: int = 7
) -> Agreement:
    """Over all statements; those without a score (None) are counted, and are in nothing else.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    judged = [(score, label) for score, label in zip(scores, labels, strict=True) if score is not None]
    said = np.array([score for score, _ in judged], dtype=float)
    meant = np.array([label for _, label in judged], dtype=float)
    rank = rank_correlation(said, meant, seed=seed)
    called = classes_of(said, cuts)
    bins = reliability(said, meant)
    return Agreement(
        len(scores),
        len(judged),
        *rank,
        cohens_kappa(called, meant),
        tuple(_class(name, value, called, meant) for name, value in CLASSES.items()),
        bins,
        calibration_error(bins),
    )


def rank_correlation(
    said: Floats, meant: Floats, *, seed: int
) -> tuple[float | None, float | None, float | None]:
    """Spearman's rho, ties by their mean rank, with a 95% interval by the percentile bootstrap over statements (2,000 resamples).

    Raises:
        MissingExtraError: scipy is not installed.
    """
    if len(said) < 3 or np.ptp(said) == 0 or np.ptp(meant) == 0:
        return None, None, None
    try:
        from scipy.stats import rankdata
    except ModuleNotFoundError:
        raise MissingExtraError("the calibration of judges", extra="evals") from None
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(said), size=(RESAMPLES, len(said)))
    # Of a resample without any difference there is no rho: it is left out.
    found = _pearson_rows(rankdata(said[draws], axis=1), rankdata(meant[draws], axis=1))
    low, high = np.nanquantile(found, [0.025, 0.975])
    rho = _pearson_rows(rankdata(said)[None, :], rankdata(meant)[None, :])[0]
    return float(rho), float(low), float(high)


def classes_of(said: Floats, cuts: Cuts) -> Floats:
    """1, 0.5 or 0 for each score."""
    partly, yes = cuts
    found: Floats = np.where(said >= yes, 1.0, np.where(said >= partly, 0.5, 0.0))
    return found


def cohens_kappa(called: Floats, meant: Floats) -> float:
    """`(p_o - p_e) / (1 - p_e)`: agreement beyond that of chance with the same shares of classes (Cohen 1960); 0 without statements.

    p_o is the share of equal classes, p_e the sum over classes of the product of their shares. 0 where both know one class only.
    """
    if len(called) == 0:
        return 0.0
    observed = float(np.mean(called == meant))
    chance = sum(
        float(np.mean(called == value)) * float(np.mean(meant == value)) for value in CLASSES.values()
    )
    return (observed - chance) / (1 - chance) if chance < 1 else 0.0


def reliability(said: Floats, meant: Floats) -> tuple[Bin, ...]:
    """Five bins of equal width; those without statements are left out."""
    places = np.minimum((said * _BINS).astype(int), _BINS - 1)
    return tuple(
        Bin(
            at / _BINS,
            (at + 1) / _BINS,
            int(np.sum(places == at)),
            float(said[places == at].mean()),
            float(meant[places == at].mean()),
        )
        for at in range(_BINS)
        if np.any(places == at)
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: `sum over bins of count / n * |mean score - mean label|` (Naeini et al. 2015)."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.score - one.label) for one in bins) / total if total else 0.0


def _class(name: str, value: float, called: Floats, meant: Floats) -> ClassAgreement:
    both = int(np.sum((called == value) & (meant == value)))
    called_count, count = int(np.sum(called == value)), int(np.sum(meant == value))
    return ClassAgreement(
        name,
        count,
        both / called_count if called_count else None,
        both / count if count else None,
    )


def _pearson_rows(one: Floats, other: Floats) -> Floats:
    """Pearson's r of each pair of rows; not a number where a row does not vary."""
    a = one - one.mean(axis=1, keepdims=True)
    b = other - other.mean(axis=1, keepdims=True)
    below = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    found: Floats = np.divide((a * b).sum(axis=1), below, out=np.full(len(below), np.nan), where=below > 0)
    return found

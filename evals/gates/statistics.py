"""Whether a difference is more than chance. Pure: arrays in, numbers out, seeded. scipy does the sums, loaded when asked.

Sources: Efron and Tibshirani 1993, An Introduction to the Bootstrap (BCa: chapter 14; permutation tests: chapter 15). Smucker,
Allan and Carterette 2007, A comparison of statistical significance tests for information retrieval evaluation (CIKM). Holm 1979,
A simple sequentially rejective multiple test procedure. Cliff 1993, Dominance statistics. DeLong, DeLong and Clarke-Pearson 1988,
Comparing the areas under two or more correlated ROC curves.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import InvalidInputError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Callable

_P = ParamSpec("_P")
_R = TypeVar("_R")
Floats = NDArray[np.float64]
_SAME = 1e-12
"""Differences below are rounding: scores are shares and ranks."""
_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RankTest:
    """A rank test of two groups. `superiority` is the common-language effect size of the second over the first.

    That is P(second > first) + P(equal)/2, .5 where neither tends to be larger; `low` and `high` bound it.
    """

    p: float
    superiority: float
    low: float
    high: float

    @property
    def cliffs_delta(self) -> float:
        """P(second > first) - P(second < first), from -1 to 1 (Cliff 1993)."""
        return 2 * self.superiority - 1


def _needs_scipy(function: "Callable[_P, _R]") -> "Callable[_P, _R]":
    @wraps(function)
    def told(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "scipy":
                raise
            raise MissingExtraError("comparing evaluations", extra="evals") from None

    return told


@_needs_scipy
def mean_interval(
    differences: Sequence[float] | Floats, *, confidence: float = 0.95, resamples: int = 2_000, seed: int = 7
) -> Interval:
    """The mean of paired differences with its bootstrap interval, bias-corrected and accelerated (BCa).

    Where BCa is not defined (all draws on one side of the mean), the percentile interval takes its place.

    Raises:
        InvalidInputError: There is no difference, or one that is no number.
    """
    from scipy.stats import bootstrap

    values = _numbers(differences)
    mean = float(values.mean())
    if np.ptp(values) <= _SAME:
        return Interval(mean, mean, mean)
    for method in ("BCa", "percentile"):
        with warnings.catch_warnings():
            # scipy warns where BCa is not defined; the bounds are not numbers then, which is looked at.
            warnings.simplefilter("ignore")
            found = bootstrap(
                (values,),
                np.mean,
                confidence_level=confidence,
                n_resamples=resamples,
                method=method,
                rng=np.random.default_rng(seed),
                vectorized=True,
            ).confidence_interval
        if math.isfinite(found.low) and math.isfinite(found.high):
            break
    return Interval(mean, float(found.low), float(found.high))


def sign_flip_p(differences: Sequence[float] | Floats, *, resamples: int = 10_000, seed: int = 7) -> float:
    """The two-sided p of a paired permutation test: were before and after exchangeable, each sign could be the other.

    The statistic is the mean. Cases without a difference change nothing and are left out. With at most log2(`resamples`) others
    every sign pattern is tried, and p is exact; with more, patterns are drawn, and p is (1 + those as far out) / (1 + drawn).

    Raises:
        InvalidInputError: There is no difference, or one that is no number.
    """
    values = _numbers(differences)
    values = values[np.abs(values) > _SAME]
    if not len(values):
        return 1.0
    # Not scipy.stats.permutation_test, which takes 25 to 60 times as long for the same: a scorecard has hundreds of tests.
    patterns = 2 ** min(len(values), 62)
    is_exact = patterns <= resamples
    reached, draw = 0, np.random.default_rng(seed)
    for begin in range(0, patterns if is_exact else resamples, _BATCH):
        end = min(begin + _BATCH, patterns if is_exact else resamples)
        flipped = (
            np.arange(begin, end)[:, None] >> np.arange(len(values)) & 1
            if is_exact
            else draw.integers(0, 2, (end - begin, len(values)), dtype=np.int8)
        )
        sums = np.abs((1 - 2.0 * flipped) @ values)
        reached += int((sums >= abs(values.sum()) - _SAME * len(values)).sum())
    return reached / patterns if is_exact else (1 + reached) / (1 + resamples)


def holm(ps: Sequence[float]) -> list[float]:
    """The p-values after Holm's correction, in the order given.

    Of m, ascending, p(i) becomes the largest min(1, (m - j + 1) p(j)) over j <= i. Rejecting those of at most alpha, a share of
    at most alpha of the families without any difference has a rejection.
    """
    adjusted, last = [0.0] * len(ps), 0.0
    for rank, at in enumerate(sorted(range(len(ps)), key=lambda one: ps[one])):
        last = max(last, min(1.0, (len(ps) - rank) * ps[at]))
        adjusted[at] = last
    return adjusted


@_needs_scipy
def mann_whitney(
    first: Sequence[float] | Floats, second: Sequence[float] | Floats, *, confidence: float = 0.95
) -> RankTest:
    """Whether values of the second group tend to be larger or smaller: Mann-Whitney U, two-sided, ties corrected.

    Exact for small groups without ties. The interval of the effect size is DeLong's, on the logit scale.

    Raises:
        InvalidInputError: A group is empty, or has what is no number.
    """
    from scipy.stats import mannwhitneyu

    one, two = _numbers(first), _numbers(second)
    if np.ptp(np.concatenate([one, two])) <= _SAME:
        return RankTest(1.0, 0.5, 0.5, 0.5)
    found = mannwhitneyu(two, one, alternative="two-sided", method="auto")
    superiority = float(found.statistic) / (len(one) * len(two))
    low, high = _superiority_interval(one, two, superiority, confidence=confidence)
    return RankTest(float(found.pvalue), superiority, low, high)


@_needs_scipy
def fisher(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Fisher's exact test, two-sided, of two shares, each as (how many have it, of how many); its p.

    Raises:
        InvalidInputError: More have it than there are.
    """
    from scipy.stats import fisher_exact

    for has, count in (first, second):
        if not 0 <= has <= count:
            raise InvalidInputError(f"a share of {has} in {count} cannot be")
    table = [[has, count - has] for has, count in (first, second)]
    return float(fisher_exact(table).pvalue)


@_needs_scipy
def share_difference(
    first: tuple[int, int], second: tuple[int, int], *, confidence: float = 0.95
) -> Interval:
    """The second share minus the first, with Newcombe's hybrid score interval (1998, method 10).

    Its bounds come from Wilson's interval (l, u) of either share: p2 - p1 - sqrt((p2 - l2)^2 + (u1 - p1)^2), and likewise above.

    Raises:
        InvalidInputError: A group is empty.
    """
    from scipy.stats import binomtest

    if not first[1] or not second[1]:
        raise InvalidInputError("a share of nothing cannot be compared")
    bounds = [
        binomtest(has, count).proportion_ci(confidence_level=confidence, method="wilson")
        for has, count in (first, second)
    ]
    p1, p2 = first[0] / first[1], second[0] / second[1]
    low = p2 - p1 - math.hypot(p2 - bounds[1].low, bounds[0].high - p1)
    high = p2 - p1 + math.hypot(bounds[1].high - p2, p1 - bounds[0].low)
    return Interval(p2 - p1, low, high)


def _superiority_interval(
    one: Floats, two: Floats, superiority: float, *, confidence: float
) -> tuple[float, float]:
    """DeLong's variance: that of each group's placements among the other, over its size; on the logit scale as in Newcombe 2006.

    Groups that do not overlap have no variance: the bound then is that of as many successes as the smaller group has members,
    (alpha/2)^(1/n) (Clopper and Pearson).
    """
    from scipy.stats import norm

    if superiority in (0.0, 1.0):
        bound = ((1 - confidence) / 2) ** (1 / min(len(one), len(two)))
        return (bound, 1.0) if superiority else (0.0, 1 - bound)
    placed = _placements(two, one), 1 - _placements(one, two)
    variance = sum(float(part.var(ddof=1)) / len(part) for part in placed if len(part) > 1)
    spread = superiority * (1 - superiority)
    reach = float(norm.ppf((1 + confidence) / 2)) * math.sqrt(variance) / spread
    logit = math.log(superiority / (1 - superiority))
    return _expit(logit - reach), _expit(logit + reach)


def _placements(values: Floats, among: Floats) -> Floats:
    """For each value the share of the others below it, ties half: by searching, for all pairs of large groups fill the memory."""
    ordered = np.sort(among)
    below, up_to = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    return (below + up_to) / (2 * len(ordered))


def _expit(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def _numbers(values: Sequence[float] | Floats) -> Floats:
    found: Floats = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not found.size:
        raise InvalidInputError("there are no values to compare")
    if not np.isfinite(found).all():
        raise InvalidInputError("a value to compare is no finite number")
    return found

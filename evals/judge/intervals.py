"""How sure a mean over cases is, where each case was judged several times. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev, variance

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its confidence interval. `low` and `high` are None with fewer than two cases.

    `repeat_sd` is how far judgements of one case lie apart, None where no case has two.
    """

    mean: float
    low: float | None
    high: float | None
    case_count: int
    repeat_sd: float | None = None


def interval(cases: Sequence[Sequence[float]]) -> Interval | None:
    """The mean over the means of the cases, with its 95% interval by Student's t; None without a case.

    `m +- t(0.975, n - 1) * s / sqrt(n)`, where m and s are mean and standard deviation of the n means of the cases. Cases are what
    was drawn, repeats are not: the repeats of a case count as one (standard errors by cluster, Miller 2024, "Adding Error Bars to
    Evals", section 2.2; the judge's own noise, divided by the number of repeats, is a part of s). The bounds are cut at 0 and 1.
    `repeat_sd` is `sqrt(mean of the variances within the cases)`.
    """
    means = [fmean(one) for one in cases if one]
    if not means:
        return None
    within = [variance(one) for one in cases if len(one) > 1]
    repeat_sd = math.sqrt(fmean(within)) if within else None
    mean = fmean(means)
    if len(means) < 2:
        return Interval(mean, None, None, len(means), repeat_sd)
    half = _quantile(len(means) - 1) * stdev(means) / math.sqrt(len(means))
    return Interval(mean, max(mean - half, 0.0), min(mean + half, 1.0), len(means), repeat_sd)


def _quantile(freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, freedom))

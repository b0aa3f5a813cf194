"""What became of questions: rates of failure, scores, and how recent the documents found are, in every deal. Pure."""

import numpy as np

from evals.drift.arrangements import Arrangements
from evals.drift.questions import Floats


def rate_differences(happened: Floats, arrangements: Arrangements) -> Floats:
    """|z| of the two-proportion test (pooled: Fleiss, Levin & Paik 2003, section 3.2) of every deal; NaN is left out."""
    asked = ~np.isnan(happened)
    new, new_of = arrangements.sums(np.where(asked, happened, 0.0)), arrangements.sums(asked.astype(float))
    usual, usual_of = np.nansum(happened) - new, asked.sum() - new_of
    pooled = np.nansum(happened) / max(asked.sum(), 1)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / np.maximum(new_of, 1) + 1 / np.maximum(usual_of, 1)))
    difference = new / np.maximum(new_of, 1) - usual / np.maximum(usual_of, 1)
    return np.asarray(np.abs(difference) / np.where(spread > 0, spread, 1.0))


def largest_gaps(values: Floats, arrangements: Arrangements) -> Floats:
    """Kolmogorov-Smirnov: the largest distance between the two distribution functions, of every deal; NaN is left out.

    Of equal values the functions are compared after the last one.
    """
    kept = np.flatnonzero(~np.isnan(values))
    order = kept[np.argsort(values[kept], kind="stable")]
    ends = np.append(np.diff(values[order]) > 0, True)
    is_new = arrangements.deals[:, arrangements.unit_of[order]]
    new = np.cumsum(is_new, axis=1, dtype=np.float64)
    usual = np.arange(1, len(order) + 1) - new
    gaps = np.abs(new / np.maximum(new[:, -1:], 1) - usual / np.maximum(usual[:, -1:], 1))
    return np.asarray(gaps[:, ends].max(axis=1))


def setbacks(changed: Floats, arrangements: Arrangements) -> Floats:
    """How far the new questions lead to documents that were changed earlier: minus the mean rank of the day of change, by deal.

    A one-sided rank-sum test (Mann & Whitney 1947). The day of change, not the age: where nothing is written and nothing else is
    asked, all documents grow older by a week a week, and that is no drift.
    """
    from scipy.stats import rankdata

    kept = ~np.isnan(changed)
    ranks = np.zeros(len(changed))
    ranks[kept] = rankdata(changed[kept])
    new_of = np.maximum(arrangements.sums(kept.astype(float)), 1)
    usual_of = np.maximum(kept.sum() - new_of, 1)
    new = arrangements.sums(ranks)
    return np.asarray((ranks.sum() - new) / usual_of - new / new_of)

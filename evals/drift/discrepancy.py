"""Maximum mean discrepancy: how far two sets of vectors are apart, whatever the way in which they differ. Pure.

Source: Gretton, Borgwardt, Rasch, Schölkopf & Smola, A Kernel Two-Sample Test, JMLR 13 (2012), eq. 3 and section 8 (median heuristic).
"""

import numpy as np

from evals.drift.arrangements import Arrangements
from evals.drift.questions import Floats

_BANDWIDTH_COUNT = 1_000


def kernel(vectors: Floats, *, bandwidth: float) -> Floats:
    """RBF: exp(-||a - b||^2 / (2 bandwidth^2)) of every pair, (n, n)."""
    return np.asarray(np.exp(_squares(vectors) / (-2.0 * bandwidth**2)))


def median_bandwidth(vectors: Floats) -> float:
    """The median distance of pairs of different vectors; 1 where all are the same."""
    squares = _squares(vectors[:_BANDWIDTH_COUNT])
    distances = np.sqrt(squares[np.triu_indices(len(squares), 1)])
    distances = distances[distances > 1e-9]
    return float(np.median(distances)) if len(distances) else 1.0


def discrepancies(kernel_values: Floats, arrangements: Arrangements) -> Floats:
    """The unbiased MMD^2 of every deal between its new questions and the others. Below 0 is possible, as is right for unbiased.

    With sums over pairs of different questions: new/(m(m-1)) + usual/(n(n-1)) - 2 between/(mn).
    """
    blocks = _by_unit(kernel_values, arrangements)
    deals = arrangements.deals.astype(np.float64)
    diagonal = np.bincount(
        arrangements.unit_of, weights=np.diag(kernel_values), minlength=arrangements.unit_count
    )
    new_count = deals @ np.bincount(arrangements.unit_of, minlength=arrangements.unit_count)
    usual_count = len(kernel_values) - new_count
    rows = deals @ blocks
    new, touching = (rows * deals).sum(axis=1), rows.sum(axis=1)
    between = touching - new
    usual = blocks.sum() - 2 * touching + new
    new_diagonal = deals @ diagonal
    return np.asarray(
        (new - new_diagonal) / np.maximum(new_count * (new_count - 1), 1)
        + (usual - diagonal.sum() + new_diagonal) / np.maximum(usual_count * (usual_count - 1), 1)
        - 2 * between / np.maximum(new_count * usual_count, 1)
    )


def _by_unit(values: Floats, arrangements: Arrangements) -> Floats:
    """Sums of the kernel over pairs of units."""
    if not arrangements.by_day:
        return values
    order = np.argsort(arrangements.unit_of, kind="stable")
    starts = np.searchsorted(arrangements.unit_of[order], np.arange(arrangements.unit_count))
    rows = np.add.reduceat(values[order], starts, axis=0)
    return np.asarray(np.add.reduceat(rows[:, order], starts, axis=1))


def _squares(vectors: Floats) -> Floats:
    lengths = (vectors**2).sum(axis=1)
    return np.asarray(np.maximum(lengths[:, None] + lengths[None, :] - 2 * vectors @ vectors.T, 0.0))

"""Which questions could have been the new ones, if nothing had changed: what every statistic of drift is compared with. Pure.

If usual and new questions come from the same source, it is chance which of them are new. So the units are dealt anew, many times,
and a statistic of the real deal is unusual if few of the others reach it (permutation test: Good 2005, ch. 3). The units are whole
days where there are enough of them: on one day many questions come from the same people about the same thing, and dealing single
questions would take that for drift.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from evals.drift.questions import Floats, Ints

Deals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Arrangements:
    """Ways to call units new.

    Attributes:
        unit_of: Number of each question's unit (n,).
        deals: (1 + deal count, unit count): 1 where a unit is new. The first row is what really happened.
        by_day: Whether units are days.
    """

    unit_of: Ints
    deals: Deals
    by_day: bool

    @property
    def unit_count(self) -> int:
        """How many units there are."""
        return int(self.deals.shape[1])

    def sums(self, values: Floats) -> Floats:
        """For each deal, the sum of what the new questions have: (n,) gives (deals,), (n, k) gives (deals, k)."""
        columns = values.reshape(len(values), -1)
        per_unit = np.zeros((self.unit_count, columns.shape[1]))
        np.add.at(per_unit, self.unit_of, columns)
        summed = self.deals.astype(np.float64) @ per_unit
        return summed[:, 0] if values.ndim == 1 else summed


@dataclass(frozen=True, slots=True)
class Level:
    """A statistic beside what it would be by chance.

    `null` is what the other deals give, `p` the share of deals that give at least `value`, with the real one among them
    (never 0: Phipson & Smyth 2010), and `threshold` the value that only the share alpha of deals exceeds.
    """

    value: float
    threshold: float
    p: float
    null: Floats


def arrange(days: Ints, new: NDArray[np.bool_], *, deal_count: int, rng: np.random.Generator) -> Arrangements:
    """The real deal and `deal_count` others. Whole days are dealt if there are as many ways to.

    Args:
        days: Of each question.
        new: Which are new. A day is new or usual as a whole.
        deal_count: How many others.
        rng: Deals.
    """
    of_day, is_new_day = _by_day(days, new)
    by_day = enough_days(len(is_new_day), int(is_new_day.sum()), deal_count=deal_count)
    unit_of = of_day if by_day else np.arange(len(days))
    real = is_new_day if by_day else new
    return Arrangements(unit_of, _dealt(real, deal_count, rng), by_day)


def enough_days(day_count: int, new_count: int, *, deal_count: int) -> bool:
    """Whether so many days can be dealt in enough ways for p to become as small as it has to."""
    return comb(day_count, new_count) >= deal_count


def level(values: Floats, *, alpha: float) -> Level:
    """The first value beside the others: how unusually high it is."""
    observed, null = float(values[0]), values[1:]
    # The sums of other deals are rounded otherwise: what is equal has to count as equal.
    reached = int((null >= observed - 1e-9 * max(abs(observed), 1e-9)).sum())
    p = (1 + reached) / (1 + len(null))
    return Level(observed, float(np.quantile(null, 1 - alpha)), p, null)


def _by_day(days: Ints, new: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.bool_]]:
    """The number of each question's day, and which days are new."""
    # A day that both windows have a part of counts as two.
    keys = days * 2 + new
    found, of_day = np.unique(keys, return_inverse=True)
    return of_day.astype(np.int64), (found % 2).astype(bool)


def _dealt(real: NDArray[np.bool_], deal_count: int, rng: np.random.Generator) -> Deals:
    rows = np.tile(real, (deal_count, 1))
    return np.vstack([real, rng.permuted(rows, axis=1)]).astype(np.float32)

"""How many are needed to see a difference. Pure; normal quantiles from the standard library.

Sources: Noether 1987, Sample size determination for some common nonparametric tests (JASA 82). Chow, Shao and Wang 2008, Sample
Size Calculations in Clinical Research, 2nd edition, chapter 3.
"""

import math
from statistics import NormalDist

from core.errors import InvalidInputError


def rank_test_size(superiority: float, *, alpha: float = 0.05, power: float = 0.8, share: float = 0.5) -> int:
    """How many in both groups together a two-sided Mann-Whitney test needs (Noether 1987).

    N = (z(1 - alpha/2) + z(power))^2 / (12 c (1 - c) (P - 1/2)^2), where P is the `superiority` to be seen, P(second > first) +
    P(equal)/2, and c the `share` of the second group. It is for values without ties, and a little too many where there are ties.

    Raises:
        InvalidInputError: Nothing is to be seen, or a chance or share is none.
    """
    _check(alpha=alpha, power=power, share=share)
    if not 0 <= superiority <= 1 or superiority == 0.5:
        raise InvalidInputError("an effect to be seen is a superiority from 0 to 1 other than .5")
    z = _z(1 - alpha / 2) + _z(power)
    return math.ceil(z**2 / (12 * share * (1 - share) * (superiority - 0.5) ** 2))


def paired_size(deviation: float, difference: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """How many pairs a two-sided test of their mean difference needs (Chow, Shao and Wang, 3.2).

    n = ((z(1 - alpha/2) + z(power)) s / d)^2, where s is the standard deviation of the differences and d the one to be seen.

    Raises:
        InvalidInputError: Nothing is to be seen.
    """
    _check(alpha=alpha, power=power, share=0.5)
    if difference <= 0 or deviation < 0:
        raise InvalidInputError("a difference to be seen is above 0, a deviation at least 0")
    return max(1, math.ceil(((_z(1 - alpha / 2) + _z(power)) * deviation / difference) ** 2))


def _z(chance: float) -> float:
    return NormalDist().inv_cdf(chance)


def _check(**chances: float) -> None:
    for name, chance in chances.items():
        if not 0 < chance < 1:
            raise InvalidInputError(f"{name} is between 0 and 1, not {chance:g}")

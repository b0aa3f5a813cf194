"""How many are needed: against published tables, and by doing it."""

import numpy as np
import pytest

from core.errors import InvalidInputError
from evals.gates.sample_size import paired_size, rank_test_size
from evals.gates.statistics import mann_whitney


def test_noethers_size_by_hand() -> None:
    # (1.959964 + .841621)^2 / (12 * .25 * .2^2) = 7.84888 / .12 = 65.4
    assert rank_test_size(0.7) == rank_test_size(0.3) == 66
    assert rank_test_size(0.7, share=0.1) == 182
    assert rank_test_size(0.7, power=0.9) > rank_test_size(0.7)


def test_a_rank_test_of_that_size_has_about_that_power() -> None:
    # Normals that are .742 standard deviations apart: P(second > first) = .7.
    draw, half = np.random.default_rng(1), rank_test_size(0.7) // 2
    seen = sum(
        mann_whitney(draw.normal(0, 1, half), draw.normal(0.742, 1, half)).p <= 0.05 for _ in range(300)
    )
    assert 0.73 <= seen / 300 <= 0.9


def test_pairs_by_hand() -> None:
    # 7.84888 * (.3/.1)^2 = 70.6
    assert paired_size(0.3, 0.1) == 71
    assert paired_size(0.0, 0.1) == 1


@pytest.mark.parametrize("superiority", [0.5, 1.2])
def test_nothing_to_be_seen_is_refused(superiority: float) -> None:
    with pytest.raises(InvalidInputError):
        rank_test_size(superiority)


def test_chances_that_are_none_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="power"):
        rank_test_size(0.6, power=1)
    with pytest.raises(InvalidInputError, match="above 0"):
        paired_size(1, 0)

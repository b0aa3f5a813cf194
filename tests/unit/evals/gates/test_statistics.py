"""The statistics of gates: published examples, exact sums, invariants, and how often they raise a false alarm."""

import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import brunnermunzel, permutation_test

from core.errors import InvalidInputError, MissingExtraError
from evals.gates.statistics import (
    fisher,
    holm,
    mann_whitney,
    mean_interval,
    share_difference,
    sign_flip_p,
)

values = st.lists(st.floats(-1, 1, allow_nan=False).map(lambda one: round(one, 3)), min_size=1, max_size=12)


def test_few_differences_give_the_exact_share_of_sign_patterns() -> None:
    # All six better: only the pattern itself and its mirror are as far out, 2 of 64.
    assert sign_flip_p([0.1] * 6) == pytest.approx(2 / 64)
    # 3 and -1: the sums of all patterns are 4, 2, -2, -4; all four are at least as far out as 2.
    assert sign_flip_p([3, -1]) == 1
    # 4, 2, 1: sums of 7, 5, 3, 1 and their mirrors; of 8, those of at least 5 are 4.
    assert sign_flip_p([4, 2, -1]) == pytest.approx(4 / 8)


@pytest.mark.parametrize("count", [5, 13, 40])
def test_the_permutation_test_agrees_with_that_of_scipy(count: int) -> None:
    differences = np.random.default_rng(count).normal(0.2, 1, count)
    theirs = permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        n_resamples=9_999,
        vectorized=True,
        rng=np.random.default_rng(3),
    )
    assert sign_flip_p(differences) == pytest.approx(theirs.pvalue, abs=1e-12 if count < 14 else 0.02)


def test_cases_without_a_difference_change_nothing() -> None:
    assert sign_flip_p([0.2, 0.3, 0.1, 0.4, 0.2, *[0.0] * 500]) == pytest.approx(2 / 32)
    assert sign_flip_p([0.0, 0.0]) == 1


@given(values)
def test_p_is_a_chance_and_takes_no_side(differences: list[float]) -> None:
    p = sign_flip_p(differences)
    assert 0 < p <= 1
    assert sign_flip_p([-one for one in differences]) == pytest.approx(p)
    assert sign_flip_p(differences[::-1]) == pytest.approx(p)


def test_where_nothing_has_changed_the_permutation_test_alarms_about_as_often_as_it_says() -> None:
    draw = np.random.default_rng(5)
    alarms = sum(
        sign_flip_p(draw.choice([-0.5, -0.1, 0.1, 0.5], 30), resamples=500, seed=at) <= 0.05
        for at in range(600)
    )
    # 30 expected; four standard deviations either side.
    assert 30 - 22 <= alarms <= 30 + 22


def test_intervals_hold_the_mean_about_as_often_as_they_say() -> None:
    draw = np.random.default_rng(11)
    held = 0
    for at in range(200):
        found = mean_interval(draw.exponential(1, 40) - 1, resamples=400, seed=at)
        held += found.low <= 0 <= found.high
    # 190 expected; skewed data of 40 lose a little.
    assert 176 <= held <= 199


def test_an_interval_is_around_its_mean_and_the_same_every_time() -> None:
    differences = [0.1, -0.2, 0.3, 0.0, 0.25, 0.1, 0.2]
    found = mean_interval(differences)
    assert found.low < found.estimate < found.high
    assert found.estimate == pytest.approx(np.mean(differences))
    assert mean_interval(differences) == found


@pytest.mark.parametrize("same", [[0.25] * 9, [0.0]])
def test_equal_differences_have_an_interval_without_width(same: list[float]) -> None:
    found = mean_interval(same)
    assert found.low == found.estimate == found.high == same[0]


def test_a_single_case_that_moved_has_an_interval_of_numbers() -> None:
    found = mean_interval([0.0] * 30 + [1.0])
    assert 0 <= found.low <= found.estimate <= found.high <= 0.3


def test_holm_on_the_textbook_case() -> None:
    # .005*4, .01*3, .03*2, max(.03*2, .04*1).
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1, 1]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), max_size=30))
def test_holm_keeps_the_order_and_never_lowers_a_p(ps: list[float]) -> None:
    found = holm(ps)
    assert all(before <= after <= 1 for before, after in zip(ps, found, strict=True))
    order = sorted(range(len(ps)), key=lambda at: ps[at])
    assert all(found[a] <= found[b] for a, b in pairwise(order))


def test_mann_whitney_on_a_published_example() -> None:
    # scipy's own example (ages at diagnosis of diabetes): U = 17 of 20, exact p = .1111.
    males, females = [19, 22, 16, 29, 24], [20, 11, 17, 12]
    found = mann_whitney(females, males)
    assert found.p == pytest.approx(0.1111111111)
    assert found.superiority == pytest.approx(17 / 20)
    assert found.cliffs_delta == pytest.approx(0.7)
    assert found.low < 0.85 < found.high <= 1


def test_groups_that_are_all_the_same_or_wholly_apart_have_finite_effects() -> None:
    assert mann_whitney([3, 3, 3], [3, 3]) == mann_whitney([3, 3], [3, 3, 3])
    apart = mann_whitney([1.0] * 12, [2.0] * 12)
    assert apart.superiority == 1
    # .025^(1/12)
    assert (apart.low, apart.high) == (pytest.approx(0.7354, abs=1e-4), 1)
    assert mann_whitney([2.0] * 12, [1.0] * 12).high == pytest.approx(1 - 0.7354, abs=1e-4)
    assert apart.p < 0.001


@settings(max_examples=50)
@given(values, values)
def test_the_effect_of_one_group_over_the_other_is_the_rest_of_the_other_way(
    first: list[float], second: list[float]
) -> None:
    there, back = mann_whitney(first, second), mann_whitney(second, first)
    assert there.superiority == pytest.approx(1 - back.superiority)
    assert there.p == pytest.approx(back.p)
    assert 0 <= there.low <= there.high <= 1


def test_the_variance_of_the_effect_is_that_of_brunner_and_munzel() -> None:
    # Their test statistic is (P - 1/2) over the same standard error.
    draw = np.random.default_rng(2)
    first, second = draw.normal(0, 1, 80), draw.normal(0.4, 1.5, 60)
    found = mann_whitney(first, second)
    statistic = -brunnermunzel(first, second).statistic
    error = (found.superiority - 0.5) / abs(statistic)
    spread = found.superiority * (1 - found.superiority)
    logit = np.log(found.superiority / (1 - found.superiority))
    expected = 1 / (1 + np.exp(-(logit - 1.959964 * error / spread)))
    assert found.low == pytest.approx(expected, rel=1e-6)


def test_fisher_on_the_lady_tasting_tea() -> None:
    assert fisher((3, 4), (1, 4)) == pytest.approx(0.4857142857)
    assert fisher((0, 10), (0, 10)) == 1


def test_the_difference_of_shares_on_newcombes_example() -> None:
    # Newcombe 1998, table II (a): 56/70 and 48/80, method 10: .0524 to .3339.
    found = share_difference((48, 80), (56, 70))
    assert (found.estimate, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("wrong", [[], [float("nan")], [float("inf"), 1.0]])
def test_what_is_no_number_is_refused(wrong: list[float]) -> None:
    with pytest.raises(InvalidInputError):
        sign_flip_p(wrong)
    with pytest.raises(InvalidInputError):
        mean_interval(wrong)
    with pytest.raises(InvalidInputError):
        mann_whitney(wrong, [1.0])


def test_shares_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="5 in 4"):
        fisher((5, 4), (1, 4))
    with pytest.raises(InvalidInputError, match="nothing"):
        share_difference((0, 0), (1, 4))


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingExtraError, match="folio-kb\\[evals\\]"):
        mean_interval([0.1, 0.2])

"""The statistics of drift by hand-computed numbers and by what must hold for any questions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp, mannwhitneyu

from evals.drift.arrangements import Arrangements, arrange, enough_days, level
from evals.drift.discrepancy import discrepancies, kernel, median_bandwidth
from evals.drift.outcomes import largest_gaps, rate_differences, setbacks
from evals.drift.topics import grouped, mix, topic_count
from tests.unit.evals.drift.worlds import around

SEEDS = st.integers(0, 2**32 - 1)


def deal(
    new: list[bool], *, deal_count: int = 5, days: list[int] | None = None, seed: int = 0
) -> Arrangements:
    rng = np.random.default_rng(seed)
    asked_on = np.array(days) if days else np.array(new, dtype=np.int64)
    return arrange(asked_on, np.array(new), deal_count=deal_count, rng=rng)


def plain_mmd(one: np.ndarray, other: np.ndarray, bandwidth: float) -> float:
    """Eq. 3 of Gretton et al. with loops."""

    def similar(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.exp(-((a - b) ** 2).sum() / (2 * bandwidth**2)))

    m, n = len(one), len(other)
    within = sum(similar(one[i], one[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    without = sum(similar(other[i], other[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    return within + without - 2 * sum(similar(a, b) for a in one for b in other) / (m * n)


@settings(max_examples=20)
@given(seed=SEEDS, by_day=st.booleans())
def test_every_deal_has_the_mmd_of_the_formula(seed: int, by_day: bool) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(12, 3))
    new = [False] * 7 + [True] * 5
    days = [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9] if by_day else [0] * 7 + [1] * 5
    deals = deal(new, days=days, seed=seed)
    assert deals.by_day is by_day
    found = discrepancies(kernel(vectors, bandwidth=1.3), deals)
    for row, value in zip(deals.deals, found, strict=True):
        is_new = row[deals.unit_of] == 1
        assert value == pytest.approx(plain_mmd(vectors[is_new], vectors[~is_new], 1.3), abs=1e-9)


@given(seed=SEEDS)
def test_the_mmd_of_the_same_questions_twice_is_not_above_chance(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(20, 4))
    found = discrepancies(kernel(np.vstack([vectors] * 2), bandwidth=1.0), deal([False] * 20 + [True] * 20))
    assert found[0] <= 1e-12


@given(seed=SEEDS)
def test_the_mmd_knows_neither_order_nor_sides(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(9, 4)), rng.normal(loc=0.5, size=(6, 4))
    there = discrepancies(kernel(np.vstack([one, other]), bandwidth=1.0), deal([False] * 9 + [True] * 6))
    back = discrepancies(
        kernel(np.vstack([rng.permutation(other), rng.permutation(one)]), bandwidth=1.0),
        deal([False] * 6 + [True] * 9),
    )
    assert there[0] == pytest.approx(back[0], abs=1e-9)


def test_the_bandwidth_is_the_median_distance() -> None:
    assert median_bandwidth(np.array([[0.0], [1.0], [3.0]])) == 2.0
    assert median_bandwidth(np.zeros((4, 2))) == 1.0


def test_whole_days_are_dealt_where_there_are_enough() -> None:
    assert enough_days(35, 7, deal_count=10_000)
    assert not enough_days(5, 2, deal_count=11)
    few = deal([False, False, True, True], days=[1, 2, 3, 3], deal_count=500)
    assert (few.by_day, few.unit_count) == (False, 4)


@given(seed=SEEDS)
def test_every_deal_has_as_many_new_days_as_there_really_are(seed: int) -> None:
    days = [number // 3 for number in range(60)]
    deals = deal([day >= 15 for day in days], days=days, deal_count=50, seed=seed)
    assert (deals.deals.sum(axis=1) == 5).all()
    assert deals.deals[0].tolist() == [0.0] * 15 + [1.0] * 5
    sums = deals.sums(np.ones(60))
    assert (sums == 15).all()


def test_a_day_of_both_windows_is_two_units() -> None:
    deals = deal([False, True, True], days=[7, 7, 8], deal_count=2)
    assert deals.unit_count == 3


def test_p_counts_the_real_deal_and_equals() -> None:
    found = level(np.array([2.0, 1.0, 2.0, 3.0, 0.0]), alpha=0.25)
    assert found.p == pytest.approx(3 / 5)
    assert found.threshold == pytest.approx(np.quantile([1.0, 2.0, 3.0, 0.0], 0.75))
    assert level(np.array([9.0, 1.0, 2.0]), alpha=0.5).p == pytest.approx(1 / 3)


def test_rates_by_hand() -> None:
    # 2 of 4 against 1 of 6: pooled 0.3, z = (1/2 - 1/6) / sqrt(0.3 * 0.7 * (1/4 + 1/6)).
    happened = np.array([1.0, 0, 0, 0, 0, 0, 1, 1, 0, 0, np.nan])
    found = rate_differences(happened, deal([False] * 6 + [True] * 5))
    assert found[0] == pytest.approx((1 / 3) / np.sqrt(0.3 * 0.7 * (1 / 4 + 1 / 6)))


@given(seed=SEEDS)
def test_gaps_are_those_of_kolmogorov_and_smirnov(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=30), 1)
    values[3] = np.nan
    new = [False] * 18 + [True] * 12
    found = largest_gaps(values, deal(new))
    usual = values[:18][~np.isnan(values[:18])]
    assert found[0] == pytest.approx(ks_2samp(usual, values[18:]).statistic)


@given(seed=SEEDS)
def test_setbacks_grow_as_mann_and_whitneys_u_falls(seed: int) -> None:
    rng = np.random.default_rng(seed)
    changed = np.round(rng.normal(size=20), 1)
    found = setbacks(changed, deal([False] * 12 + [True] * 8))
    u = mannwhitneyu(changed[12:], changed[:12]).statistic
    # Mean ranks: (U + m(m+1)/2) / m of the new ones, and the rest of n(n+1)/2 of the usual ones.
    new = (u + 36) / 8
    assert found[0] == pytest.approx((210 - new * 8) / 12 - new)


def test_documents_that_nobody_renewed_are_no_setback() -> None:
    changed = np.array([10.0] * 20)
    assert setbacks(changed, deal([False] * 10 + [True] * 10))[0] == 0


def test_a_topic_that_nobody_asked_about_before_is_found_and_has_grown() -> None:
    rng = np.random.default_rng(0)
    vectors = np.vstack([around(axis, 40, rng) for axis in (0, 1, 0, 1, 5)])
    days = [number % 20 for number in range(160)] + [20 + number % 8 for number in range(40)]
    deals = deal([day >= 20 for day in days], days=days, deal_count=999)
    groups = grouped(vectors, count=3, rng=rng)
    found = mix(groups, deals)
    top = int(np.argmax(found.new - found.usual))
    assert int(np.argmax(groups.middles[top])) == 5
    assert (found.usual[top] < 0.05, found.new[top] > 0.9, found.unusual[top] < 0.01) == (True, True, True)
    assert sorted(found.unusual)[1] > 0.5, "the others have shrunk"


@settings(max_examples=20)
@given(seed=SEEDS)
def test_divergence_is_that_of_jensen_and_shannon(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(40, 3))
    groups = grouped(vectors, count=4, rng=rng)
    new = np.arange(40) >= 25
    found = mix(groups, deal(new.tolist()))
    counts = [np.bincount(groups.topic_of[side], minlength=groups.count) for side in (new, ~new)]
    assert found.divergences[0] == pytest.approx(jensenshannon(*counts, base=2) ** 2)
    assert np.linalg.norm(groups.middles, axis=1) == pytest.approx(1.0)
    assert found.new.sum() == pytest.approx(1.0)


def test_many_questions_have_no_more_than_twelve_topics() -> None:
    assert [topic_count(number) for number in (20, 100, 10_000)] == [2, 4, 12]

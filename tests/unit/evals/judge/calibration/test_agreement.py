import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judge.calibration.agreement import (
    agreement,
    calibration_error,
    classes_of,
    cohens_kappa,
    rank_correlation,
    reliability,
)

LABELS = [1.0, 0.5, 0.0] * 40


def test_cohens_kappa_of_a_table_by_hand() -> None:
    # 20 of 25 and 15 of 25 agree: p_o = .7; shares yes .6 and .5: p_e = .5 * .6 + .5 * .4 = .5; kappa = .2 / .5.
    called = np.array([1.0] * 20 + [0.0] * 5 + [1.0] * 10 + [0.0] * 15)
    meant = np.array([1.0] * 25 + [0.0] * 25)
    assert cohens_kappa(called, meant) == pytest.approx(0.4)


def test_rank_correlation_is_spearmans_with_ties() -> None:
    # scipy.stats.spearmanr([1, 2, 2, 4], [1, 3, 2, 4]) = 0.9486833.
    rho, low, high = rank_correlation(np.array([1.0, 2, 2, 4]), np.array([1.0, 3, 2, 4]), seed=7)
    assert rho == pytest.approx(0.9486833)
    assert low is not None
    assert high is not None
    assert low <= rho <= high


def test_a_perfect_judge_agrees_wholly_and_its_opposite_not_at_all() -> None:
    perfect = agreement(LABELS, LABELS, cuts=(0.25, 0.75))
    assert (perfect.spearman, perfect.low, perfect.kappa, perfect.error) == (1.0, 1.0, 1.0, 0.0)
    assert [(one.precision, one.recall) for one in perfect.classes] == [(1.0, 1.0)] * 3
    assert agreement([1 - one for one in LABELS], LABELS, cuts=(0.25, 0.75)).spearman == -1.0


def test_a_judge_that_always_says_the_same_ranks_nothing() -> None:
    found = agreement([1.0] * len(LABELS), LABELS, cuts=(0.25, 0.75))
    assert (found.spearman, found.low, found.kappa) == (None, None, 0.0)


def test_statements_without_a_score_are_counted_and_in_nothing_else() -> None:
    found = agreement([None, 0.9, 0.1], [0.0, 1.0, 0.0], cuts=(0.25, 0.75))
    assert (found.asked_count, found.judged_count) == (3, 2)
    assert [one.count for one in found.classes] == [1, 0, 1]


def test_reliability_and_its_error_by_hand() -> None:
    bins = reliability(np.array([0.1, 0.1, 0.9, 1.0]), np.array([0.0, 1.0, 1.0, 1.0]))
    assert [(one.count, one.label) for one in bins] == [(2, 0.5), (2, 1.0)]
    assert calibration_error(bins) == pytest.approx((2 * 0.4 + 2 * 0.05) / 4)


def test_equal_cuts_know_no_partly() -> None:
    assert classes_of(np.array([0.64, 0.65]), (0.65, 0.65)).tolist() == [0.0, 1.0]


@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), min_size=3, max_size=30))
def test_bounds_hold_the_value_apart_from_nothing(rows: list[tuple[float, float]]) -> None:
    scores, labels = zip(*rows, strict=True)
    found = agreement(scores, labels, cuts=(0.25, 0.75))
    assert sum(one.count for one in found.bins) == len(rows)
    assert found.spearman is None or -1 - 1e-9 <= found.spearman <= 1 + 1e-9
    assert 0 <= found.error <= 1

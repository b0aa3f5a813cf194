import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError
from retrieval.fusion import convex, distribution_based, reciprocal_rank

DENSE = [("a", 0.8), ("b", 0.5), ("c", 0.2)]
WORDS = [("b", 12.0), ("d", 6.0)]

scores = st.floats(-1e6, 1e6).map(lambda score: round(score, 3))
rankings = st.dictionaries(st.sampled_from("abcdefgh"), scores, max_size=8).map(lambda arm: list(arm.items()))


def both(dense, lexical):
    """Every fusion of two arms."""
    arms = [dense, lexical]
    return [reciprocal_rank(arms), distribution_based(arms), convex(dense, lexical)]


def test_reciprocal_ranks_count_from_one() -> None:
    fused = reciprocal_rank([DENSE, WORDS])
    assert [key for key, _ in fused] == ["b", "a", "d", "c"]
    assert dict(fused) == pytest.approx({"a": 1 / 61, "b": 1 / 62 + 1 / 61, "c": 1 / 63, "d": 1 / 62})


def test_reciprocal_ranks_are_weighed() -> None:
    assert dict(reciprocal_rank([DENSE, WORDS], weights=[2, 0.5], k=1))["b"] == pytest.approx(2 / 3 + 0.5 / 2)


def test_distribution_maps_three_deviations_around_the_mean_to_0_and_1() -> None:
    """Scores .8 .5 .2: mean .5, s .3, so 0 is at -.4 and 1 at 1.4; 12 and 6: mean 9, s 4.2426."""
    fused = dict(distribution_based([DENSE, WORDS]))
    assert fused["a"] == pytest.approx(1.2 / 1.8)
    assert fused["b"] == pytest.approx(0.9 / 1.8 + (12 - 9 + 12.7279) / 25.4558, abs=1e-5)


def test_one_score_alone_has_no_distribution() -> None:
    assert distribution_based([[("a", 7.0)], []]) == [("a", 0.5)]


def test_a_convex_sum_weighs_normalised_scores() -> None:
    assert dict(convex(DENSE, WORDS, dense_weight=0.6)) == pytest.approx(
        {"a": 0.6, "b": 0.6 * 0.5 / 0.8 + 0.4, "c": 0.6 * 0.2 / 0.8, "d": 0.4 * 0.5}
    )


def test_a_convex_sum_may_count_from_the_lowest_candidate() -> None:
    assert dict(convex(DENSE, [], dense_weight=1, dense_floor=None)) == pytest.approx(
        {"a": 1.0, "b": 0.5, "c": 0.0}
    )


def test_cosines_below_the_floor_keep_their_order() -> None:
    assert [key for key, _ in convex([("a", -0.1), ("b", -0.3)], [])] == ["a", "b"]


def test_ties_are_broken_by_key() -> None:
    assert [key for key, _ in reciprocal_rank([[("z", 1.0)], [("m", 9.0)], [("a", 2.0)]])] == ["a", "m", "z"]


@given(arms=st.lists(rankings, max_size=4), order=st.randoms(use_true_random=False))
def test_the_order_of_inputs_never_matters(arms, order) -> None:
    shuffled = [order.sample(arm, len(arm)) for arm in arms]
    order.shuffle(shuffled)
    assert reciprocal_rank(shuffled) == reciprocal_rank(arms)
    assert distribution_based(shuffled) == distribution_based(arms)


@given(dense=rankings, lexical=rankings, order=st.randoms(use_true_random=False))
def test_the_order_of_candidates_never_matters_in_a_convex_sum(dense, lexical, order) -> None:
    shuffled = [order.sample(arm, len(arm)) for arm in (dense, lexical)]
    assert convex(*shuffled) == convex(dense, lexical)


@given(arms=st.lists(rankings, max_size=3))
def test_an_empty_arm_changes_nothing(arms) -> None:
    assert reciprocal_rank([*arms, []]) == reciprocal_rank(arms)
    assert distribution_based([*arms, []]) == distribution_based(arms)


@given(dense=rankings)
def test_without_words_meaning_alone_decides(dense) -> None:
    ordered = [key for key, _ in sorted(dense, key=lambda item: (-item[1], item[0]))]
    # Scores that differ by less than their span can hold fall together; keys then decide.
    fused = dict(convex(dense, []))
    assert all(fused[left] >= fused[right] for left, right in pairwise(ordered))


@given(dense=rankings, lexical=rankings)
def test_every_candidate_has_one_finite_score_best_first(dense, lexical) -> None:
    for fused in both(dense, lexical):
        assert sorted(key for key, _ in fused) == sorted({*dict(dense), *dict(lexical)})
        assert all(math.isfinite(score) for _, score in fused)
        assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("fusion", [reciprocal_rank, distribution_based, lambda arms: convex(*arms)])
def test_a_score_that_is_no_finite_number_is_refused(fusion, bad: float) -> None:
    with pytest.raises(InvalidInputError, match="ranking 2"):
        fusion([DENSE, [("a", bad)]])


@pytest.mark.parametrize("weights", [[1.0], [1.0, 1.0, 1.0], [1.0, -1.0], [1.0, math.nan]])
def test_weights_that_do_not_fit_are_refused(weights) -> None:
    with pytest.raises(InvalidInputError, match="2 rankings need 2 weights"):
        reciprocal_rank([DENSE, WORDS], weights=weights)


@pytest.mark.parametrize("weight", [-0.1, 1.1, math.nan])
def test_a_convex_weight_outside_0_and_1_is_refused(weight: float) -> None:
    with pytest.raises(InvalidInputError, match="between 0 and 1"):
        convex(DENSE, WORDS, dense_weight=weight)

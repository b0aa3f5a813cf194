"""What follows from both arms of a trial."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.prompt_trials import UserAnswers
from evals.gates.policy import TrialPolicy
from evals.trials.arms import Arms, Horizon, arms, cut, planned
from evals.trials.changes import judge_change
from evals.trials.judging import Pair, judge_trial
from evals.trials.verdict import Next, TrialVerdict
from tests.unit.evals.trials.users import START, users

PAIR = Pair("answer", "answer/1", "answer/2")
POLICY = TrialPolicy()
NEEDED = planned(0.5, POLICY).candidate


def judged(current: Sequence[UserAnswers], candidate: Sequence[UserAnswers]) -> TrialVerdict:
    return judge_trial(PAIR, Arms(tuple(current), tuple(candidate)), share=0.5, policy=POLICY)


def test_the_horizon_is_noethers_size_with_alpha_shared_among_the_deciding_measures() -> None:
    # (z(1 - .05/4/2) + z(.8))^2 / (12 * .25 * .1^2) = (2.4977 + .8416)^2 / .03 = 371.7
    assert planned(0.5, POLICY) == Horizon(186, 186)
    tenth = planned(0.1, POLICY)
    assert tenth.candidate == pytest.approx(104, abs=1)
    assert tenth.current == pytest.approx(9 * tenth.candidate, rel=0.02)


def test_before_the_horizon_nothing_is_promoted_however_good_it_looks() -> None:
    found = judged(users(NEEDED - 1, 1, rating=1.0), users(NEEDED - 1, 2, rating=5.0))
    assert (found.next, found.has_reached) == (Next.WAIT, False)
    assert "1 more users of the current version and 1 more of the candidate" in found.reasons[0]


def test_harm_is_stopped_before_the_horizon_only_where_it_is_sure() -> None:
    sure = judged(users(40, 1, rating=5.0), users(40, 2, rating=1.0))
    assert (sure.next, sure.has_reached) == (Next.WITHDRAW, False)
    likely = [*users(30, 1, prefix="a", rating=4.0), *users(10, 1, prefix="b", rating=2.0)]
    doubtful = [*users(20, 2, prefix="c", rating=4.0), *users(20, 2, prefix="d", rating=2.0)]
    assert judged(likely, doubtful).next is Next.WAIT


def test_at_the_horizon_a_candidate_that_is_better_or_as_good_is_promoted() -> None:
    same = judged(users(NEEDED, 1), users(NEEDED, 2))
    assert (same.next, same.reasons[0].startswith("not worse")) == (Next.PROMOTE, True)
    better = judged(users(NEEDED, 1, rating=3.0), users(NEEDED, 2, rating=4.0))
    assert (better.next, better.reasons[0].startswith("better: mean rating")) == (Next.PROMOTE, True)


@pytest.mark.parametrize(
    "worse", [{"rating": 3.0}, {"refused_count": 1}, {"partial_count": 1}, {"removed": 2.0}]
)
def test_at_the_horizon_a_candidate_that_is_worse_in_one_measure_is_withdrawn(
    worse: dict[str, float],
) -> None:
    found = judged(users(NEEDED, 1), users(NEEDED, 2, **worse))
    assert (found.next, found.has_reached) == (Next.WITHDRAW, True)


def test_time_and_cost_are_told_and_decide_nothing() -> None:
    found = judged(users(NEEDED, 1), users(NEEDED, 2, cost=9.0, confidence=0.1))
    assert found.next is Next.PROMOTE
    told = {one.measure.name: one for one in found.results}
    assert told["cost"].effect == 0
    assert told["cost"].cliffs_delta == -1
    assert not told["cost"].decides


def test_a_difference_that_is_too_small_to_matter_never_decides() -> None:
    # Two in a hundred more are refused: sure with so many users, and within what matters.
    many = users(6000, 1)
    little = [*users(5880, 2, prefix="x"), *users(120, 2, prefix="y", refused_count=1)]
    found = judged(many, little)
    refused = next(one for one in found.results if one.measure.name == "refused")
    assert (refused.p_adjusted or 1) < 0.001
    assert found.next is Next.PROMOTE


def test_ratings_that_few_have_given_are_told_not_tested() -> None:
    unrated = users(NEEDED, 2, rating=None)
    found = judged(users(NEEDED, 1), unrated)
    assert "mean rating" in found.reasons[1]
    rating = found.results[0]
    assert (rating.p, rating.after, rating.count_after) == (None, None, 0)
    assert rating.more_users == 372 - NEEDED


def test_effects_have_their_bounds_around_them() -> None:
    draw = np.random.default_rng(3)
    current = [replace(one, rating=float(draw.integers(1, 6))) for one in users(NEEDED, 1)]
    candidate = [replace(one, rating=float(draw.integers(2, 6))) for one in users(NEEDED, 2)]
    rating = judged(current, candidate).results[0]
    assert rating.low < rating.effect < rating.high
    assert rating.effect > 0.5


def test_a_user_with_answers_of_both_versions_is_in_the_arm_of_the_candidate_only() -> None:
    moved = users(3, 1, prefix="same") + users(2, 2, prefix="same")
    found = arms(moved, current="answer/1", candidate="answer/2")
    assert [len(found.current), len(found.candidate)] == [1, 2]


def test_the_horizon_is_reached_with_the_last_user_that_it_needs() -> None:
    found = Arms(tuple(users(10, 1)), tuple(users(5, 2)))
    assert cut(found, Horizon(8, 3)) == START + timedelta(minutes=7)
    assert cut(found, Horizon(8, 6)) is None


def test_looking_every_day_at_a_trial_without_a_difference_seldom_withdraws_it() -> None:
    """Haybittle and Peto: looks before the end at .001, then one at .05, over both measures."""
    draw, withdrawn = np.random.default_rng(8), 0
    quick = TrialPolicy(deciding=("rating", "refused"))
    needed = planned(0.5, quick).candidate
    for _ in range(40):
        current, candidate = (
            [
                replace(one, rating=float(draw.integers(1, 6)), refused_count=int(draw.random() < 0.2))
                for one in users(needed, version)
            ]
            for version in (1, 2)
        )
        looks = [*range(20, needed, needed // 3), needed]
        withdrawn += any(
            judge_trial(PAIR, Arms(tuple(current[:at]), tuple(candidate[:at])), share=0.5, policy=quick).next
            is Next.WITHDRAW
            for at in looks
        )
    # 1 expected (half of .05 are losses); 5 is four standard deviations more.
    assert withdrawn <= 5


def changed(before: list[UserAnswers], after: list[UserAnswers]) -> TrialVerdict:
    return judge_change(PAIR, [*before, *after], POLICY)


def test_a_promoted_version_is_judged_by_users_who_have_met_both() -> None:
    before, worse = users(300, 1, prefix="u"), users(300, 2, prefix="u", rating=2.0)
    found = changed(before, worse)
    assert (found.next, found.is_randomised, found.has_reached) == (Next.ROLL_BACK, False, True)
    assert changed(before, users(300, 2, prefix="u")).next is Next.KEEP
    apart = changed(before, users(300, 2, prefix="others", rating=1.0))
    assert (apart.next, apart.users_after) == (Next.WAIT, 0)


def test_a_version_is_taken_back_before_the_horizon_only_where_it_is_surely_worse() -> None:
    assert changed(users(40, 1, prefix="u"), users(40, 2, prefix="u", refused_count=3)).next is Next.ROLL_BACK
    some = [*users(8, 2, prefix="u", rating=1.0), *users(40, 2, prefix="u")[8:]]
    found = changed(users(40, 1, prefix="u"), some)
    assert (found.next, found.has_reached) == (Next.WAIT, False)

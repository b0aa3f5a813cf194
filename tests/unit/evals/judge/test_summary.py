import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judge.cases import JudgedCase
from evals.judge.intervals import interval
from evals.judge.judgements import Judgement, Unjudged
from evals.judge.summary import part_of, spent, summaries, summary_rows


def test_the_interval_is_students_over_the_means_of_cases() -> None:
    # Means .2, .4, .6: m = .4, s = .2, t(.975, 2) = 4.302653; .4 +- 4.302653 * .2 / sqrt(3).
    found = interval([[0.1, 0.3], [0.4, 0.4], [0.5, 0.7]])
    assert found is not None
    assert found.mean == pytest.approx(0.4)
    assert (found.low, found.high) == (0.0, pytest.approx(0.896828, abs=1e-5))
    # Variances within .02, 0, .02.
    assert found.repeat_sd == pytest.approx((0.04 / 3) ** 0.5)


def test_repeats_of_one_case_are_no_further_cases() -> None:
    once = interval([[0.2], [0.6], [0.7]])
    often = interval([[0.2] * 9, [0.6] * 9, [0.7] * 9])
    assert once is not None
    assert often is not None
    assert (once.low, once.high) == (often.low, often.high)


def test_one_case_has_a_mean_and_no_interval() -> None:
    found = interval([[0.5, 0.7], []])
    assert found is not None
    assert (found.mean, found.low, found.case_count) == (pytest.approx(0.6), None, 1)
    assert interval([[], []]) is None


@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=2, max_size=12))
def test_the_mean_lies_in_its_interval_and_that_between_0_and_1(cases: list[list[float]]) -> None:
    found = interval(cases)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.high <= 1


def test_a_case_that_mostly_was_not_judged_is_left_out_and_counted() -> None:
    rows = [Judgement("a", "m", at, 1.0) for at in range(3)]
    rows += [Judgement("b", "m", 0, 0.0), *(Judgement("b", "m", at, None, Unjudged.DOWN) for at in (1, 2))]
    (found,) = summaries(rows)
    assert (found.judged_count, found.asked_count) == (1, 2)
    assert found.interval is not None
    assert found.interval.mean == 1.0
    assert found.unjudged == {Unjudged.DOWN: 2}
    part = part_of(rows, [JudgedCase("a", "q"), JudgedCase("b", "q")], dataset="d", version="1")
    assert [dict(case.scores) for case in part.cases] == [{"m": 1.0}, {}]
    assert part.cases[1].note == "m:down"
    assert summary_rows([found])[0][3] == "1 of 2"


def test_costs_add_up_and_are_unknown_with_one_that_is() -> None:
    rows = [Judgement("a", "m", 0, 1.0, cost=0.5, call_count=2), Judgement("a", "m", 1, 1.0, kept=True)]
    assert (spent(rows).cost, spent(rows).call_count, spent(rows).kept_count) == (0.5, 2, 1)
    assert spent([*rows, Judgement("a", "m", 2, 1.0, cost=None)]).cost is None

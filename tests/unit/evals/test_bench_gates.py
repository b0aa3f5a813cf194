"""The simulation of gates: that it can tell a broken system from one that has not changed."""

from evals.bench_gates import gate_rate, trial_rate


def test_a_part_that_lost_much_fails_and_one_that_did_not_change_passes() -> None:
    assert gate_rate(3, moved=0.0, lost=0.4, seed=1) == 1
    assert gate_rate(3, moved=0.0, lost=0.0, seed=1) == 0


def test_a_candidate_that_is_much_worse_is_withdrawn_and_one_as_good_is_not() -> None:
    assert trial_rate(2, shift=2.0, looks=1, seed=1) == 1
    assert trial_rate(2, shift=0.0, looks=1, seed=1) == 0

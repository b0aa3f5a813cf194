"""What is called drift, and what is not: false alarms are as rare as asked for, changes are named."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from core.errors import InvalidInputError
from core.eval_settings import DriftSettings
from evals.drift.gathering import judged, windows
from evals.drift.judging import Asked, Comparison, compare, corrected
from evals.drift.simulation import Change, Traffic, Trials, alarms
from evals.drift.verdicts import DriftReport, Outcome, Signal, SignalName
from tests.unit.evals.drift.worlds import NOW, around, questions, samples

USUAL_DAYS, NEW_DAYS = range(34, 6, -1), range(6, -1, -1)
QUICK = Asked(alpha=0.05)


def world(*axes: int, days: range, rng: np.random.Generator, count: int = 120, **changes: float):
    vectors = np.vstack([around(axis, count // len(axes), rng) for axis in axes])
    return questions(rng.permutation(vectors), days_ago=days, rng=rng, **changes)


def compared(*axes: int, **changes: float) -> Comparison:
    rng = np.random.default_rng(1)
    usual = world(0, 1, days=USUAL_DAYS, rng=rng, count=240)
    return compare(usual, world(*axes, days=NEW_DAYS, rng=rng, **changes), asked=QUICK)


def drifted(found: Comparison) -> set[SignalName]:
    return {one.name for one in found.signals if one.outcome is Outcome.DRIFT}


def test_as_usual_is_as_usual() -> None:
    found = compared(0, 1)
    assert (found.outcome, found.dealt_by, drifted(found)) == (Outcome.USUAL, "day", set())


def test_another_topic_is_told_by_vectors_and_topics() -> None:
    found = compared(0, 1, 6)
    assert drifted(found) == {SignalName.QUESTIONS, SignalName.TOPICS}
    assert found.topics[0].has_grown
    there = [one for one in found.topics if int(np.argmax(one.middle)) == 6]
    assert {one.number for one in found.topics if one.has_grown} <= {one.number for one in there}
    assert sum(one.new_share for one in there) == pytest.approx(1 / 3, abs=0.05)
    assert sum(one.usual_share for one in there) < 0.05


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"refused_share": 0.5}, SignalName.REFUSALS),
        ({"empty_share": 0.4}, SignalName.EMPTY),
        ({"score": 0.5}, SignalName.SCORES),
        ({"age_days": 400.0}, SignalName.FRESHNESS),
    ],
)
def test_each_outcome_has_a_signal_of_its_own(change: dict[str, float], name: SignalName) -> None:
    assert drifted(compared(0, 1, **change)) == {name}


def test_newer_documents_are_no_drift() -> None:
    assert drifted(compared(0, 1, age_days=5.0)) == set()


def test_the_same_questions_give_the_same_report() -> None:
    one, other = compared(0, 1, 6), compared(0, 1, 6)
    assert [signal.p for signal in one.signals] == [signal.p for signal in other.signals]


def test_with_few_questions_nothing_is_said() -> None:
    rng = np.random.default_rng(0)
    usual, new = world(0, days=USUAL_DAYS, rng=rng), world(5, days=NEW_DAYS, rng=rng, count=49)
    found = compare(usual, new, asked=QUICK)
    assert (found.outcome, found.signals) == (Outcome.TOO_FEW, ())
    assert "49 new" in found.note


def test_with_few_answers_nothing_is_said_of_refusals_only() -> None:
    rng = np.random.default_rng(0)
    usual, new = world(0, days=USUAL_DAYS, rng=rng), world(0, days=NEW_DAYS, rng=rng)
    found = compare(usual, replace(new, refused=np.full(new.count, np.nan)), asked=QUICK)
    told = {one.name: one.outcome for one in found.signals}
    assert told[SignalName.REFUSALS] is Outcome.TOO_FEW
    assert told[SignalName.QUESTIONS] is Outcome.USUAL


def test_an_alpha_that_no_deal_could_reach_is_refused() -> None:
    rng = np.random.default_rng(0)
    usual = world(0, days=USUAL_DAYS, rng=rng)
    with pytest.raises(InvalidInputError, match=r"evals\.drift\.alpha"):
        compare(usual, usual, asked=Asked(alpha=0.0001))


def test_p_is_corrected_for_the_number_of_signals() -> None:
    names = list(SignalName)[:3]
    signals = [
        Signal(name, Outcome.USUAL, "", p=p) for name, p in zip(names, (0.02, 0.005, 0.03), strict=True)
    ]
    found = corrected([*signals, Signal(SignalName.SCORES, Outcome.TOO_FEW, "")], alpha=0.05)
    assert [one.p for one in found] == [pytest.approx(0.04), pytest.approx(0.015), pytest.approx(0.04), None]
    assert [one.outcome for one in found] == [Outcome.DRIFT] * 3 + [Outcome.TOO_FEW]


@pytest.mark.slow
def test_false_alarms_are_as_rare_as_asked_for_even_in_bursts_and_changes_are_found() -> None:
    rng = np.random.default_rng(0)
    pool = np.vstack([around(number % 8, 20, rng, spread=0.15) for number in range(40)])
    traffic, trials = Traffic(usual_days=14, new_days=7, per_day=12, bursts=0.75), Trials(60, 0.1)
    calm = alarms(pool, traffic=traffic, trials=trials)
    # 10% of 60 are 6; 13 or more come with a chance of one in two hundred.
    assert calm.questions < 13 / 60
    assert calm.any_signal < 13 / 60
    assert alarms(pool, traffic=replace(traffic, by_day=False), trials=Trials(10, 0.1)).questions > 0.5
    other = around(3, 200, rng, spread=0.05)
    change = Change(other, 0.6)
    assert (
        alarms(pool, traffic=replace(traffic, bursts=0.0), trials=Trials(5, 0.1), change=change).questions
        == 1
    )


def report(kept, **changes: object) -> DriftReport:
    spans = windows(NOW, window_days=7, baseline_days=28)
    settings = DriftSettings(alpha=0.05, **changes)  # type: ignore[arg-type]
    return judged(kept, tenant="default", spans=spans, settings=settings, corpus_ages=np.arange(100.0))


def test_windows_are_whole_days_and_do_not_share_one() -> None:
    spans = windows(NOW, window_days=7, baseline_days=28)
    assert spans.new_since == NOW.replace(hour=0) - timedelta(days=6)
    assert spans.usual_since == spans.new_since - timedelta(days=28)
    assert spans.until == NOW


def test_another_model_is_not_compared_with() -> None:
    rng = np.random.default_rng(0)
    before = samples(around(0, 100, rng), days_ago=USUAL_DAYS, rng=rng, model="old")
    now = samples(around(0, 100, rng), days_ago=NEW_DAYS, rng=rng, model="new")
    found = report([*before, *now])
    assert (found.outcome, found.signals) == (Outcome.NOT_COMPARABLE, ())
    assert (found.usual.count, found.new.count) == (0, 100)


def test_days_and_old_topics_are_told() -> None:
    rng = np.random.default_rng(0)
    before = samples(around(0, 100, rng), days_ago=USUAL_DAYS, rng=rng, age_days=90.0)
    now = samples(around(0, 100, rng), days_ago=NEW_DAYS, rng=rng, age_days=90.0)
    found = report([*before, *now])
    assert [one.is_new for one in found.days].count(True) == 7
    assert sum(one.count for one in found.days) == 200
    assert found.corpus_age_days == 49.5
    assert all(one.is_old for one in found.topics if one.age_days is not None)


def test_without_a_question_there_is_a_report() -> None:
    assert report([]).outcome is Outcome.TOO_FEW


def test_what_is_printed_has_no_vector() -> None:
    rng = np.random.default_rng(0)
    both = [
        *samples(around(0, 80, rng), days_ago=USUAL_DAYS, rng=rng),
        *samples(around(0, 80, rng), days_ago=NEW_DAYS, rng=rng),
    ]
    text = str(report(both).to_json())
    assert "middle" not in text
    assert "array" not in text

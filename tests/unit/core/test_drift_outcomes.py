"""What is kept of a look for drift, and read again."""

import pytest

from core.drift_outcomes import DriftOutcome, SignalOutcome, alarms, to_json


def kept(**signals: bool) -> str:
    made = tuple(
        SignalOutcome(name, is_alarm, 0.1, 0.3, 0.2, 0.15, 0.001) for name, is_alarm in signals.items()
    )
    return to_json(DriftOutcome("drift", "m", 0.01, 500, 80, made))


def test_a_signal_is_an_alarm_if_it_is_one_for_anybody() -> None:
    assert alarms([kept(topics=True, scores=False), kept(topics=False, scores=False)]) == {
        "topics": True,
        "scores": False,
    }


def test_nothing_kept_is_no_alarm() -> None:
    assert alarms([]) == {}


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "[]", "null", "{}", '{"format": "folio-drift-1", "signals": [1]}', '{"format": "x"}'],
)
def test_what_is_none_of_ours_says_nothing(body: str) -> None:
    assert alarms([body]) == {}

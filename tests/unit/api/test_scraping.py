"""What is told of evaluations and of drift, as series."""

from api.scraping import StoreState, families
from core.census import Census, DriftSeen, EvaluationSeen


def told(census: Census) -> dict[str, dict[str, float]]:
    found = families(StoreState((), census))
    return {
        family.name: {next(iter(one.labels.values()), ""): one.value for one in family.samples}
        for family in found
    }


def test_evaluations_and_drift_are_gauges_with_their_ages() -> None:
    sets = {
        "travel": EvaluationSeen(failed=True, age_s=60.0),
        "leave": EvaluationSeen(failed=False, age_s=5.0),
    }
    found = told(Census(drift=DriftSeen({"topics": True, "scores": False}, 7.0), evaluations=sets))
    assert found["folio_eval_failed"] == {"travel": 1.0, "leave": 0.0}
    assert found["folio_eval_age_seconds"] == {"travel": 60.0, "leave": 5.0}
    assert found["folio_drift_alarm"] == {"topics": 1.0, "scores": 0.0}
    assert found["folio_drift_age_seconds"] == {"": 7.0}


def test_where_nothing_was_judged_there_is_no_series() -> None:
    assert not [name for name in told(Census()) if name.startswith(("folio_eval", "folio_drift"))]


def test_a_thousand_sets_make_few_series_and_hide_no_failure() -> None:
    sets = {f"set{number:04}": EvaluationSeen(failed=number == 999, age_s=number) for number in range(1_000)}
    found = told(Census(evaluations=sets))
    assert len(found["folio_eval_failed"]) == len(found["folio_eval_age_seconds"]) == 33
    assert found["folio_eval_failed"]["other"] == 1.0
    assert found["folio_eval_age_seconds"]["other"] == 999.0

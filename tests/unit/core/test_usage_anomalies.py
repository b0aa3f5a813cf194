"""What counts as unusual use of language models."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.usage import UsageRow
from core.usage_anomalies import Measured, anomalies

DAY = date(2026, 3, 31)
STEADY = [1.0, 1.2, 0.9, 1.1, 1.0, 0.8, 1.3, 1.0, 1.1, 0.9]


def row(
    days_ago: int, cost: float, *, tenant: str = "acme", feature: str = "answer", **more: int
) -> UsageRow:
    values = {"call_count": 10, "failed_count": 0, "input_tokens": 1000, "output_tokens": 100} | more
    day = (DAY - timedelta(days=days_ago)).isoformat()
    return UsageRow(
        (day, tenant, feature), **values, cached_tokens=0, cost=cost, unpriced_count=0, p95_ms=None,
        p95_first_token_ms=None,
    )  # fmt: skip


def history(costs: list[float], today: float, **more: int) -> list[UsageRow]:
    before = [row(days_ago, cost) for days_ago, cost in enumerate(reversed(costs), start=1)]
    return [*before, row(0, today, **more)]


def test_a_day_like_the_others_is_no_anomaly() -> None:
    assert anomalies(history(STEADY, 1.4), day=DAY) == []


def test_a_loop_that_spends_is_named_with_what_is_usual() -> None:
    (found,) = anomalies(history(STEADY, 9.0), day=DAY)
    assert (found.tenant, found.feature, found.measured) == ("acme", "answer", Measured.COST)
    assert (found.value, found.usual) == (9.0, 1.0)


@pytest.mark.parametrize(
    ("more", "measured"),
    [
        ({"call_count": 5000}, Measured.CALLS),
        ({"input_tokens": 10_000_000}, Measured.TOKENS),
        ({"failed_count": 100}, Measured.FAILURES),
    ],
)
def test_everything_that_is_measured_is_looked_at(more: dict[str, int], measured: Measured) -> None:
    assert [one.measured for one in anomalies(history(STEADY, 1.0, **more), day=DAY)] == [measured]


def test_an_outlier_of_before_hides_no_other() -> None:
    assert anomalies(history([*STEADY[:5], 50.0, *STEADY[5:]], 9.0), day=DAY)


def test_days_without_a_call_count_as_such() -> None:
    """Used once a week: what is normal for such a day is zero."""
    weekly = [row(days_ago, 5.0) for days_ago in range(4, 29, 3)]
    assert anomalies([*weekly, row(0, 5.0)], day=DAY)


@pytest.mark.parametrize("costs", [[], [1.0] * 6], ids=["no history", "a short one"])
def test_without_a_history_there_is_no_usual(costs: list[float]) -> None:
    assert anomalies(history(costs, 100.0), day=DAY) == []


def test_what_nobody_would_look_at_is_not_shown() -> None:
    assert anomalies(history([0.001] * 20, 0.2), day=DAY) == []


@given(st.lists(st.floats(0, 1000), min_size=7, max_size=28), st.floats(0, 1000))
def test_a_day_within_what_was_there_before_is_no_anomaly(costs: list[float], scale: float) -> None:
    today = min(max(costs), sorted(costs)[len(costs) // 2] * (1 + scale / 1000))
    assert anomalies(history(costs, today), day=DAY) == []


@given(st.permutations(["a", "b", "c"]))
def test_tenants_are_judged_each_by_itself(tenants: list[str]) -> None:
    rows = [
        row(days_ago, 1.0 if tenant == "a" else 100.0, tenant=tenant)
        for tenant in tenants
        for days_ago in range(1, 11)
    ]
    today = [row(0, 100.0, tenant=tenant) for tenant in tenants]
    assert [one.tenant for one in anomalies([*rows, *today], day=DAY)] == ["a"]

import math

import pytest

from evals.load.figures import Row, figures, memory, percentile, recovery_s, table

MIB = 1024 * 1024


def rows(
    *, at_s: float, took_ms: float, status: int = 200, count: int = 1, name: str = "search"
) -> list[Row]:
    return [Row(at_s, name, status, took_ms)] * count


def test_percentiles_are_by_nearest_rank_of_what_was_served() -> None:
    found = figures(
        [
            *(Row(1.0, "search", 200, float(number)) for number in range(1, 101)),
            *rows(at_s=1.0, took_ms=1.0, status=503, count=25),
            *rows(at_s=1.0, took_ms=1.0, status=500),
            *rows(at_s=1.0, took_ms=1.0, status=0),
            *rows(at_s=99.0, took_ms=1.0),
        ],
        begin_s=0,
        end_s=10,
    )
    (one,) = found
    assert (one.count, one.error_count, one.turned_away_count) == (127, 2, 25)
    assert (one.p50_ms, one.p95_ms, one.p99_ms) == (50.0, 95.0, 99.0)
    assert one.per_s == pytest.approx(12.7)
    assert "| search | 127 | 12.7 | 2 | 19.7% | 50 | 95 | 99 |" in table(found)


def test_nothing_has_no_percentile() -> None:
    assert math.isnan(percentile([], 0.5))


def test_recovery_is_the_first_second_as_before() -> None:
    load = [
        *rows(at_s=10.2, took_ms=900),
        *rows(at_s=11.2, took_ms=50, status=503),
        *rows(at_s=11.5, took_ms=50),
        *rows(at_s=12.5, took_ms=150, count=20),
        *rows(at_s=13.5, took_ms=900),
    ]
    assert recovery_s(load, fell_s=10.0, normal_p95_ms=100) == 3.0


def test_a_service_that_stays_slow_has_not_recovered() -> None:
    assert recovery_s(rows(at_s=10.2, took_ms=900), fell_s=10.0, normal_p95_ms=100) is None


def test_memory_is_that_of_processes_that_lived_all_the_time() -> None:
    steady = [(float(second), (100 + second) * MIB) for second in range(100)]
    found = memory({"api": steady, "replaced": steady[:30]}, begin_s=0, end_s=100)
    (one,) = found
    assert one.name == "api"
    assert one.start_mib == pytest.approx(104.5)
    assert one.start_mib < one.middle_mib < one.end_mib

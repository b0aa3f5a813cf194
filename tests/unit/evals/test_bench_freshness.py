"""The freshness benchmark: its percentiles and its table. The measurement itself needs a whole service."""

from evals.bench_freshness import Seen, as_text, summary


def test_percentiles_are_those_of_the_answers() -> None:
    row = summary("edit", [Seen("edit", 0.5, 1.0, 2.0, float(seconds)) for seconds in range(1, 21)])
    assert (row.event_count, row.seen_s, row.requested_s, row.began_s) == (20, 0.5, 1.0, 2.0)
    assert (row.p50_s, row.p95_s, row.longest_s) == (10.5, 19.0, 20.0)


def test_one_kind_above_the_goal_misses_it() -> None:
    quick = summary("edit", [Seen("edit", 0.5, 1.0, 2.0, 7.9)])
    slow = summary("delete", [Seen("delete", 0.5, 1.0, 2.0, 8.1)])
    assert "- met" in as_text([quick])
    assert "- MISSED: p95 at most 8 s" in as_text([quick, slow])

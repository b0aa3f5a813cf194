"""Measures of rankings against numbers worked out by hand."""

import math

import pytest

from evals.metrics.ranking import by_query, mean_quality, quality

GRADES = {"q": {"a": 1, "b": 1}}


def test_known_values() -> None:
    found = quality({"q": ["x", "a", "y", "b"]}, GRADES)
    # Gains at ranks 2 and 4 over those of the best order, at 1 and 2.
    ideal = 1 + 1 / math.log2(3)
    assert found.ndcg_10 == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert (found.recall_5, found.recall_50, found.mrr) == (1.0, 1.0, 0.5)


def test_only_the_first_five_count_for_recall_of_five() -> None:
    found = quality({"q": ["a", *"uvwx", "b"]}, GRADES)
    assert (found.recall_5, found.recall_50) == (0.5, 1.0)


def test_grades_count_linearly() -> None:
    swapped = quality({"q": ["a", "b"]}, {"q": {"a": 1, "b": 3}}).ndcg_10
    assert swapped == pytest.approx((1 + 3 / math.log2(3)) / (3 + 1 / math.log2(3)))


def test_a_query_without_ranking_counts_as_nothing_found() -> None:
    rows = by_query({"q": ["a", "b"]}, {**GRADES, "lost": {"a": 1}})
    assert rows["lost"].ndcg_10 == rows["lost"].mrr == 0.0
    assert mean_quality(list(rows.values())).ndcg_10 == 0.5


def test_no_queries_are_zeros() -> None:
    assert mean_quality([]).mrr == 0.0

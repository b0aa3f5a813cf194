"""All measures of one query against trec_eval's definitions, worked out here by hand."""

import importlib.util
import math
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import MissingExtraError
from evals.metrics import ranking
from evals.metrics.catalogue import METRICS
from evals.metrics.ranking import RANKING_METRICS, quality, scores_by_query
from evals.running.evaluating import check_extras

DOCUMENTS = "abcdefgh"
rankings = st.lists(st.sampled_from(DOCUMENTS), unique=True, max_size=8)
grade_sets = st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1)


def test_every_measure_has_its_name_in_the_catalogue() -> None:
    assert set(RANKING_METRICS) <= set(METRICS)
    assert set(RANKING_METRICS) == {
        "ndcg_10", "recall_5", "recall_50", "precision_5", "mrr", "map", "hit_1", "hit_10",
    }  # fmt: skip


def test_known_values() -> None:
    (found,) = scores_by_query(
        {"q": ["x", "a", "y", "z", "v", "b"]}, {"q": {"a": 2, "b": 1, "c": 1}}
    ).values()
    gain = 2 / math.log2(3) + 1 / math.log2(7)
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert found == pytest.approx({
        "ndcg_10": gain / ideal, "recall_5": 1 / 3, "recall_50": 2 / 3, "precision_5": 1 / 5, "mrr": 1 / 2,
        "map": (1 / 2 + 2 / 6) / 3, "hit_1": 0.0, "hit_10": 1.0,
    })  # fmt: skip


def test_only_the_first_ten_and_fifty_count() -> None:
    late = {"q": [*(f"x{n}" for n in range(10)), "a"], "r": [*(f"x{n}" for n in range(50)), "a"]}
    found = scores_by_query(late, {"q": {"a": 1}, "r": {"a": 1}})
    assert (found["q"]["hit_10"], found["q"]["ndcg_10"], found["q"]["recall_50"]) == (0.0, 0.0, 1.0)
    assert found["r"]["recall_50"] == 0.0
    assert found["r"]["mrr"] == pytest.approx(1 / 51)


def test_a_document_that_comes_twice_counts_at_its_first_place() -> None:
    twice = scores_by_query({"q": ["a", "x", "a"]}, {"q": {"a": 1}})
    assert twice["q"] == scores_by_query({"q": ["a", "x"]}, {"q": {"a": 1}})["q"]
    assert twice["q"]["mrr"] == 1.0


def test_what_has_no_relevant_document_is_not_measured_and_what_was_not_ranked_is_zero() -> None:
    found = scores_by_query(
        {"none": ["a"], "stray": ["a"]}, {"none": {"a": 0}, "empty": {}, "lost": {"a": 1}}
    )
    assert found == {"lost": dict.fromkeys(RANKING_METRICS, 0.0)}
    assert scores_by_query({}, {}) == {}


@settings(max_examples=60)
@given(rankings, grade_sets)
def test_scores_are_shares_and_agree_with_the_definitions(ranking: list[str], grades: dict[str, int]) -> None:
    relevant = {doc_id for doc_id, grade in grades.items() if grade > 0}
    found = scores_by_query({"q": ranking}, {"q": grades})
    if not relevant:
        assert found == {}
        return
    scores = found["q"]
    places = [place for place, doc_id in enumerate(ranking, start=1) if doc_id in relevant]
    precisions = [number / place for number, place in enumerate(places, start=1)]
    assert all(0.0 <= value <= 1.0 + 1e-9 for value in scores.values())
    assert scores["mrr"] == pytest.approx(1 / places[0] if places else 0.0)
    assert scores["map"] == pytest.approx(sum(precisions) / len(relevant))
    assert scores["precision_5"] == pytest.approx(sum(place <= 5 for place in places) / 5)
    assert scores["recall_5"] == pytest.approx(sum(place <= 5 for place in places) / len(relevant))
    assert scores["hit_1"] == float(bool(places) and places[0] == 1)
    assert scores["ndcg_10"] == pytest.approx(quality({"q": ranking}, {"q": grades}).ndcg_10)


@settings(max_examples=40)
@given(rankings, grade_sets, st.integers(0, 6))
def test_a_relevant_document_further_up_is_never_worse(
    ranking: list[str], grades: dict[str, int], place: int
) -> None:
    relevant = {doc_id: 1 for doc_id, grade in grades.items() if grade > 0}
    if place + 1 >= len(ranking) or ranking[place + 1] not in relevant or ranking[place] in relevant:
        return
    better = [*ranking]
    better[place], better[place + 1] = better[place + 1], better[place]
    before = scores_by_query({"q": ranking}, {"q": relevant})["q"]
    after = scores_by_query({"q": better}, {"q": relevant})["q"]
    assert all(after[name] >= before[name] - 1e-9 for name in before)
    assert after["map"] > before["map"]


def test_without_the_extra_it_is_named_when_something_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    spec = importlib.util.find_spec(ranking.__name__)
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    with pytest.raises(MissingExtraError, match=r"folio-kb\[evals\]"):
        fresh.scores_by_query({"q": ["a"]}, {"q": {"a": 1}})


@pytest.mark.parametrize("name", ["ir_measures", "scipy"])
def test_an_evaluation_asks_nothing_without_what_scores_and_compares(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"folio-kb\[evals\]"):
        check_extras()

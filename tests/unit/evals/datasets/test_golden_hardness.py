"""The set `products` tells ways of searching apart, with the packaged model: no arm alone is good at all of it."""

from statistics import fmean

import pytest

from core.config import RetrievalSettings
from evals.datasets.model import EvalSet
from evals.datasets.retrieval_sets import Passage, Question, RetrievalSet
from evals.golden.sets import load_golden
from evals.metrics.ranking import scores_by_query
from evals.retrieval_eval.indexing import indexed
from evals.retrieval_eval.rankings import best_documents, find, fusions

pytestmark = [pytest.mark.slow, pytest.mark.asyncio]


async def ndcg_by_arm(data: EvalSet) -> dict[str, dict[str, float]]:
    """By way to rank and case."""
    cases = [case for case in data.cases if case.grades]
    passages = tuple(Passage(one.doc_id, one.title, one.text) for one in data.documents)
    questions = tuple(Question(case.case_id, case.question) for case in cases)
    grades = {case.case_id: case.grades for case in cases}
    async with indexed(passages, cache=None) as store:
        found = await find(RetrievalSet(data.name, passages, questions, grades), store, count=100)
    scores = {}
    for name, way in fusions(RetrievalSettings()).items():
        ranked = {
            key: best_documents(way(arms), doc_ids=found.doc_ids) for key, arms in found.candidates.items()
        }
        scores[name] = {key: one["ndcg_10"] for key, one in scores_by_query(ranked, grades).items()}
    return scores


async def test_words_meaning_and_both_are_needed() -> None:
    data = load_golden("products")
    scores = await ndcg_by_arm(data)

    def mean(arm: str, tag: str = "search:") -> float:
        return fmean(
            scores[arm][case.case_id]
            for case in data.cases
            if case.grades and any(one.startswith(tag) for one in case.tags)
        )

    assert 0.6 < mean("DBSF") < 0.95
    assert mean("DBSF") > max(mean("dense"), mean("BM25"))
    assert mean("BM25", "search:exact") > mean("dense", "search:exact") + 0.1
    assert mean("dense", "search:meaning") > mean("BM25", "search:meaning") + 0.2

"""The measurement of retrieval: fusions, cross-validation, tables, and one run over a small set."""

from pathlib import Path

import numpy as np
import pytest

from core.config import RetrievalSettings
from core.search import Candidates
from evals.datasets.retrieval_sets import read_set
from evals.eval_retrieval import main, measure
from evals.metrics.ranking import Quality
from evals.retrieval_eval.cross_validation import best_option, leave_one_out
from evals.retrieval_eval.indexing import indexed
from evals.retrieval_eval.rankings import (
    Found,
    best_documents,
    convex_grid,
    default_name,
    find,
    fused_quality,
    fusions,
)
from evals.retrieval_eval.report import goal_lines, grid_table, held_out_table, quality_table
from evals.retrieval_eval.vector_cache import CachedEmbedder
from tests.fakes.embedder import FakeEmbedder
from tests.unit.evals.retrieval_worlds import TOPICS, write_retrieval_set

ARMS = Candidates(dense=(("a1", 0.9), ("b1", 0.5)), lexical=(("b1", 7.0), ("c1", 6.0), ("b2", 5.0)))
FOUND = Found("set", {"q": ARMS}, {"a1": "a", "b1": "b", "b2": "b", "c1": "c"}, {"q": {"b": 1}})


def test_a_document_stands_where_its_best_chunk_stands() -> None:
    assert best_documents(ARMS.lexical, doc_ids=FOUND.doc_ids) == ["b", "c"]


def test_every_way_to_rank_is_measured_and_the_default_is_one_of_them() -> None:
    settings = RetrievalSettings()
    ways = fusions(settings)
    assert list(ways)[:2] == ["dense", "BM25"]
    assert default_name(settings) in ways
    assert fused_quality(FOUND, ways["dense"]).mrr == 0.5
    assert fused_quality(FOUND, ways["BM25"]).mrr == 1.0


def test_the_grid_has_every_weight_with_every_floor() -> None:
    grid = convex_grid((0.2, 0.8), (None, 0.0))
    assert list(grid) == [
        "weight 0.2, floor lowest",
        "weight 0.8, floor lowest",
        "weight 0.2, floor 0",
        "weight 0.8, floor 0",
    ]
    assert grid["weight 0.8, floor 0"](ARMS)[0][0] == "a1"


def test_a_set_has_no_say_in_what_it_is_measured_with() -> None:
    values = {"x": {"p": 0.9, "q": 0.1}, "y": {"p": 0.2, "q": 0.3}, "z": {"p": 0.2, "q": 0.4}}
    rows = leave_one_out(values)
    assert [(row.set_name, row.chosen, row.value, row.best) for row in rows] == [
        ("x", "q", 0.1, "p"),
        ("y", "p", 0.2, "q"),
        ("z", "p", 0.2, "q"),
    ]
    assert best_option(list(values.values())) == "p"


def test_tables_say_what_was_reached_and_what_was_missed() -> None:
    good, poor = Quality(0.76, 0.9, 1.0, 0.8), Quality(0.4, 0.3, 0.5, 0.4)
    rows = {"dense": poor, "BM25": poor, "DBSF": good}
    assert "| DBSF | 0.7600 | 0.900 | 1.000 | 0.800 |" in quality_table(rows)
    assert all(line.endswith(": met") for line in goal_lines("scifact", rows, default="DBSF"))
    missed = goal_lines("anthropic_docs_rag", rows, default="DBSF")
    assert [line.endswith("**missed**") for line in missed] == [False, True, False]
    assert "| p | 0.2000 | 0.4000 | 0.3000 |" in grid_table({"x": {"p": 0.2}, "y": {"p": 0.4}})
    [row] = leave_one_out({"x": {"p": 0.2}, "y": {"p": 0.4}})[:1]
    assert "| x | p | 0.2000 | p | 0.2000 |" in held_out_table("option", [row])


async def test_vectors_are_computed_once(tmp_path: Path) -> None:
    first = CachedEmbedder(FakeEmbedder(), folder=tmp_path)
    vectors = await first.embed_passages(["one", "two", "one"])
    query = await first.embed_query("one")
    first.save()

    class NoModel(FakeEmbedder):
        async def embed_passages(self, texts):
            raise AssertionError

        embed_query = embed_passages

    again = CachedEmbedder(NoModel(), folder=tmp_path)
    assert np.allclose(await again.embed_passages(["one", "two", "one"]), vectors)
    assert np.allclose(await again.embed_query("one"), query)


async def test_a_set_is_found_through_the_real_store(tmp_path: Path) -> None:
    data = read_set(write_retrieval_set(tmp_path / "small"))
    async with indexed(data.passages, cache=None, embedder=FakeEmbedder()) as store:
        found = await find(data, store, count=10)
    assert set(found.doc_ids.values()) == set(TOPICS)
    assert fused_quality(found, lambda arms: arms.lexical).ndcg_10 == 1.0


async def test_the_service_itself_is_a_row(tmp_path: Path) -> None:
    data = read_set(write_retrieval_set(tmp_path / "small"))
    measured = await measure(data, RetrievalSettings(), cache=tmp_path / "cache")
    assert measured.rows["as served"].ndcg_10 == 1.0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [([], 0, "--data"), (["--data", "nowhere"], 2, "nowhere")],
)
def test_without_sets_the_command_says_what_it_needs(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert words in "".join(capsys.readouterr())


def test_the_command_prints_a_table_for_each_set_and_the_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("one", "two"):
        write_retrieval_set(tmp_path / "data" / name)
    cache = ["--cache", str(tmp_path / "cache")]
    assert main(["--data", str(tmp_path / "data"), *cache]) == 0
    text = capsys.readouterr().out
    assert text.count("| as served |") == 2
    assert "## Leave one set out" in text

"""The graph benchmark: its made-up evidence, its goals, and one small measurement of each kind."""

import orjson
import pytest

from evals.bench_graph import Measured, as_text, goals, main
from evals.graph_bench.evidence import document, made_up
from evals.graph_bench.extraction import IngestCost
from evals.graph_bench.keeping_up import LoadCost, RefreshCost, measure_load, measure_refresh
from evals.graph_bench.walks import WalkCost, measure_walks

MEASURED = Measured(
    [
        WalkCost(99_000, 8000, 4.0, 60.0, 9.0, 3.0, 51.0, 4.0, 1.0),
        WalkCost(990_000, 80_000, 40.0, 600.0, 90.0, 30.0, 60.0, 40.0, 1.0),
    ],
    [RefreshCost(1000, 22_000, 9.0, 4.0, 6.0, 8.0), RefreshCost(50_000, 1_100_000, 9.0, 5.0, 6.0, 9.0)],
    [LoadCost(1_000_000, 20.0, 18.0, 0.1, 900.0, 1500.0)],
    [IngestCost(False, 100, 10.0, 20.0, 0.0), IngestCost(True, 100, 11.0, 26.0, 2.0)],
)


def test_the_evidence_is_always_the_same_and_an_edit_changes_it() -> None:
    assert list(made_up(5)) == list(made_up(5))
    edited = document(3, document_count=5, version=2)
    before = list(made_up(5))[3]
    assert edited.doc_id == before.doc_id
    assert edited.rows != before.rows


def test_goals_speak_of_the_sizes_that_they_were_set_for() -> None:
    assert {goal.name: (round(goal.value, 3), goal.met) for goal in goals(MEASURED)} == {
        "p95 of a walk, 99000 edges, ms": (51.0, False),
        "refresh after an edit and first walk, 50000 against 1000 documents": (1.1, True),
        "refresh after an edit and first walk, 50000 against 1000 documents, processor time": (1.125, True),
        "processor time that the graph adds to ingestion, share": (0.3, False),
    }
    assert goals(Measured()) == []


def test_the_report_has_a_table_for_each_part_that_was_measured() -> None:
    text = as_text(MEASURED)
    assert text.count("\n| ---") == 4
    assert "MISSED: p95 of a walk" in text
    assert "| 1000000 | 20.0 | 18.0 | 50000 | 0.10 | 900 | 1500 |" in text
    assert as_text(Measured(loads=MEASURED.loads)).count("\n| ---") == 1


def test_small_graphs_are_measured() -> None:
    walks = measure_walks(600, walk_count=4)
    assert walks.edge_count > 300
    assert walks.agreement > 0.5
    assert measure_refresh(20, edit_count=2).refresh_ms > 0
    load = measure_load(20)
    assert load.row_count > 200
    assert load.rows_per_s > 0


def test_nothing_asked_for_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--edges", "--documents", "--rows", "--json"])
    assert orjson.loads(capsys.readouterr().out)["goals"] == []

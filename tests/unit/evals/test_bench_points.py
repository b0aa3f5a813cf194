"""The benchmark of many points: its data, its table, and a small run of each way to keep them."""

import pytest

from evals.bench_points import main, sizing, table, variants
from evals.points_bench.points import DIMENSION, overlap, point_batches, queries
from evals.points_bench.variants import Measured, Variant, measure
from evals.retrieval_bench.timing import Latency


def measured(variant: Variant, *, mb: float, p50_ms: float, recall: float | None = None) -> Measured:
    return Measured(variant, 2000.0, mb, mb / 2, 2 * mb, 7.0, Latency(9, p50_ms, 9.0, 100.0), recall)


def test_points_have_the_shape_that_is_promised() -> None:
    points = [point for batch in point_batches(40, batch_count=16) for point in batch]
    assert len({point.point_id for point in points}) == 40
    assert {len(point.dense) for point in points} == {DIMENSION}
    assert {len(point.text) for point in points} == {800}
    assert all(len(point.sparse.indices) == 60 for point in points)
    assert len(queries(3)) == 3


def test_the_table_has_a_row_for_each_variant() -> None:
    rows = [
        measured(Variant("default", 1_000_000), mb=3000, p50_ms=60),
        measured(Variant("default, fewer", 100_000), mb=300, p50_ms=6),
        measured(Variant("HNSW", 100_000, hnsw=True), mb=400, p50_ms=2, recall=0.97),
    ]
    text = table(rows)
    assert "| default | 1,000,000 | 2000 |  | 3000 | 1500 | 6000 | 60.0 | 9.0 | exact |" in text
    assert "| HNSW | 100,000 | 2000 | 7 | 400 | 200 | 800 | 2.0 | 9.0 | 0.97 |" in text
    assert "3,000 MB of memory after loading" in sizing(rows)
    assert "60 ms a query" in sizing(rows)
    assert "two sizes" in sizing(rows[:1])


def test_overlap_is_a_share_of_what_is_wanted() -> None:
    assert overlap(["a", "b", "x"], ["a", "b", "c", "d"]) == 0.5
    assert overlap([], []) == 0


@pytest.mark.slow
async def test_a_graph_is_built_and_finds_what_exact_search_finds() -> None:
    [hnsw] = [variant for variant in variants(200, 100) if variant.name == "HNSW"]
    found = await measure(Variant(hnsw.name, hnsw.count, hnsw=True, query_count=4))
    assert found.latency.count == 4
    assert found.dense_recall == 1.0
    assert min(found.loaded_mb, found.restarted_mb, found.disk_mb, found.points_per_s) > 0


def test_a_name_that_no_variant_has_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "unknown"]) == 2
    assert "no variant" in capsys.readouterr().err


@pytest.mark.slow
def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--points", "60", "--variant-points", "40", "--only", "default"]) == 0
    assert "| default | 60 |" in capsys.readouterr().out

"""The store benchmark: its data, its table, and one small run of each store."""

from evals.bench_store import (
    DIMENSION,
    TERM_COUNT,
    Measured,
    as_text,
    compare,
    local_query_count,
    random_chunks,
)


def test_the_data_has_the_shape_that_is_promised():
    chunks = [chunk for batch in random_chunks(300, seed=1) for chunk in batch]
    assert len({chunk.point_id for chunk in chunks}) == 300
    assert {len(chunk.dense) for chunk in chunks} == {DIMENSION}
    assert {len(chunk.sparse.indices) for chunk in chunks} == {TERM_COUNT}
    assert {len(chunk.text) for chunk in chunks} == {800}


def test_local_mode_is_asked_less_where_it_is_slow():
    assert [local_query_count(points) for points in (1_000, 20_000, 100_000)] == [200, 20, 5]


def test_the_table_says_how_many_times_faster():
    rows = [
        Measured("embedded over HTTP", 10, 5.0, 3, 2.0, 4.0),
        Measured("local mode", 10, 1.0, 3, 80.0, 90.0),
    ]
    assert "40 (query p50)" in as_text(rows)


async def test_both_stores_are_filled_and_queried():
    embedded, local = await compare(20)
    assert (embedded.store, local.store) == ("embedded over HTTP", "local mode")
    assert embedded.point_count == local.point_count == 20
    assert embedded.p50_ms <= embedded.p95_ms

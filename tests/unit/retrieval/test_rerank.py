"""The reranking stage: order, early stop, time, interpolation."""

from hypothesis import given
from hypothesis import strategies as st

from core.retrieval_settings import RerankSettings
from retrieval.rerank import Ended, RerankStage, merged
from tests.fakes.clock import FakeClock
from tests.fakes.hits import hit
from tests.fakes.reranker import FakeReranker

QUERY = "leave days per year"


def stage(reranker: FakeReranker, clock: FakeClock, **settings: object) -> RerankStage:
    return RerankStage(reranker, settings=RerankSettings.model_validate(settings), clock=clock)


async def test_the_model_decides_the_order() -> None:
    clock = FakeClock()
    hits = [hit("nothing", doc="a", score=0.9), hit("leave days per year", doc="b", score=0.1)]
    found = await stage(FakeReranker(clock), clock).reordered(QUERY, hits, limit=2)
    assert [row.doc_id for row in found.hits] == ["b", "a"]
    assert found.scores == (0.0, 4.0)
    assert found.ended is Ended.ALL_READ


async def test_title_and_heading_are_read_with_the_text() -> None:
    clock = FakeClock()
    reranker = FakeReranker(clock)
    await stage(reranker, clock).reordered(QUERY, [hit("text", title="Title", heading="Head")], limit=1)
    assert reranker.read == [["Title\nHead\ntext"]]


async def test_a_block_that_brings_nothing_into_the_result_is_the_last() -> None:
    clock = FakeClock()
    reranker = FakeReranker(clock)
    hits = [
        hit("leave days", doc=f"{n:02}") if n < 4 else hit("nothing", doc=f"{n:02}", score=-n)
        for n in range(12)
    ]
    found = await stage(reranker, clock, block_count=4, candidate_count=12).reordered(QUERY, hits, limit=2)
    assert [len(block) for block in reranker.read] == [4, 4]
    assert found.ended is Ended.NOTHING_NEW
    assert [row.doc_id for row in found.hits][8:] == ["08", "09", "10", "11"]


async def test_the_first_block_can_fill_the_result() -> None:
    clock = FakeClock()
    reranker = FakeReranker(clock)
    hits = [hit("nothing", doc=f"{n:02}") for n in range(8)]
    await stage(reranker, clock, block_count=2, candidate_count=8).reordered(QUERY, hits, limit=6)
    assert len(reranker.read[0]) == 6


async def test_what_the_time_did_not_suffice_for_keeps_its_order_behind_the_rest() -> None:
    clock = FakeClock()
    hits = [
        hit("leave", doc="a"),
        hit("leave days", doc="b"),
        hit("leave days per year", doc="c"),
        hit("x", doc="d"),
    ]
    found = await stage(FakeReranker(clock, seconds=0.4), clock, budget_ms=1000).reordered(
        QUERY, hits, limit=4
    )
    assert [row.doc_id for row in found.hits] == ["b", "a", "c", "d"]
    assert found.ended is Ended.TIME_OVER
    assert found.read_count == 2


async def test_only_candidates_are_read() -> None:
    clock = FakeClock()
    reranker = FakeReranker(clock)
    hits = [hit("leave", doc=f"{n:02}") for n in range(5)]
    found = await stage(reranker, clock, candidate_count=3, block_count=3).reordered(QUERY, hits, limit=5)
    assert len(reranker.read[0]) == 3
    assert len(found.hits) == 5


async def test_without_hits_no_model_is_asked() -> None:
    clock = FakeClock()
    reranker = FakeReranker(clock)
    found = await stage(reranker, clock).reordered(QUERY, [], limit=5)
    assert found.hits == ()
    assert reranker.read == []


def test_the_weight_mixes_model_and_fusion() -> None:
    hits = [hit(doc="a", score=1.0), hit(doc="b", score=0.9), hit(doc="c", score=0.0)]
    scores = (0.0, 1.0, 2.0)
    assert [row.doc_id for row in merged(hits, scores, weight=1.0)] == ["c", "b", "a"]
    assert [row.doc_id for row in merged(hits, scores, weight=0.0)] == ["a", "b", "c"]
    assert [row.doc_id for row in merged(hits, scores, weight=0.5)] == ["b", "a", "c"]


@given(
    st.lists(st.none() | st.floats(-1e6, 1e6, allow_nan=False), max_size=12),
    st.floats(0, 1),
)
def test_nothing_is_lost_and_scores_fall(scores: list[float | None], weight: float) -> None:
    hits = [hit(doc=f"{n:02}", score=1.0 - n / 20) for n in range(len(scores))]
    after = merged(hits, scores, weight=weight)
    assert sorted(row.doc_id for row in after) == sorted(row.doc_id for row in hits)
    assert [row.score for row in after] == sorted((row.score for row in after), reverse=True)
    assert all(-1 < row.score <= 1 for row in after)

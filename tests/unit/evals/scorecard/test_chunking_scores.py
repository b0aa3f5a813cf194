"""What the chunking stage says of gold spans and chunks, with numbers computed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.datasets.model import GoldSpan
from evals.scorecard.stages.chunking import located, span_iou, whole_share


def test_a_span_that_a_border_cuts_is_not_whole() -> None:
    chunks = [(0, 10), (10, 30)]
    assert whole_share([(2, 8), (8, 12)], chunks) == 0.5


def test_iou_is_characters_of_spans_over_characters_of_the_chunks_that_touch_them() -> None:
    # 6 gold characters in chunks of 10 and 20: the third chunk is not read.
    assert span_iou([(8, 14)], [(0, 10), (10, 30), (30, 99)]) == pytest.approx(6 / 30)


def test_chunks_that_overlap_cost_what_they_repeat() -> None:
    assert span_iou([(8, 10)], [(0, 10), (8, 20)]) == pytest.approx(2 / 22)


def test_what_no_chunk_holds_counts_against_it() -> None:
    assert span_iou([(0, 10)], [(5, 10)]) == pytest.approx(5 / 10)
    assert span_iou([(0, 4)], [(10, 20)]) == 0.0


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(0, 40), st.integers(1, 20))
def test_iou_is_a_share(sizes: list[int], start: int, length: int) -> None:
    ends = [sum(sizes[: at + 1]) for at in range(len(sizes))]
    chunks = list(zip([0, *ends[:-1]], ends, strict=True))
    assert 0.0 <= span_iou([(start, start + length)], chunks) <= 1.0


def test_a_span_is_found_at_its_offset_else_by_its_words() -> None:
    text = "red, red, blue"
    assert located(GoldSpan("a", "red", 5), text) == (5, 8)
    assert located(GoldSpan("a", "red"), text) == (0, 3)
    assert located(GoldSpan("a", "blue", 3), text) == (10, 14)
    assert located(GoldSpan("a", "green"), text) is None

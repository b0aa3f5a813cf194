import pytest

from core.config import EmbeddingSettings
from core.span_ports import Marked, SeparateSpans, span_embedder
from inference.embed.onnx_minilm import DIMENSION, OnnxMiniLm
from tests.fakes.embedder import FakeEmbedder

LEAD = "Policy. "
TEXT = LEAD + "Hotels cost 190 EUR. Trains are late."
FIRST, SECOND = (8, 28), (29, 45)


@pytest.fixture(scope="module")
def model() -> OnnxMiniLm:
    return OnnxMiniLm(EmbeddingSettings(thread_count=1))


def dot(left: tuple[float, ...], right: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


async def test_each_span_is_near_to_a_question_about_it(model: OnnxMiniLm) -> None:
    asked = await model.embed_query("what does a hotel cost")
    ((first, second),) = await model.embed_spans([Marked(TEXT, (FIRST, SECOND), len(LEAD))])

    assert dot(first, first) == pytest.approx(1, abs=1e-4)
    assert dot(asked, first) > dot(asked, second)


async def test_texts_keep_their_order_whatever_their_length(model: OnnxMiniLm) -> None:
    long = Marked(TEXT * 8, (FIRST,))
    short = Marked("Rain.", ((0, 5),))
    apart = [(await model.embed_spans([one]))[0][0] for one in (long, short)]
    together = [vectors[0] for vectors in await model.embed_spans([long, short])]

    assert all(dot(left, right) > 0.99 for left, right in zip(apart, together, strict=True))


async def test_a_span_beyond_the_window_is_all_zeros(model: OnnxMiniLm) -> None:
    text = "word " * 400
    ((last,),) = await model.embed_spans([Marked(text, ((1990, 1994),))])

    assert last == (0.0,) * DIMENSION


async def test_no_texts_are_no_vectors(model: OnnxMiniLm) -> None:
    assert await model.embed_spans([]) == []


async def test_any_other_embedder_reads_each_span_behind_its_headings() -> None:
    embedder = FakeEmbedder()
    ((first, second),) = await span_embedder(embedder).embed_spans([Marked(TEXT, (FIRST, SECOND), len(LEAD))])
    apart = await embedder.embed_passages(["Policy. Hotels cost 190 EUR.", "Policy. Trains are late."])

    assert [first, second] == apart


def test_an_embedder_that_can_is_used_as_it_is(model: OnnxMiniLm) -> None:
    assert span_embedder(model) is model
    assert isinstance(span_embedder(FakeEmbedder()), SeparateSpans)

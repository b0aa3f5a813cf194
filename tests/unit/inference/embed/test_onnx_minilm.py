import asyncio

import pytest

from core.config import EmbeddingSettings
from core.errors import SettingsError
from inference.embed.onnx_minilm import OnnxMiniLm


def test_another_model_is_refused_with_the_way_out() -> None:
    with pytest.raises(SettingsError, match=r"'bge-m3'.*embedding.provider"):
        OnnxMiniLm(EmbeddingSettings(model="bge-m3"))


async def test_prefixes_go_in_front_of_queries_and_passages() -> None:
    plain = OnnxMiniLm(EmbeddingSettings(thread_count=1))
    prefixed = OnnxMiniLm(EmbeddingSettings(thread_count=1, query_prefix="query: ", passage_prefix="text: "))
    assert await prefixed.embed_query("bees") == await plain.embed_query("query: bees")
    assert await prefixed.embed_passages(["bees"]) == await plain.embed_passages(["text: bees"])
    assert prefixed.fingerprint != plain.fingerprint


async def test_words_beyond_the_window_do_not_count() -> None:
    embedder = OnnxMiniLm(EmbeddingSettings(thread_count=1))
    window = "bee " * 254
    cut, more = await embedder.embed_passages([window, window + "volcano " * 50])
    assert cut == pytest.approx(more, abs=1e-5)


async def test_calls_at_the_same_time_load_one_model_and_agree() -> None:
    embedder = OnnxMiniLm(EmbeddingSettings(thread_count=1))
    vectors = await asyncio.gather(*(embedder.embed_query("bees") for _ in range(8)))
    assert len(set(vectors)) == 1


async def test_the_event_loop_stays_free_while_vectors_are_computed() -> None:
    embedder = OnnxMiniLm(EmbeddingSettings(thread_count=1))
    embedding = asyncio.create_task(embedder.embed_passages(["bee " * 200] * 8))
    turns = 0
    while not embedding.done():
        turns += 1
        await asyncio.sleep(0.001)
    assert turns > 2


def test_thread_count_and_batch_size_are_no_part_of_the_fingerprint() -> None:
    one = OnnxMiniLm(EmbeddingSettings(thread_count=1, batch_count=1)).fingerprint
    assert one == OnnxMiniLm(EmbeddingSettings(thread_count=2, batch_count=8)).fingerprint
    assert one == "onnx:all-MiniLM-L6-v2-int8:384:'':''"

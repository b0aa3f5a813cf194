"""A query that was asked before costs no model call, and its words are nowhere in the cache."""

from collections.abc import Sequence

import pytest

from inference.embed.remembering import RememberingEmbedder
from store.cache.memory import MemoryCache
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder


class CountingEmbedder(FakeEmbedder):
    """Counts the queries that reach the model."""

    def __init__(self, dimension: int = 16, name: str = "one") -> None:
        super().__init__(dimension)
        self.name = name
        self.query_count = 0

    @property
    def fingerprint(self) -> str:
        return self.name

    async def embed_query(self, text: str) -> tuple[float, ...]:
        self.query_count += 1
        return await super().embed_query(text)


class OpenCache:
    """Implements Cache; shows what it was given."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, key: str) -> bytes | None:
        return self.kept.get(key)

    async def set(self, key: str, value: bytes, *, ttl_s: float) -> None:
        self.kept[key] = value

    async def delete(self, key: str) -> None:
        self.kept.pop(key, None)


async def asked(embedder: RememberingEmbedder, texts: Sequence[str]) -> list[tuple[float, ...]]:
    return [await embedder.embed_query(text) for text in texts]


async def test_the_same_query_is_computed_once_and_gives_the_same_vector() -> None:
    model = CountingEmbedder()
    embedder = RememberingEmbedder(model, MemoryCache(FakeClock()), ttl_s=60)
    first, second, other = await asked(embedder, ["red fox", "red fox", "red owl"])
    assert model.query_count == 2
    assert second == pytest.approx(first, abs=1e-7)
    assert other != second


async def test_a_vector_is_forgotten_after_its_time() -> None:
    model, clock = CountingEmbedder(), FakeClock()
    embedder = RememberingEmbedder(model, MemoryCache(clock), ttl_s=60)
    await embedder.embed_query("fox")
    clock.advance(61)
    await embedder.embed_query("fox")
    assert model.query_count == 2


async def test_another_model_never_gets_this_ones_vectors() -> None:
    cache = MemoryCache(FakeClock())
    one, two = CountingEmbedder(), CountingEmbedder(name="two")
    for model in (one, two):
        await RememberingEmbedder(model, cache, ttl_s=60).embed_query("fox")
    assert (one.query_count, two.query_count) == (1, 1)


async def test_the_words_of_a_query_are_not_kept() -> None:
    cache = OpenCache()
    await RememberingEmbedder(CountingEmbedder(), cache, ttl_s=60).embed_query("salary of Jane Smith")
    ((key, value),) = cache.kept.items()
    assert "smith" not in (key + value.decode("latin-1")).lower()


async def test_a_damaged_value_is_computed_again() -> None:
    cache, model = OpenCache(), CountingEmbedder()
    embedder = RememberingEmbedder(model, cache, ttl_s=60)
    first = await embedder.embed_query("fox")
    cache.kept = dict.fromkeys(cache.kept, b"abc")
    assert await embedder.embed_query("fox") == first
    assert model.query_count == 2


async def test_passages_go_to_the_model() -> None:
    model = CountingEmbedder()
    embedder = RememberingEmbedder(model, OpenCache(), ttl_s=60)
    assert await embedder.embed_passages(["fox", "fox"]) == await model.embed_passages(["fox", "fox"])
    assert model.passage_count == 4
    assert (embedder.dimension, embedder.fingerprint) == (16, "one")

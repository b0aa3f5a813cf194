"""Local cross-encoders: windows, batches, time; the two adapters with a real, tiny model."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import SettingsError
from core.retrieval_settings import RerankSettings
from inference.rerank.factory import create_reranker, provider_of
from inference.rerank.local import LocalReranker
from inference.rerank.windows import windows
from tests.fakes.clock import FakeClock
from tests.fakes.tiny_cross_encoder import write_cross_encoder, write_onnx


class Words:
    """A pair model whose tokens are characters; a pair's score is how often the passage has the query in it."""

    special_count = 3

    def __init__(self, clock: FakeClock, *, seconds: float = 0.0, score: float | None = None) -> None:
        self.calls: list[list[tuple[str, str]]] = []
        self._clock = clock
        self._seconds = seconds
        self._score = score

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return [[(at, at + 1) for at in range(len(text))] for text in texts]

    def scores(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.calls.append(list(pairs))
        self._clock.advance(self._seconds)
        return [
            float(passage.count(query)) if self._score is None else self._score for query, passage in pairs
        ]


def reranker(model: Words, clock: FakeClock, **settings: object) -> LocalReranker:
    values = RerankSettings.model_validate({"provider": "onnx", "model": "m", **settings})
    return LocalReranker(values, load=lambda: model, clock=clock)


async def test_a_long_passage_counts_by_its_best_window() -> None:
    clock = FakeClock()
    model = Words(clock)
    passage = "." * 100 + "xx" + "." * 20
    assert await reranker(model, clock, max_tokens=43, window_count=8).scores("x", [passage, "xxx"]) == [
        2.0,
        3.0,
    ]
    assert all(len(query) + len(text) + 3 <= 43 for call in model.calls for query, text in call)


async def test_only_so_many_windows_are_read() -> None:
    clock = FakeClock()
    model = Words(clock)
    await reranker(model, clock, max_tokens=32, window_count=2).scores("x", ["." * 500])
    assert sum(len(call) for call in model.calls) == 2


async def test_a_query_never_takes_more_than_half_of_the_window() -> None:
    clock = FakeClock()
    model = Words(clock)
    await reranker(model, clock, max_tokens=43).scores("x" * 100, ["y" * 15])
    assert model.calls == [[("x" * 20, "y" * 15)]]


async def test_passages_of_similar_length_go_together() -> None:
    clock = FakeClock()
    model = Words(clock)
    await reranker(model, clock, batch_count=2).scores("q", ["aaaa", "b", "cccc", "d"])
    assert [[text for _, text in call] for call in model.calls] == [["b", "d"], ["aaaa", "cccc"]]


async def test_when_the_time_is_over_the_rest_has_no_score() -> None:
    clock = FakeClock()
    model = Words(clock, seconds=1.0)
    scores = await reranker(model, clock, batch_count=1).scores("a", ["a", "aa", "aaa"], budget_s=1.5)
    assert scores == [1.0, 2.0, None]


async def test_a_score_that_is_no_number_is_told() -> None:
    clock = FakeClock()
    with pytest.raises(SettingsError, match=r"rerank\.model"):
        await reranker(Words(clock, score=float("nan")), clock).scores("a", ["a"])


@given(st.integers(1, 60), st.integers(1, 20))
def test_windows_cover_the_text_and_none_is_too_long(length: int, tokens: int) -> None:
    text = "".join(chr(ord("a") + at % 26) for at in range(length))
    pieces = list(windows(text, [(at, at + 1) for at in range(length)], tokens=tokens, count=1000))
    assert all(0 < len(piece) <= tokens for piece in pieces)
    place = 0
    for piece in pieces:
        at = text.index(piece, max(place - tokens, 0))
        assert at <= place
        place = at + len(piece)
    assert place == length


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_onnx(write_cross_encoder(tmp_path_factory.mktemp("reranker")))


@pytest.mark.parametrize("provider", ["sentence-transformers", "onnx"])
async def test_both_adapters_score_alone_as_in_a_batch(provider: str, folder: Path) -> None:
    settings = RerankSettings.model_validate({"provider": provider, "model": str(folder), "max_tokens": 64})
    model = create_reranker(settings, clock=FakeClock())
    assert model is not None
    passages = ["thirty days of leave", "word " * 300, "", "no"]
    together = await model.scores("how much leave", passages)
    alone = [(await model.scores("how much leave", [passage]))[0] for passage in passages]
    assert together == [pytest.approx(score, abs=1e-5) for score in alone]
    assert len(set(alone)) > 1


async def test_both_adapters_agree_on_the_order(folder: Path) -> None:
    passages = ["thirty days of leave", "the office dog", "pay day", "a b c d"]
    orders = []
    for provider in ("sentence-transformers", "onnx"):
        settings = RerankSettings.model_validate({"provider": provider, "model": str(folder)})
        model = create_reranker(settings, clock=FakeClock())
        assert model is not None
        scores = await model.scores("how much leave", passages)
        orders.append(sorted(range(4), key=lambda at, found=scores: -(found[at] or 0.0)))
    assert orders[0] == orders[1]


@pytest.mark.parametrize("provider", ["sentence-transformers", "onnx"])
async def test_a_folder_without_a_model_is_named(provider: str, tmp_path: Path) -> None:
    settings = RerankSettings.model_validate({"provider": provider, "model": str(tmp_path)})
    model = create_reranker(settings, clock=FakeClock())
    assert model is not None
    with pytest.raises(SettingsError, match=str(tmp_path)):
        await model.scores("q", ["a"])


@pytest.mark.parametrize(
    ("settings", "provider"),
    [
        ({}, "off"),
        ({"model": "a/b"}, "sentence-transformers"),
        ({"model": "a", "base_url": "http://models/v1"}, "cohere"),
        ({"provider": "off", "model": "a/b"}, "off"),
    ],
)
def test_auto_is_off_until_something_is_named(settings: dict[str, str], provider: str) -> None:
    chosen = RerankSettings.model_validate(settings)
    assert provider_of(chosen) == provider
    assert (create_reranker(chosen, clock=FakeClock()) is None) == (provider == "off")


def test_a_local_provider_needs_a_model() -> None:
    with pytest.raises(SettingsError, match=r"rerank\.model"):
        create_reranker(RerankSettings(provider="onnx"), clock=FakeClock())

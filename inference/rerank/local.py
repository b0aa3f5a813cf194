"""What local cross-encoders share: long passages in windows, similar lengths together, an eye on the clock."""

import asyncio
import math
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from core.errors import SettingsError
from core.ids import fingerprint
from core.ports import Clock
from core.retrieval_settings import RerankSettings
from inference.embed.batches import length_batches
from inference.rerank.windows import Window, best_of, windows

# A query never takes more than half of the window.
_QUERY_SHARE = 2


class PairModel(Protocol):
    """A loaded model that scores pairs of texts, and its tokenizer. Blocking."""

    @property
    def special_count(self) -> int:
        """Tokens that the model puts around and between the two texts."""

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where the tokens of each text lie, in characters; nothing cut, no special tokens."""

    def scores(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One score per pair."""


class LocalReranker:
    """Implements Reranker. The model is loaded by the first call, once, whichever thread makes it."""

    def __init__(self, settings: RerankSettings, *, load: Callable[[], PairModel], clock: Clock) -> None:
        """Score with the model that `load` gives."""
        self._settings = settings
        self._load = load
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: PairModel | None = None

    @property
    def fingerprint(self) -> str:
        """Provider, model and window."""
        settings = self._settings
        return fingerprint({name: getattr(settings, name) for name in ("provider", "model", "max_tokens")})

    async def scores(
        self, query: str, passages: Sequence[str], *, budget_s: float | None = None
    ) -> list[float | None]:
        """One score per passage, that of its best window; None for those the time did not suffice for."""
        if not passages:
            return []
        return await asyncio.to_thread(self._scores, query, passages, budget_s)

    def _scores(self, query: str, passages: Sequence[str], budget_s: float | None) -> list[float | None]:
        # Loading takes seconds, once: it is not the fault of this query.
        model = self._model()
        until_s = math.inf if budget_s is None else self._clock.monotonic_s() + budget_s
        question, pieces, lengths = self._pieces(model, query, passages)
        scores: list[float | None] = [None] * len(pieces)
        for group in length_batches(lengths, max_count=self._settings.batch_count):
            if self._clock.monotonic_s() >= until_s:
                break
            found = model.scores([(question, pieces[position].text) for position in group])
            for position, score in zip(group, found, strict=True):
                scores[position] = _checked(score)
        return best_of(pieces, scores, count=len(passages))

    def _pieces(
        self, model: PairModel, query: str, passages: Sequence[str]
    ) -> tuple[str, list[Window], list[int]]:
        """The query and the windows that fit beside it, with their lengths in tokens."""
        free_count = self._settings.max_tokens - model.special_count
        [asked] = model.offsets([query])
        question = next(windows(query, asked, tokens=free_count // _QUERY_SHARE, count=1))
        room_count = max(free_count - min(len(asked), free_count // _QUERY_SHARE), 1)
        pieces, lengths = [], []
        for number, (text, offsets) in enumerate(zip(passages, model.offsets(passages), strict=True)):
            for piece in windows(text, offsets, tokens=room_count, count=self._settings.window_count):
                pieces.append(Window(number, piece))
                lengths.append(min(len(offsets), room_count))
        return question, pieces, lengths

    def _model(self) -> PairModel:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


def _checked(score: float) -> float:
    if not math.isfinite(score):
        raise SettingsError("the reranker gives a score that is no number: check rerank.model")
    return score

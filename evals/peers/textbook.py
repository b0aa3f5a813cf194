"""The hybrid search of tutorials: rank_bm25, exact cosines in numpy, a weighted sum, and access checked afterwards."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.retrieval_bench.corpus import Row

_WORD = re.compile(r"\w+")
_DENSE_WEIGHT = 0.5
_TOP_COUNT = 10

Embed = Callable[[str], Awaitable[tuple[float, ...]]]


class Textbook:
    """Keeps all texts, their words and vectors in memory, and scores all of them for every question."""

    def __init__(self, rows: Iterable[Row], *, embed: Embed) -> None:
        from rank_bm25 import BM25Okapi

        self._texts: list[str] = []
        self._readable: list[bool] = []
        vectors = []
        for row in rows:
            self._texts.append(row.text)
            self._readable.append(row.readable)
            vectors.append(row.dense)
        self._vectors: NDArray[np.float32] = np.stack(vectors)
        self._bm25: Any = BM25Okapi([words(text) for text in self._texts])
        self._embed = embed

    async def search(self, question: str) -> list[str]:
        """The ten best texts that may be read."""
        cosines = self._vectors @ np.asarray(await self._embed(question), dtype=np.float32)
        lexical = np.asarray(self._bm25.get_scores(words(question)))
        scores = _DENSE_WEIGHT * scaled(cosines) + (1 - _DENSE_WEIGHT) * scaled(lexical)
        found: list[str] = []
        for position in np.argsort(-scores):
            if self._readable[position]:
                found.append(self._texts[position])
            if len(found) == _TOP_COUNT:
                break
        return found


def words(text: str) -> list[str]:
    """Lower-case words."""
    return _WORD.findall(text.lower())


def scaled(scores: NDArray[Any]) -> NDArray[Any]:
    """Scores from 0 (the lowest) to 1 (the highest)."""
    span = scores.max() - scores.min()
    return (scores - scores.min()) / span if span else np.zeros_like(scores)

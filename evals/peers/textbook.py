"""The hybrid search of tutorials: rank_bm25, exact cosines in numpy, a weighted sum, and access checked afterwards."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    # Peers run where Folio's packages are not.
    from evals.retrieval_bench.corpus import Row

_WORD = re.compile(r"\w+")
_DENSE_WEIGHT = 0.5
_TOP_COUNT = 10

Embed = Callable[[str], Awaitable[tuple[float, ...]]]


class WeightedSum:
    """Scores all texts for every question: cosine and BM25, each scaled to 0 to 1, half and half."""

    def __init__(self, texts: Sequence[str], vectors: NDArray[Any]) -> None:
        from rank_bm25 import BM25Okapi

        self._vectors: NDArray[np.float32] = np.asarray(vectors, dtype=np.float32)
        self._bm25: Any = BM25Okapi([words(text) for text in texts])

    def order(self, question: str, vector: NDArray[Any]) -> NDArray[np.intp]:
        """Positions of all texts, the best first."""
        cosines = self._vectors @ np.asarray(vector, dtype=np.float32)
        lexical = np.asarray(self._bm25.get_scores(words(question)))
        return np.argsort(-(_DENSE_WEIGHT * scaled(cosines) + (1 - _DENSE_WEIGHT) * scaled(lexical)))


class Textbook:
    """Keeps all texts, their words and vectors in memory; who may read what is looked at when all are ordered."""

    def __init__(self, rows: "Iterable[Row]", *, embed: Embed) -> None:
        self._texts: list[str] = []
        self._readable: list[bool] = []
        vectors = []
        for row in rows:
            self._texts.append(row.text)
            self._readable.append(row.readable)
            vectors.append(row.dense)
        self._scores = WeightedSum(self._texts, np.stack(vectors))
        self._embed = embed

    async def search(self, question: str) -> list[str]:
        """The ten best texts that may be read."""
        found: list[str] = []
        for position in self._scores.order(question, np.asarray(await self._embed(question))):
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

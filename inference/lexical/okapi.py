"""The reference implementation of BM25, `rank_bm25` (Okapi), over the same terms as the vector store ranks by.

The two differ in one thing. Okapi's rarity r of a term in n of N passages is `ln((N - n + 0.5) / (n + 0.5))`: nothing for a
term in half of them, less for one in more, which the library replaces by a quarter of the mean. The store's is
`ln(1 + (N - n + 0.5) / (n + 0.5))`, which is `ln(1 + e^r)`: in the same order and never nothing. Here the library is given the
store's, because what is found in a corpus of four passages must not depend on the backend.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.errors import MissingExtraError
from core.search import SparseVector


class OkapiRanking:
    """Scores passages in memory. A query costs time in proportion to the passages: for some ten thousand of them."""

    def __init__(
        self, passages: Sequence[Mapping[int, int]], word_counts: Sequence[int], *, k1: float, b: float
    ) -> None:
        """Over passages as counts of terms.

        Args:
            passages: How often each term is in a passage.
            word_counts: Lengths, which pairs of words and whole identifiers do not add to.
            k1: How slowly repeated terms saturate.
            b: How much long passages are discounted.

        Raises:
            MissingExtraError: The library is not installed.
        """
        self._count = len(passages)
        self._model = _okapi(passages, word_counts, k1, b) if passages else None

    def scores(self, query: SparseVector) -> Sequence[float]:
        """One score per passage, in order, 0 for one without any term of the query."""
        total = np.zeros(self._count)
        if self._model is not None:
            for term, weight in zip(query.indices, query.values, strict=True):
                total += weight * np.asarray(self._model.get_scores([term]))
        return [float(score) for score in total]


def _okapi(passages: Sequence[Mapping[int, int]], word_counts: Sequence[int], k1: float, b: float) -> Any:
    try:
        from rank_bm25 import BM25Okapi
    except ModuleNotFoundError as error:
        if error.name != "rank_bm25":
            raise
        raise MissingExtraError("sparse.backend 'rank_bm25'", extra="rank-bm25") from error
    listed = [[term for term, count in passage.items() for _ in range(count)] for passage in passages]
    # A corpus without a single term makes the library divide by zero.
    model = BM25Okapi(listed if any(listed) else [[0]] * len(listed), k1=k1, b=b)
    model.idf = {term: _rarity(len(listed), count) for term, count in _holders(passages).items()}
    model.doc_len = list(word_counts)
    model.avgdl = max(sum(word_counts) / len(word_counts), 1e-9)
    return model


def _holders(passages: Sequence[Mapping[int, int]]) -> Counter[int]:
    """In how many passages each term is."""
    return Counter(term for passage in passages for term in passage)


def _rarity(count: int, holder_count: int) -> float:
    return math.log1p((count - holder_count + 0.5) / (holder_count + 0.5))

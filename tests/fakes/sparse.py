"""A sparse encoder without stemming: term ids are positions in the vocabulary it has seen so far."""

import re
from collections.abc import Sequence

from core.search import SparseVector


class FakeSparseEncoder:
    """Counts lower-case words."""

    fingerprint = "fake-sparse"

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def encode_passage(
        self,
        text: str,
        *,
        terms: Sequence[str] = (),
        title: str = "",
        language: str | None = None,
        tenant: str | None = None,
    ) -> SparseVector:
        counts: dict[int, float] = {}
        for word in [*re.findall(r"\w+", text.lower()), *terms]:
            term = self._ids.setdefault(word, len(self._ids))
            counts[term] = counts.get(term, 0.0) + 1.0
        return SparseVector(tuple(counts), tuple(counts.values()))

    def encode_query(self, text: str, *, terms: Sequence[str] = ()) -> SparseVector:
        indices = self.encode_passage(text, terms=terms).indices
        return SparseVector(indices, (1.0,) * len(indices))

    def matches(
        self, text: str, query: SparseVector, *, language: str | None = None
    ) -> list[tuple[int, int]]:
        wanted = set(query.indices)
        return [word.span() for word in re.finditer(r"\w+", text) if self._ids.get(word[0].lower()) in wanted]

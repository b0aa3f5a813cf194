"""What retrieval asks of the vector store, and of models beside embedders: Protocols of at most six methods, beside `core.ports`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.filters import Condition, Visible
from core.search import Candidates, Hit, HybridQuery


class Reranker(Protocol):
    """A model that reads a query and a passage together."""

    @property
    def fingerprint(self) -> str:
        """Names model and settings."""

    async def scores(
        self, query: str, passages: Sequence[str], *, budget_s: float | None = None
    ) -> list[float | None]:
        """One score per passage, in order, higher is better, of any scale; None for those the time did not suffice for.

        Raises:
            DependencyDownError: A remote model does not answer.
        """


@dataclass(frozen=True, slots=True)
class ChunkRange:
    """Chunks `first` to `last` (both included) of a document's version."""

    doc_id: str
    version: int
    first: int
    last: int


class ChunkReader(Protocol):
    """Reads single chunks without ranking them."""

    async def chunks(self, ranges: Sequence[ChunkRange], *, visible: Visible) -> list[Hit]:
        """The visible active chunks in these ranges, each once, by document, version and ordinal; score 0."""


class CandidateIndex(Protocol):
    """The two arms of a hybrid search, each with its own scores; what they found is fused by whoever asks."""

    async def candidates(self, query: HybridQuery) -> Candidates:
        """The `candidate_count` best visible active chunks by cosine and by BM25, in one request.

        How rare a word is, is counted among the chunks that the principal may read: nothing else moves a rank.

        Raises:
            InvalidInputError: A field of the filter has no index.
        """

    async def hits(self, scores: Mapping[str, float], *, visible: Visible) -> list[Hit]:
        """The visible active chunks of these point ids by falling score, ties by document and ordinal.

        Of a document that is caught in its swap, those of the highest version.
        """

    async def count(self, condition: Condition) -> int:
        """How many points meet the condition (exact)."""

    async def facet(
        self, field: str, *, visible: Visible, narrowed: Condition, limit: int
    ) -> list[tuple[str | int, int]]:
        """The most frequent values of a field among the visible active chunks that meet the filter, with how many have each (exact).

        By falling count, ties by value.

        Raises:
            InvalidInputError: A field has no index.
        """

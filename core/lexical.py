"""How a collection's BM25 weights were computed, and the ports to keep them true."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.filters import Condition
from core.pseudonyms import ALIAS_MARK, tokens_in
from core.search import ChunkPoint, SparseVector


@dataclass(frozen=True, slots=True)
class LexicalState:
    """`weighting` names k1, b and the weight of titles; `average_words` is the mean length, by tenant, that weights are relative to.

    By tenant, because what one writes must not move the ranks of another.
    """

    weighting: str
    average_words: Mapping[str, float]


def extra_terms(point: ChunkPoint, text: str) -> list[str]:
    """What a chunk is found by beside the words of its text (title and headings included): see `added_terms`."""
    return added_terms(point.pseudonyms, text)


def added_terms(pseudonyms: Sequence[str], text: str) -> list[str]:
    """The pseudonyms that are no words of a text. Aliases count twice: who is named is usually named again."""
    words = set(tokens_in(text))
    return [
        pseudonym
        for pseudonym in pseudonyms
        if pseudonym not in words
        for _ in range(2 if pseudonym.startswith(ALIAS_MARK) else 1)
    ]


class PassageWeights(Protocol):
    """Computes the BM25 weights of passages, relative to the mean length of their tenant's."""

    @property
    def weighting(self) -> str:
        """Names what weights depend on beside terms and mean length."""

    def use_averages(self, words: Mapping[str, float]) -> None:
        """Compute weights relative to these mean lengths, by tenant, from now on."""

    def word_count(self, text: str) -> int:
        """The length of a passage: its words without stop words."""

    def encode_passage(
        self,
        text: str,
        *,
        terms: Sequence[str] = (),
        title: str = "",
        language: str | None = None,
        tenant: str | None = None,
    ) -> SparseVector:
        """As `core.ports.SparseEncoder`."""


class LexicalPoints(Protocol):
    """The BM25 vectors of a collection, and what is known of them."""

    async def state(self) -> LexicalState | None:
        """How they were computed; None if nobody has recorded it."""

    async def save(self, state: LexicalState) -> None:
        """Record how they were computed."""

    async def tenants(self) -> list[str]:
        """Who has active points, sorted."""

    def shown(self, tenant: str) -> AsyncIterator[ChunkPoint]:
        """The active points of a tenant by their ids, without vectors."""

    async def replace(self, vectors: Mapping[str, SparseVector]) -> int:
        """Replace the BM25 vectors of points that are still there; how many were."""


class ShownChunks(Protocol):
    """The chunks that may be ranked outside the vector store."""

    async def ids(self, condition: Condition) -> list[str]:
        """The active points that meet a condition, by id."""

    async def read(self, point_ids: Sequence[str]) -> list[ChunkPoint]:
        """These points without vectors; those that are gone are left out."""


class PassageTerms(Protocol):
    """Counts the terms of passages, as they are weighed in the vector store."""

    def count_passage(
        self, text: str, *, terms: Sequence[str] = (), title: str = "", language: str | None = None
    ) -> tuple[Mapping[int, int], int]:
        """How often each term is there, and the length in words."""


class Ranking(Protocol):
    """A corpus that can be searched."""

    def scores(self, query: SparseVector) -> Sequence[float]:
        """One score per passage, in order; 0 for one without any term of the query."""

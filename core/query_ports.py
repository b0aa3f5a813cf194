"""Vectors of several queries at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.ports import Embedder


@runtime_checkable
class QueryBatchEmbedder(Protocol):
    """Embeds several queries in one call of the model."""

    async def embed_queries(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The unit vector of each query, in order."""


@dataclass(frozen=True, slots=True)
class OneByOne:
    """Implements QueryBatchEmbedder over any embedder."""

    embedder: Embedder

    async def embed_queries(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The unit vector of each query, in order, each by a call of its own."""
        return list(await asyncio.gather(*[self.embedder.embed_query(text) for text in texts]))


def query_batches(embedder: Embedder) -> QueryBatchEmbedder:
    """The embedder itself if it takes several queries at once, else one that asks it for each."""
    return embedder if isinstance(embedder, QueryBatchEmbedder) else OneByOne(embedder)

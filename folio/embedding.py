"""Vectors of texts by the live embedding model, for those who compare texts of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from folio.assembly import Parts
from inference.embed.factory import create_token_counter


@dataclass(frozen=True, slots=True)
class Embedded:
    """Unit vectors in the order of the texts, all of `dimension` numbers. `token_count` is of the texts as they were given."""

    vectors: tuple[tuple[float, ...], ...] = field(repr=False)
    dimension: int
    token_count: int


async def embedded(parts: Parts, texts: Sequence[str], *, as_queries: bool) -> Embedded:
    """The vectors of texts, as passages or as queries. Texts beyond the model's window are cut."""
    embedder = parts.embedder
    if as_queries:
        vectors = [await embedder.embed_query(text) for text in texts]
    else:
        vectors = await embedder.embed_passages(texts)
    count = create_token_counter(parts.settings.embedding).count
    return Embedded(tuple(vectors), embedder.dimension, sum(map(count, texts)))

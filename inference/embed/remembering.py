"""Vectors of queries that were asked before, from a cache: no model runs, no server is asked."""

import hashlib
from array import array
from collections.abc import Sequence

from core.metrics import cache_read
from core.ports import Cache, Embedder
from core.query_ports import query_batches
from core.span_ports import Marked, span_embedder

_FLOAT_BYTES = 4


class RememberingEmbedder:
    """Implements Embedder over another one. Kept are a keyed hash of the query and its vector, never the query."""

    def __init__(self, embedder: Embedder, cache: Cache, *, ttl_s: float) -> None:
        """Keep each query's vector for `ttl_s` seconds."""
        self._embedder = embedder
        self._cache = cache
        self._ttl_s = ttl_s

    @property
    def fingerprint(self) -> str:
        """That of the model."""
        return self._embedder.fingerprint

    @property
    def dimension(self) -> int:
        """That of the model."""
        return self._embedder.dimension

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """As the model computes them: passages are kept in the index."""
        return await self._embedder.embed_passages(texts)

    async def embed_spans(self, marked: Sequence[Marked]) -> list[list[tuple[float, ...]]]:
        """As the model computes them."""
        return await span_embedder(self._embedder).embed_spans(marked)

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The unit vector of one query, in single precision if it is remembered."""
        key = self._key(text)
        known = _vector(await self._cache.get(key), dimension=self.dimension)
        cache_read("query_vectors", hit=known is not None)
        if known is not None:
            return known
        vector = await self._embedder.embed_query(text)
        await self._cache.set(key, array("f", vector).tobytes(), ttl_s=self._ttl_s)
        return vector

    async def embed_queries(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The unit vector of each query, in order; those that are not remembered are computed together."""
        keys = {text: self._key(text) for text in texts}
        kept = {
            text: _vector(await self._cache.get(key), dimension=self.dimension) for text, key in keys.items()
        }
        found = {text: vector for text, vector in kept.items() if vector is not None}
        missing = [text for text in keys if text not in found]
        if missing:
            computed = await query_batches(self._embedder).embed_queries(missing)
            for text, vector in zip(missing, computed, strict=True):
                await self._cache.set(keys[text], array("f", vector).tobytes(), ttl_s=self._ttl_s)
                found[text] = vector
        return [found[text] for text in texts]

    def _key(self, text: str) -> str:
        model = hashlib.sha256(self.fingerprint.encode()).digest()
        digest = hashlib.blake2b(text.encode(errors="surrogatepass"), key=model, digest_size=24)
        return f"query-vector:{digest.hexdigest()}"


def _vector(value: bytes | None, *, dimension: int) -> tuple[float, ...] | None:
    """The numbers, if they are as many as the model has dimensions."""
    if value is None or len(value) != dimension * _FLOAT_BYTES:
        return None
    return tuple(array("f", value))

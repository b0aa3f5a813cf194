"""An embedding model that needs no model."""

import hashlib
import math
import re
from collections.abc import Sequence


class FakeEmbedder:
    """Implements Embedder: a hashed bag of words, deterministic on every machine.

    Texts with more words in common are closer; a text without words is the first axis. `passage_count` counts the
    passages that were embedded, so that a test can see what was computed again.
    """

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.passage_count = 0

    @property
    def fingerprint(self) -> str:
        return f"fake:{self.dimension}"

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        self.passage_count += len(texts)
        return [self._vector(text) for text in texts]

    async def embed_query(self, text: str) -> tuple[float, ...]:
        return self._vector(text)

    def _vector(self, text: str) -> tuple[float, ...]:
        counts = [0.0] * self.dimension
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.sha256(word.encode()).digest()
            counts[int.from_bytes(digest[:8], "big") % self.dimension] += 1.0
        length = math.sqrt(sum(count * count for count in counts))
        if length == 0:
            return (1.0, *[0.0] * (self.dimension - 1))
        return tuple(count / length for count in counts)

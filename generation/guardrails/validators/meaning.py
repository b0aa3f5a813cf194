"""Topics by what a text means: how close it is to example sentences, by the embedding model."""

import asyncio
import logging
from collections.abc import Sequence

from core.errors import FolioError
from core.ports import Embedder
from generation.guardrails.policy import TopicRule
from generation.guardrails.validators.applied import Applied

_log = logging.getLogger(__name__)
_MOST_SETS = 500


class Meanings:
    """Compares texts with examples. The examples are embedded once for as long as they stay as they are."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._examples: dict[tuple[str, ...], list[tuple[float, ...]]] = {}

    async def close_to(self, rule: TopicRule, text: str) -> Applied | None:
        """The greatest cosine to an example, where it reaches the rule's; at a timeout what the rule says of that.

        A model that does not answer is a timeout too.
        """
        try:
            async with asyncio.timeout(rule.timeout_s):
                cosine = await self._cosine(rule.examples, text)
        except (TimeoutError, FolioError) as error:
            _log.warning(
                "guardrails: rule '%s' was not decided in time (%s): on_timeout says %s",
                *(rule.name, type(error).__name__, rule.on_timeout),
            )
            return Applied(score=0.0) if rule.on_timeout == "block" else None
        return Applied(score=cosine) if cosine >= rule.min_cosine else None

    async def _cosine(self, examples: tuple[str, ...], text: str) -> float:
        # Both as queries: examples are short sentences as users write them.
        vectors = self._examples.get(examples)
        if vectors is None:
            vectors = [await self._embedder.embed_query(example) for example in examples]
            if len(self._examples) >= _MOST_SETS:
                self._examples.clear()
            self._examples[examples] = vectors
        asked = await self._embedder.embed_query(text)
        return max(_dot(asked, vector) for vector in vectors)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))

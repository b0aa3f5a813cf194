"""Vectors of parts of a text, each read in its surroundings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from core.ports import Embedder


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the spans in it that a vector is wanted of: `text[start:end]`. `lead` of the characters are its headings."""

    text: str = field(repr=False)
    spans: tuple[tuple[int, int], ...]
    lead: int = 0


@runtime_checkable
class SpanEmbedder(Protocol):
    """Reads a text once, and gives a vector for each of several spans."""

    async def embed_spans(self, marked: Sequence[Marked]) -> list[list[tuple[float, ...]]]:
        """Unit vectors by text and span; numbers are 0 where a span lies beyond the model's window."""


@dataclass(frozen=True, slots=True)
class SeparateSpans:
    """Implements SpanEmbedder over any embedder: each span is a text of its own behind the headings. It takes longer."""

    embedder: Embedder

    async def embed_spans(self, marked: Sequence[Marked]) -> list[list[tuple[float, ...]]]:
        """Unit vectors by text and span."""
        texts = [one.text[: one.lead] + one.text[start:end] for one in marked for start, end in one.spans]
        vectors = iter(await self.embedder.embed_passages(texts))
        return [[next(vectors) for _ in one.spans] for one in marked]


def span_embedder(embedder: Embedder) -> SpanEmbedder:
    """The embedder itself if it can read spans in their surroundings, else one that reads each apart."""
    return embedder if isinstance(embedder, SpanEmbedder) else SeparateSpans(embedder)

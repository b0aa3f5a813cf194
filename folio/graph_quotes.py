"""The sentences that evidence points at, read where searches read: from the stored chunks, as the principal may see them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.access import Principal
from core.graph import Spot
from core.privacy_ports import HitPrivacy
from core.retrieval_ports import ChunkRange, ChunkReader
from core.search import Hit
from core.sentences import split_sentences
from retrieval.filters import visible_to

_MOST_CHARS = 1000


@dataclass(frozen=True, slots=True)
class QuoteReader:
    """Reads the words behind spots. A passage that was indexed under a weaker policy is redacted now, as in searches."""

    reader: ChunkReader
    privacy: HitPrivacy | None

    async def quotes(self, spots: Sequence[Spot], *, principal: Principal) -> list[Hit]:
        """The sentences around spots, in their order, each once. `start` and `end` bound them in the stored text.

        A chunk that is gone, or that the principal may not read, has none.
        """
        chunks = {spot.chunk for spot in spots}
        ranges = [ChunkRange(one.doc_id, one.version, one.ordinal, one.ordinal) for one in sorted(chunks)]
        hits = await self.reader.chunks(ranges, visible=visible_to(principal))
        if self.privacy is not None:
            hits = await self.privacy.checked(hits)
        found = {(hit.doc_id, hit.version, hit.ordinal): hit for hit in hits}
        quotes: dict[tuple[str, int, int], Hit] = {}
        for spot in spots:
            hit = found.get((spot.chunk.doc_id, spot.chunk.version, spot.chunk.ordinal))
            quote = None if hit is None else quoted(hit, spot)
            if quote is not None:
                quotes.setdefault((quote.doc_id, quote.start, quote.end), quote)
        return list(quotes.values())


def quoted(hit: Hit, spot: Spot) -> Hit | None:
    """The part of a passage that a spot lies in: whole sentences, at most 1,000 characters; None if it lies elsewhere. Pure.

    Of a passage that was redacted once more, the words that stand there now.
    """
    start, end = spot.start - hit.start, spot.end - hit.start
    stored_length = hit.end - hit.start
    if start < 0 or end > stored_length or start >= end:
        return None
    if hit.offsets is not None:
        start, end = hit.offsets.inverse.span(start, end)
    first, last = _sentences_around(hit.text, start, end)
    stored = hit.offsets.span(first, last) if hit.offsets is not None else (first, last)
    return replace(
        hit,
        text=hit.text[first:last],
        start=hit.start + stored[0],
        end=hit.start + stored[1],
        score=spot.weight,
        # They count from the beginning of the passage.
        offsets=None,
    )


def _sentences_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentences that `[start, end)` touches; its own where it touches none, as in a heading."""
    touched = [one for one in split_sentences(text) if one.start < end and start < one.end]
    first = min([start, *(one.start for one in touched)])
    last = max([end, *(one.end for one in touched)])
    if last - first <= _MOST_CHARS:
        return first, last
    return start, min(end, start + _MOST_CHARS)

"""Cuts passages that are longer than a model's window, and puts the scores of the pieces together. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Neighbouring windows share an eighth, so that a sentence at a border stands whole in one of them.
_OVERLAP_SHARE = 8


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of passage `passage`, as long as the model reads at once."""

    passage: int
    text: str


def windows(text: str, offsets: Sequence[tuple[int, int]], *, tokens: int, count: int) -> Iterator[str]:
    """Pieces of at most `tokens` tokens that cover the text from its beginning, at most `count` of them.

    Args:
        text: The passage.
        offsets: Where each of its tokens lies in it, in characters.
        tokens: Most tokens of a piece; at least 1.
        count: Most pieces.
    """
    if len(offsets) <= tokens:
        yield text
        return
    step = max(tokens - tokens // _OVERLAP_SHARE, 1)
    starts = list(range(0, len(offsets) - tokens + step, step))[:count]
    for start in starts:
        piece = offsets[start : start + tokens]
        yield text[piece[0][0] : piece[-1][1]]


def best_of(pieces: Sequence[Window], scores: Sequence[float | None], *, count: int) -> list[float | None]:
    """The best score of each of `count` passages; None where no piece of it was scored."""
    best: list[float | None] = [None] * count
    for piece, score in zip(pieces, scores, strict=True):
        known = best[piece.passage]
        if score is not None and (known is None or score > known):
            best[piece.passage] = score
    return best

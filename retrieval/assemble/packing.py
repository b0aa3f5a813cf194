"""What fits into a token budget, and in which order a reader (or a model) gets it. Pure."""

from collections.abc import Callable, Sequence

from core.search import Hit


def packed(hits: Sequence[Hit], *, budget_tokens: int, count: Callable[[str], int]) -> list[Hit]:
    """The best hits that fit, order kept: one that is too long is left out, a shorter one after it may still fit.

    Args:
        hits: Best first.
        budget_tokens: Most tokens of all texts together; 0: no bound.
        count: Tokens of a text.
    """
    if not budget_tokens:
        return list(hits)
    kept, left_count = [], budget_tokens
    for hit in hits:
        needed = count(hit.text)
        if needed <= left_count:
            kept.append(hit)
            left_count -= needed
    return kept


def best_at_ends(hits: Sequence[Hit]) -> list[Hit]:
    """The best first, the second best last, and so on inwards: models read the middle least (Liu et al. 2024)."""
    return [*hits[::2], *hits[1::2][::-1]]

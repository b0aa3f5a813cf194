"""Prompts of a batch in orders that a provider takes. Pure."""

from collections.abc import Sequence

from core.batches import BatchItem

MAX_ITEMS = 50_000
MAX_BYTES = 100_000_000
"""What the smaller of the two providers takes, with room to spare."""


def portions(
    items: Sequence[BatchItem],
    sizes_bytes: Sequence[int],
    *,
    max_items: int = MAX_ITEMS,
    max_bytes: int = MAX_BYTES,
) -> list[tuple[BatchItem, ...]]:
    """The items in their order, cut where the next one would be too much. One that is too large alone stands alone."""
    found: list[tuple[BatchItem, ...]] = []
    open_portion: list[BatchItem] = []
    sum_bytes = 0
    for item, size_bytes in zip(items, sizes_bytes, strict=True):
        if open_portion and (len(open_portion) == max_items or sum_bytes + size_bytes > max_bytes):
            found.append(tuple(open_portion))
            open_portion, sum_bytes = [], 0
        open_portion.append(item)
        sum_bytes += size_bytes
    return [*found, tuple(open_portion)] if open_portion else found

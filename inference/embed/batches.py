"""Which texts go into a model together."""

from collections.abc import Iterator, Sequence


def length_batches(
    lengths: Sequence[int], *, max_count: int, max_tokens: int | None = None
) -> Iterator[list[int]]:
    """Positions of texts, the shortest first, in groups for one model call each.

    A group is padded to its longest text, so texts of similar length go together. Every position comes up once.

    Args:
        lengths: Tokens (or characters) of each text.
        max_count: Most texts in a group.
        max_tokens: Most tokens in a group, padding included; a longer text is a group of its own. None: no bound.
    """
    group: list[int] = []
    for position in sorted(range(len(lengths)), key=lambda index: lengths[index]):
        padded = (len(group) + 1) * lengths[position]
        too_large = max_tokens is not None and padded > max_tokens
        if group and (len(group) == max_count or too_large):
            yield group
            group = []
        group.append(position)
    if group:
        yield group

"""Passages that repeat a better one. Pure."""

import re
from collections.abc import Sequence

from core.search import Hit

_WORD = re.compile(r"\w+")
_SHINGLE_WORDS = 3


def without_duplicates(hits: Sequence[Hit], *, similarity: float) -> list[Hit]:
    """The hits without those that say what a better one says, order kept.

    Two passages are near-duplicates when the Jaccard similarity of their word triples (Broder 1997) is at least `similarity`:
    a copy of a file, a boilerplate paragraph. Texts in which a single number differs stay both.
    """
    kept: list[tuple[Hit, frozenset[tuple[str, ...]], frozenset[str]]] = []
    for hit in hits:
        words = _WORD.findall(hit.text.casefold())
        shingles = _shingles(words)
        numbers = frozenset(word for word in words if any(map(str.isdigit, word)))
        if not any(
            numbers == other_numbers and jaccard(shingles, other) >= similarity
            for _, other, other_numbers in kept
        ):
            kept.append((hit, shingles, numbers))
    return [hit for hit, _, _ in kept]


def jaccard(left: frozenset[tuple[str, ...]], right: frozenset[tuple[str, ...]]) -> float:
    """Common elements by all elements; 1 for two empty sets."""
    if not left and not right:
        return 1.0
    return len(left & right) / len(left | right)


def _shingles(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    if len(words) < _SHINGLE_WORDS:
        return frozenset([tuple(words)] if words else [])
    return frozenset(
        tuple(words[start : start + _SHINGLE_WORDS]) for start in range(len(words) - _SHINGLE_WORDS + 1)
    )

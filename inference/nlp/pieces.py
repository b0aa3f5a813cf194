"""A long text in pieces that a language model can take, cut where the least is torn."""

import re
from collections.abc import Iterator

_BORDERS = ("\n\n", "\n", " ")
# Encoded data and rows of signs hold no names; on the latter spaCy's tokenizer takes the square of their length. On halves of
# surrogate pairs it fails.
_BLOB = re.compile(r"[A-Za-z0-9+/=_-]{200,}|[^\w\s]{200,}|[\ud800-\udfff]")


def without_blobs(text: str) -> str:
    """The text with spaces where encoded data is, as long as before."""
    return _BLOB.sub(lambda blob: " " * len(blob[0]), text)


def pieces(text: str, *, limit_chars: int) -> Iterator[tuple[int, str]]:
    """Offset and text of each piece, none longer than the limit; together they are the text.

    A piece ends after a paragraph if one ends within the limit, else after a line, else after a word.
    """
    start = 0
    while len(text) - start > limit_chars:
        end = _cut(text, start, start + limit_chars)
        yield start, text[start:end]
        start = end
    if start < len(text):
        yield start, text[start:]


def seams(text: str, *, limit_chars: int, margin_chars: int = 300) -> Iterator[tuple[int, str]]:
    """Offset and text around every cut that is not a line end: a value may stand across it."""
    for offset, _ in pieces(text, limit_chars=limit_chars):
        if offset and text[offset - 1] != "\n":
            start = max(0, offset - margin_chars)
            yield start, text[start : offset + margin_chars]


def _cut(text: str, start: int, end: int) -> int:
    for border in _BORDERS:
        found = text.rfind(border, start + 1, end)
        if found > 0:
            return found + len(border)
    return end

"""Text to parts that are read as one: sentences, lines, words; offsets only, nothing is copied."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from ingest.chunk.cuts import after_token, before_token

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'\u201d\u2019)\]]*\s+(?=[^\W_a-z])|(?<=[\u3002\uff01\uff1f])|\n+")
_LONG_RUN = re.compile(r"\S{160}")
_SPACE = re.compile(r"\s+")

Span = tuple[int, int]


def sentences(text: str) -> list[str]:
    """The text in parts that end after a sentence, a line or a long run without spaces; joined they are the text."""
    ends = {match.end() for match in _SENTENCE_END.finditer(text)}
    ends |= {before_token(text, match.end()) for match in _LONG_RUN.finditer(text)}
    return [text[start:end] for start, end in pairwise(sorted({0, len(text), *ends}))]


def sentence_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Bounds of the sentences of `text[start:end]` without the spaces around them; blank ones are left out."""
    position = start
    for sentence in sentences(text[start:end]):
        if span := trimmed(text, position, position + len(sentence)):
            yield span
        position += len(sentence)


def line_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Bounds of the lines of `text[start:end]` that are not blank, without trailing spaces."""
    position = start
    for line in text[start:end].split("\n"):
        if line.strip():
            yield position, position + len(line.rstrip())
        position += len(line) + 1


def trimmed(text: str, start: int, end: int) -> Span | None:
    """The bounds without the spaces at both ends; None if nothing else is there."""
    part = text[start:end]
    if not part.strip():
        return None
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def halved(text: str, span: Span, *, fits: Callable[[Span], bool]) -> Iterator[Span]:
    """The span in parts that fit, cut in the middle again and again: at a space near it if there is one.

    A pseudonym stays whole, even one that does not fit.
    """
    inner = trimmed(text, *span)
    if inner is None:
        return
    start, end = inner
    if end - start < 2 or fits(inner):
        yield inner
        return
    middle, third = (start + end) // 2, (end - start) // 3
    spaces = [match.start() for match in _SPACE.finditer(text, start + third, end - third)]
    cut = min(spaces, key=lambda space: abs(space - middle), default=before_token(text, middle))
    cut = cut if cut > start else after_token(text, middle)
    if not start < cut < end:
        yield inner
        return
    yield from halved(text, (start, cut), fits=fits)
    yield from halved(text, (cut, end), fits=fits)

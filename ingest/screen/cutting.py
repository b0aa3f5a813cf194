"""Taking pieces out of texts. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

from core.documents import PageSpan, ParsedDocument

Span = tuple[int, int]


def joined(spans: Iterable[Span]) -> list[Span]:
    """The ranges in order, those that overlap as one, empty ones left out."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(text: str, spans: Sequence[Span]) -> str:
    """The text without these ranges, which are in order and do not overlap; the same object if there are none."""
    if not spans:
        return text
    starts = [0, *(end for _, end in spans)]
    ends = [*(start for start, _ in spans), len(text)]
    return "".join(text[start:end] for start, end in zip(starts, ends, strict=True))


def cut(document: ParsedDocument, spans: Sequence[Span]) -> ParsedDocument:
    """The document without these ranges of its text (as for `without`); its pages bound the same text as before."""
    if not spans:
        return document
    ends = [end for _, end in spans]
    removed = [0, *accumulate(end - start for start, end in spans)]

    def moved(position: int) -> int:
        before = bisect_right(ends, position)
        inside = max(position - spans[before][0], 0) if before < len(spans) else 0
        return position - removed[before] - inside

    pages = tuple(PageSpan(page.page, moved(page.start), moved(page.end)) for page in document.pages)
    return replace(
        document,
        text=without(document.text, spans),
        pages=tuple(page for page in pages if page.start < page.end),
    )

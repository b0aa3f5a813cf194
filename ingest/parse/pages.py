"""Pages: from marks in the parser's output to character offsets in the text that is kept."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.documents import PageSpan

# Code points of the private use area, which no document uses in this order.
MARK_FORMAT = "\n\n\ue9b0{page_num}\ue9b1\n\n"
_MARK = re.compile("\ue9b0([0-9]+)\ue9b1")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page. `number` counts from 1; None: the content has no pages."""

    number: int | None
    text: str


def split_pages(content: str) -> list[Page]:
    """The pages of a content with marks. What stands before the first mark belongs to the first page."""
    head, *rest = _MARK.split(content)
    if not rest:
        return [Page(None, head)]
    pages = [Page(int(number), text) for number, text in zip(rest[::2], rest[1::2], strict=True)]
    return [Page(pages[0].number, head + pages[0].text), *pages[1:]]


def joined_pages(pages: Sequence[Page], *, rewrite: Callable[[str], str]) -> tuple[str, tuple[PageSpan, ...]]:
    """The rewritten pages with a blank line between them, and where each lies. Pages without text have no span."""
    pieces: list[str] = []
    spans: list[PageSpan] = []
    start = 0
    for page in pages:
        piece = rewrite(page.text).strip()
        if piece:
            pieces.append(piece)
            if page.number is not None:
                spans.append(PageSpan(page.number, start, start + len(piece)))
            start += len(piece) + 2
    return "\n\n".join(pieces), tuple(spans)

"""Lines as a page shows them become paragraphs and list items again."""

import re
from collections.abc import Iterator

_BULLET = re.compile(r"^\s*[\u2022\u25cf\u25aa\u2023\u00b7\u2219\uf0b7\u25e6\u2043][ \t]*")
_STARTS_ITEM = re.compile(r"^(?:- |\(?[0-9a-zA-Z]{1,3}[.)] )")
_ENDS_SENTENCE = re.compile(r"[.!?:;][\"'\u201d\u2019)\]]*$")
_HYPHENATED = re.compile(r"[^\W\d_]{2}-$")
_MARKUP = re.compile(r"^(#{1,6} |>|```|~~~)")
# A line this long, as a share of a long line of the page, was broken by the margin and not by its author.
_FULL_LINE_SHARE = 0.75
_LEAST_FULL_LINE_CHARS = 40
# A shorter line than this is a label or a cell, even where the next one begins in lower case.
_LEAST_PROSE_LINE_CHARS = 25


def reflowed(page: str) -> str:
    """A page's text with lines joined that the margin had broken; every word stays, in order.

    A line is joined to the one before it where that one ends no sentence and is nearly as long as the page's long lines,
    or goes on in lower case; and where a word was divided with a hyphen. Other lines, such as headings and rows of a table,
    become paragraphs of their own; list items follow each other without a blank line.
    """
    lines = [_as_markdown(line) for line in page.split("\n") if line.strip()]
    full_chars = _full_line_chars(lines)
    kept: list[str] = []
    previous_chars = 0
    for line in lines:
        if kept and _hyphenated(kept[-1], line):
            kept[-1] = kept[-1][:-1] + line
        elif kept and _goes_on(kept[-1], line, is_full=previous_chars >= full_chars):
            kept[-1] += f" {line}"
        else:
            kept.append(line)
        previous_chars = len(line)
    return "".join(_separated(kept))


def _full_line_chars(lines: list[str]) -> float:
    """By the line that four fifths of the lines do not exceed, so that a wide title over two columns does not decide."""
    lengths = sorted(map(len, lines))
    long_chars = lengths[len(lengths) * 4 // 5] if lengths else 0
    return max(_LEAST_FULL_LINE_CHARS, _FULL_LINE_SHARE * long_chars)


def _separated(paragraphs: list[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            both_items = paragraph.startswith("- ") and paragraphs[number - 1].startswith("- ")
            yield "\n" if both_items else "\n\n"
        yield paragraph


def _as_markdown(line: str) -> str:
    """One line with its bullet as a list item; a line that only looks like Markdown is kept from being it."""
    line = _BULLET.sub("- ", line.strip())
    return f"\\{line}" if _MARKUP.match(line) else line


def _hyphenated(line: str, following: str) -> bool:
    return bool(_HYPHENATED.search(line)) and following[:1].islower()


def _goes_on(line: str, following: str, *, is_full: bool) -> bool:
    if _STARTS_ITEM.match(following) or _ENDS_SENTENCE.search(line):
        return False
    return is_full or (following[0].islower() and len(line) >= _LEAST_PROSE_LINE_CHARS)

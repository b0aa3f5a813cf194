"""Cuts Markdown into the units an extractive answer quotes: sentences, list items, table rows.

Headings, table headers and rules are never quoted: they support nothing by themselves.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.offsets import SEAM

_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|vs|etc|approx|Fig|Inc|Ltd|Co|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)"
    r"|\be\.g|\bi\.e|\b[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"[.!?][\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[<*_]*[A-Z0-9<])")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
# A table's first row and the rule under it.
_HEADER_LINES = 2
_SENTENCE_IN_A_CELL = re.compile(r"^\|[^|]+[.!?]\s*\|?$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_BLANK_OR_RULE = re.compile(r"^\s*(?:[-*_=]{3,}\s*)?$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A quotable unit: `text[start:end]` of the text it was cut from."""

    start: int
    end: int
    is_table_row: bool = False


def split_sentences(text: str) -> list[Sentence]:
    """The quotable units in reading order, none blank, none overlapping, none over a seam between chunks."""
    return [sentence for block in _blocks(text) for sentence in _sentences(text, block)]


def table_header(text: str, row: Sentence) -> Sentence | None:
    """The header of the table that a row belongs to; None where the text has none, as a later part of a long table."""
    above = reversed(list(_lines(text[: row.start])))
    table = list(itertools.takewhile(lambda line: text.startswith("|", line[0]), above))[::-1]
    lines = [text[start:end] for start, end in table]
    if len(lines) < _HEADER_LINES or not _is_header(lines[0].strip(), lines[1]):
        return None
    has_caption = len(lines) > _HEADER_LINES and _is_header_under_caption(lines[:_HEADER_LINES])
    return _trimmed(text, Sentence(*table[_HEADER_LINES if has_caption else 0], is_table_row=True))


def _blocks(text: str) -> Iterator[Sentence]:
    """Runs of prose lines, and single list items and table rows."""
    lines = list(_lines(text))
    open_start: int | None = None
    open_end = 0
    for number, (start, end) in enumerate(lines):
        line = text[start:end]
        kind = _kind(line, next_line=text[slice(*lines[number + 1])] if number + 1 < len(lines) else "")
        if kind == "row" and _is_header_under_caption(
            [text[slice(*one)] for one in lines[max(0, number - 2) : number]]
        ):
            kind = "skip"
        if kind != "prose" and open_start is not None:
            yield Sentence(open_start, open_end)
            open_start = None
        if kind == "row":
            yield Sentence(start, end, is_table_row=True)
        elif kind == "item" or (kind == "prose" and open_start is None):
            open_start = start
        open_end = end
        if open_start is not None and text.startswith(SEAM, end):
            yield Sentence(open_start, open_end)
            open_start = None
    if open_start is not None:
        yield Sentence(open_start, open_end)


def _kind(line: str, *, next_line: str) -> str:
    stripped = line.strip()
    if (
        _BLANK_OR_RULE.match(line)
        or stripped.startswith(("#", "```", "~~~", "<!--"))
        or _TABLE_RULE.match(line)
    ):
        return "skip"
    if stripped.startswith("|"):
        return "skip" if _is_header(stripped, next_line) else "row"
    return "item" if _LIST_ITEM.match(line) else "prose"


def _is_header(line: str, next_line: str) -> bool:
    """Whether a row stands above a rule. A sentence in one column is no header: a list that was kept in a sheet."""
    return bool(_TABLE_RULE.match(next_line)) and not _SENTENCE_IN_A_CELL.match(line)


def _is_header_under_caption(before: Sequence[str]) -> bool:
    """Whether a row stands right under a header of one filled cell: a sheet with a caption above its columns."""
    if len(before) != _HEADER_LINES or not _TABLE_RULE.match(before[1]):
        return False
    cells = before[0].strip().strip("|").split("|")
    return len(cells) > 1 and sum(bool(cell.strip()) for cell in cells) == 1


def _sentences(text: str, block: Sentence) -> Iterator[Sentence]:
    if block.is_table_row:
        yield _trimmed(text, block)
        return
    marker = _LIST_ITEM.match(text[block.start : block.end])
    start = block.start + (marker.end() if marker else 0)
    for match in _SENTENCE_END.finditer(text, start, block.end):
        end = match.start() + len(match.group().rstrip())
        if _ABBREVIATION.search(text[start : match.start() + 1]):
            continue
        yield _trimmed(text, Sentence(start, end))
        start = match.end()
    if text[start : block.end].strip():
        yield _trimmed(text, Sentence(start, block.end))


def _trimmed(text: str, span: Sentence) -> Sentence:
    piece = text[span.start : span.end]
    start = span.start + len(piece) - len(piece.lstrip())
    return Sentence(start, start + len(piece.strip()), span.is_table_row)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, start + len(line.rstrip("\r\n" + SEAM))
        start += len(line)

"""Markdown text to blocks: headings, paragraphs, lists, tables, code. Pure; nothing is copied, blocks are offsets."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PROSE = "prose"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines: `text[start:end]`, without the blank lines around it.

    `path` holds the headings above the block, the outermost first; a heading's own path ends with itself.
    """

    kind: BlockKind
    start: int
    end: int
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_CLOSING_FENCE = re.compile(r"^ {0,3}(?:`{3,}|~{3,})[ \t]*$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_MAX_CAPTION_CHARS = 200


def split_blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text in order. They do not overlap and hold every visible character.

    A single short line right before a table, with or without a blank line between, is its caption and part of the table.
    """
    blocks: list[Block] = []
    path: list[tuple[int, str]] = []
    for block in _with_captions(list(_runs(list(_lines(text)))), text):
        if block.kind is BlockKind.HEADING:
            level, title = heading_of(text[block.start : block.end])
            path = [*(above for above in path if above[0] < level), (level, title)]
        titles = tuple(title for _, title in path if title)
        blocks.append(Block(block.kind, block.start, block.end, titles))
    return blocks


def heading_of(line: str) -> tuple[int, str]:
    """Level (1 to 6) and words of a heading line."""
    match = _HEADING.match(line)
    return (len(match.group(1)), match.group(2).strip()) if match else (1, line.strip())


def table_header_end(table: str) -> int:
    """How many characters of a table are caption, header row and rule, line end included; 0 if it has no rule."""
    position = 0
    for line in table.splitlines(keepends=True):
        position += len(line)
        if "|" in line and _TABLE_RULE.match(line.strip()):
            return position
    return 0


def list_items(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Bounds of the items of the list `text[start:end]`, each with its lines, without trailing spaces."""
    items: list[tuple[int, int]] = []
    position = start
    for line in text[start:end].split("\n"):
        line_end = position + len(line.rstrip())
        if line.strip() and (not items or _LIST_ITEM.match(line)):
            items.append((position, line_end))
        elif line.strip():
            items[-1] = (items[-1][0], line_end)
        position += len(line) + 1
    return items


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(start, start + len(line), line)
        start += len(line) + 1


def _runs(lines: list[_Line]) -> Iterator[Block]:
    """Blocks without their heading path. A blank line, a heading, a fence and a table begin a new one."""
    closing = [number for number, line in enumerate(lines) if _CLOSING_FENCE.match(line.text)]
    position = 0
    while position < len(lines):
        kind, count = _next_run(lines, position, closing)
        run = lines[position : position + count]
        position += count
        if kind is not None:
            first = run[0]
            indent = len(first.text) - len(first.text.lstrip()) if kind is not BlockKind.CODE else 0
            yield Block(kind, first.start + indent, run[-1].start + len(run[-1].text.rstrip()))


def _next_run(lines: list[_Line], position: int, closing: list[int]) -> tuple[BlockKind | None, int]:
    """Kind and number of lines of the run that begins at `position`; None for a blank line."""
    line = lines[position].text
    if not line.strip():
        return None, 1
    if fence := _FENCE.match(line):
        return BlockKind.CODE, _fenced_count(lines, position, fence.group(1), closing)
    if _HEADING.match(line):
        return BlockKind.HEADING, 1
    if _starts_table(lines, position):
        return BlockKind.TABLE, _row_count(lines, position)
    count = 1
    while position + count < len(lines) and _continues_prose(lines, position + count):
        count += 1
    kind = BlockKind.LIST if _LIST_ITEM.match(line) else BlockKind.PROSE
    return kind, count


def _continues_prose(lines: list[_Line], position: int) -> bool:
    line = lines[position].text
    return bool(line.strip()) and not (
        _HEADING.match(line) or _FENCE.match(line) or _starts_table(lines, position)
    )


def _starts_table(lines: list[_Line], position: int) -> bool:
    """A table is a row with a bar, and a rule or another row below it."""
    row, below = lines[position].text, lines[position + 1].text if position + 1 < len(lines) else ""
    if "|" not in row or "|" not in below:
        return False
    return bool(_TABLE_RULE.match(below)) or (row.lstrip().startswith("|") and below.lstrip().startswith("|"))


def _fenced_count(lines: list[_Line], position: int, mark: str, closing: list[int]) -> int:
    """Lines up to the closing fence; a fence that is never closed is a block by itself, and what follows is Markdown."""
    for index in range(bisect_right(closing, position), len(closing)):
        if lines[closing[index]].text.strip().startswith(mark):
            return closing[index] - position + 1
    return 1


def _row_count(lines: list[_Line], position: int) -> int:
    count = 0
    while position + count < len(lines) and "|" in lines[position + count].text:
        count += 1
    return count


def _with_captions(blocks: list[Block], text: str) -> list[Block]:
    merged: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.TABLE and merged and _is_caption(merged[-1], text):
            merged.append(Block(BlockKind.TABLE, merged.pop().start, block.end))
        else:
            merged.append(block)
    return merged


def _is_caption(block: Block, text: str) -> bool:
    words = text[block.start : block.end]
    return block.kind is BlockKind.PROSE and "\n" not in words and len(words) <= _MAX_CAPTION_CHARS

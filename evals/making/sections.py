"""Cuts stored Markdown at its headings, and tables out of it. Offsets lie in the stored text. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from evals.making.drafts import Section
from evals.making.words import plain

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_NUMBER = re.compile(r"^(?:\d+(?:\.\d+)*[.)]?|[A-Z][.)])\s+")
_FENCE = re.compile(r"^\s*(```|~~~)")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_CELL_END = re.compile(r"(?<!\\)\|")
_LEAST_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: `text[start:end]`."""

    cells: tuple[str, ...] = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header, and the heading that it stands under."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    heading: str = ""


def sections_of(text: str) -> list[Section]:
    """The sections in reading order; what stands before the first heading has an empty one."""
    found, heading, level, start = [], "", 0, 0
    for begin, end, line in _lines(text):
        match = _HEADING.match(line)
        if match is None:
            continue
        found.append(Section(heading, level, start, begin))
        heading, level, start = _NUMBER.sub("", plain(match[2])), len(match[1]), end
    found.append(Section(heading, level, start, len(text)))
    return [one for one in found if one.heading or text[one.start : one.end].strip()]


def tables_of(text: str) -> list[Table]:
    """The tables in reading order. A first row that has only a note in it is none: the row below is the header then."""
    found: list[Table] = []
    for section in sections_of(text):
        lines = [one for one in _lines(text) if section.start <= one[0] < section.end]
        number = 0
        while number + 1 < len(lines):
            if not (_is_row(lines[number][2]) and _RULE.match(lines[number + 1][2])):
                number += 1
                continue
            rows, number = _rows(lines, number)
            table = _table(rows, section.heading)
            found += [table] if table is not None else []
    return found


def fenced(text: str) -> list[tuple[int, int]]:
    """Where blocks of code stand, their fences included."""
    found, start, opened = [], 0, -1
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if _FENCE.match(line):
            found += [(opened, end)] if opened >= 0 else []
            opened = start if opened < 0 else -1
        start = end
    return found


def _rows(lines: list[tuple[int, int, str]], number: int) -> tuple[list[Row], int]:
    rows = [_row(lines[number])]
    number += 2
    while number < len(lines) and _is_row(lines[number][2]):
        rows.append(_row(lines[number]))
        number += 1
    return rows, number


def _table(rows: list[Row], heading: str) -> Table | None:
    header = rows[0].cells
    if len(header) < _LEAST_COLUMNS:
        return None
    is_note = not any(header[1:])
    if is_note and len(rows) > 1 and all(rows[1].cells):
        header, rows = rows[1].cells, rows[1:]
    elif is_note:
        return None
    whole = tuple(row for row in rows[1:] if len(row.cells) == len(header))
    return Table(header, whole, heading) if whole else None


def _row(line: tuple[int, int, str]) -> Row:
    start, _, text = line
    stripped = text.strip()
    cells = _CELL_END.split(stripped.removeprefix("|").removesuffix("|"))
    begin = start + text.index(stripped)
    return Row(tuple(plain(cell) for cell in cells), begin, begin + len(stripped))


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|")


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end (its line feed included) and words of each line that is not in a code fence."""
    start, fenced = 0, False
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield start, end, line.rstrip("\r\n")
        start = end

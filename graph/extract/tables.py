"""Relations that tables state: a row's first cell is the subject, headers are the predicates. Pure; linear in the text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.graph import EntityKind
from graph.extract.cells import Mentions, literal, names_in, plain, things_in, trimmed
from graph.extract.lines import Line, is_code_fence, lines_of
from graph.extract.mentions import Named
from graph.extract.predicates import predicate
from graph.extract.stated import Stated

RULE = "table"
_MAX_COLUMNS = 30
_MAX_HEADER_CHARS = 200
_MAX_SUBJECT_WORDS = 8
_BAR = re.compile(r"(?<!\\)\|")
_RULE_LINE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?\s*)?$")
# A column that only counts the rows.
_COUNTERS = frozenset({"#", "no", "nr", "pos", "position", "row", "number", "rank", "step"})
_WEIGHT_NAME, _WEIGHT_VALUE = 0.9, 0.85

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """Header cells and rows; a row is the line's span and its cells' spans."""

    header: tuple[Span, ...]
    rows: tuple[tuple[Span, tuple[Span, ...]], ...]


def table_relations(text: str, mentions: Mentions) -> Iterator[Stated]:
    """What the Markdown tables of a text say of the names in their key columns, in order of rows."""
    for table in tables(text):
        yield from _of_table(text, table, mentions)


def tables(text: str) -> Iterator[Table]:
    """The tables of a Markdown text: a header, a rule, rows. Code is left out."""
    block: list[Line] = []
    in_code = False
    for line in lines_of(text):
        fence = is_code_fence(text, line)
        in_code ^= fence
        if not fence and not in_code and text[line.start : line.end].lstrip().startswith("|"):
            block.append(line)
            continue
        yield from _table(text, block)
        block = []
    yield from _table(text, block)


def _table(text: str, block: Sequence[Line]) -> Iterator[Table]:
    if len(block) < 3 or not _RULE_LINE.match(text[block[1].start : block[1].end].strip()):
        return
    header = _cells(text, block[0])
    rows = [((line.start, line.end), _cells(text, line)) for line in block[2:]]
    if len(rows) > 1 and _count(text, header) <= 1 < _count(text, rows[0][1]):
        header, rows = rows[0][1], rows[1:]  # A spreadsheet's caption stands above its header.
    yield Table(header, tuple(rows))


def _count(text: str, cells: Sequence[Span]) -> int:
    return sum(1 for start, end in cells if text[start:end].strip())


def _cells(text: str, line: Line) -> tuple[Span, ...]:
    """The cells between the bars of a line."""
    bars = [match.start() for match in _BAR.finditer(text, line.start, line.end)]
    if not bars:
        return ()
    if text[bars[-1] + 1 : line.end].strip():
        bars.append(line.end)
    spans = pairwise(bars)
    return tuple(trimmed(text, left + 1, right) for left, right in spans)[:_MAX_COLUMNS]


def _of_table(text: str, table: Table, mentions: Mentions) -> Iterator[Stated]:
    headers = [plain(text[start:end])[:_MAX_HEADER_CHARS] for start, end in table.header]
    names = [predicate([header]) for header in headers]
    key_column = int(bool(headers) and headers[0].casefold().rstrip(".") in _COUNTERS)
    if len(names) <= key_column + 1:
        return
    for (start, end), cells in table.rows:
        if len(cells) <= key_column:
            continue
        for subject in _subjects(text, mentions, cells[key_column]):
            for name, cell in zip(names, cells, strict=False):
                if name and cell != cells[key_column]:
                    yield from _of_cell(text, mentions, subject, name, cell, (start, end))


def _subjects(text: str, mentions: Mentions, cell: Span) -> list[Named]:
    """What a row is about: the one name of its key cell, or the cell itself."""
    names = names_in(text, mentions, *cell)
    if names:
        return names[:1]
    value = literal(text, *cell)
    if value is None or len(value.name.split()) > _MAX_SUBJECT_WORDS or not any(map(str.isalpha, value.name)):
        return []
    return [replace(value, kind=EntityKind.TOPIC)]


def _of_cell(
    text: str, mentions: Mentions, subject: Named, name: str, cell: Span, row: Span
) -> Iterator[Stated]:
    for thing in things_in(text, mentions, *cell):
        if thing.key != subject.key:
            weight = _WEIGHT_VALUE if thing.kind is EntityKind.VALUE else _WEIGHT_NAME
            yield Stated(subject, name, thing, *row, round(weight * subject.weight, 3), RULE)

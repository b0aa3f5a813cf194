"""The little Markdown that the sources of binary files use, as blocks.

Known: front matter (author, date), headings, paragraphs, lists, pipe tables, fenced code and `---` for a new page.
No inline markup: what is written is what the reader sees.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import yaml

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_LIST_ITEM = re.compile(r"(?:-|\d+\.) +(.*)")
_TABLE_RULE = re.compile(r"[|\s:-]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title of the document."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text on one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list, bulleted or numbered."""

    texts: tuple[str, ...]
    numbered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equally many cells; the first row is the header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines that keep their spaces."""

    text: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows starts on a new page."""


Block = Heading | Paragraph | Items | Table | Code | NewPage


@dataclass(frozen=True, slots=True)
class Document:
    """One source file."""

    title: str
    author: str
    date: datetime
    blocks: tuple[Block, ...]

    def sections(self) -> list[tuple[str, list[Block]]]:
        """Level-2 headings with the blocks under them; slides and sheets are made of these."""
        sections: list[tuple[str, list[Block]]] = []
        for block in self.blocks:
            if isinstance(block, Heading) and block.level == 2:
                sections.append((block.text, []))
            elif sections:
                sections[-1][1].append(block)
        return sections


def parse(source: str) -> Document:
    """Read one source file.

    Raises:
        ValueError: Front matter or title is missing, or a table has rows of different lengths.
    """
    match = _FRONT_MATTER.match(source)
    if match is None:
        raise ValueError("a source file starts with front matter: author and date between two lines of ---")
    meta = yaml.safe_load(match.group(1))
    blocks = tuple(_blocks(source[match.end() :].splitlines()))
    titles = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    if len(titles) != 1:
        raise ValueError(f"a source file has one '# ' heading; this one has {len(titles)}")
    return Document(titles[0], meta["author"], datetime.fromisoformat(str(meta["date"])), blocks)


def _blocks(lines: list[str]) -> Iterator[Block]:
    position = 0
    while position < len(lines):
        line = lines[position]
        if not line.strip():
            position += 1
        elif line.startswith("```"):
            end = lines.index("```", position + 1)
            yield Code("\n".join(lines[position + 1 : end]))
            position = end + 1
        elif line.startswith("#"):
            marks, text = line.split(" ", 1)
            yield Heading(len(marks), text.strip())
            position += 1
        elif line == "---":
            yield NewPage()
            position += 1
        else:
            end = _end_of_run(lines, position)
            yield _run(lines[position:end])
            position = end


def _end_of_run(lines: list[str], start: int) -> int:
    return next((n for n in range(start, len(lines)) if not lines[n].strip()), len(lines))


def _run(lines: list[str]) -> Block:
    if lines[0].startswith("|"):
        return _table(lines)
    if _LIST_ITEM.fullmatch(lines[0]):
        return Items(tuple(_items(lines)), numbered=lines[0][0].isdigit())
    return Paragraph(" ".join(line.strip() for line in lines))


def _table(lines: list[str]) -> Table:
    rows = tuple(
        tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
        for line in lines
        if not _TABLE_RULE.fullmatch(line)
    )
    if len({len(row) for row in rows}) != 1:
        raise ValueError(f"the table that starts with '{lines[0]}' has rows of different lengths")
    return Table(rows)


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        match = _LIST_ITEM.fullmatch(line)
        if match:
            items.append(match.group(1))
        else:
            items[-1] += " " + line.strip()
    return items

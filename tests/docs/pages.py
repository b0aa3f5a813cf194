"""Pages of the documentation as lines, blocks of code and inline code, each with the number of its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^\s*```(\w*)\s*$")
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that a page says and that is not so."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code. `line` is that of its first line."""

    language: str
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True, slots=True)
class Page:
    """A page. `prose` are the lines outside blocks."""

    name: str
    folder: Path
    prose: tuple[tuple[int, str], ...]
    blocks: tuple[Block, ...]
    anchors: frozenset[str] = field(default=frozenset())

    def fault(self, line: int, text: str) -> Fault:
        return Fault(self.name, line, text)

    def spans(self) -> Iterator[tuple[int, str]]:
        """Inline code."""
        for number, line in self.prose:
            for found in _INLINE.findall(line):
                yield number, found.replace("\\|", "|").strip()

    def code_lines(self, *languages: str) -> Iterator[tuple[int, str]]:
        """The lines of blocks in these languages."""
        for block in self.blocks:
            if block.language in languages:
                yield from enumerate(block.lines, start=block.line)

    def everything(self) -> Iterator[tuple[int, str]]:
        """All lines of prose and blocks."""
        yield from self.prose
        for block in self.blocks:
            yield from enumerate(block.lines, start=block.line)


def read_page(path: Path, *, root: Path = REPO) -> Page:
    """The page of a file."""
    return parse_page(path.read_text(encoding="utf-8"), name=str(path.relative_to(root)), folder=path.parent)


def parse_page(text: str, *, name: str = "page.md", folder: Path = REPO) -> Page:
    """The page of a text."""
    prose: list[tuple[int, str]] = []
    blocks: list[Block] = []
    opened: tuple[str, int, list[str]] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened = (fence[1], number + 1, [])
        elif opened is not None and line.strip() == "```":
            blocks.append(Block(opened[0], opened[1], tuple(opened[2])))
            opened = None
        elif opened is not None:
            opened[2].append(line)
        else:
            prose.append((number, line))
    return Page(name, folder, tuple(prose), tuple(blocks), frozenset(_anchors(prose)))


def _anchors(prose: list[tuple[int, str]]) -> Iterator[str]:
    """Anchors as GitHub makes them: lower case, no punctuation, hyphens for spaces, a number for the second of a kind."""
    seen: dict[str, int] = {}
    for _, line in prose:
        if heading := _HEADING.match(line):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1])
            slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            yield f"{slug}-{count}" if count else slug


def is_said(name: str) -> bool:
    """Whether a name stands in quotes in our sources, as actions of the audit log, tags of Dagster and metrics do."""
    return f'"{name}"' in sources()


@cache
def sources() -> str:
    """All our Python, without tests."""
    packages = [path.parent for path in REPO.glob("*/__init__.py") if path.parent.name != "tests"]
    return "\n".join(
        file.read_text(encoding="utf-8") for room in packages for file in sorted(room.rglob("*.py"))
    )

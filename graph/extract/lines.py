"""Lines of a text, by offsets. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`text[start:end]`, without its line break."""

    start: int
    end: int


def lines_of(text: str) -> Iterator[Line]:
    """The lines of a text in order."""
    start = 0
    for line in text.splitlines(keepends=True):
        yield Line(start, start + len(line.rstrip("\r\n")))
        start += len(line)


def is_code_fence(text: str, line: Line) -> bool:
    """Whether a line opens or closes a block of code."""
    return text[line.start : line.end].lstrip().startswith(("```", "~~~"))

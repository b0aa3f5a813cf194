"""Which sections a document has, and under which headings an offset stands."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from core.documents import ParsedDocument
from ingest.chunk.blocks import Block, BlockKind, split_blocks
from ingest.chunk.languages import language_of_type
from ingest.chunk.sections import Section, split_sections

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def document_sections(document: ParsedDocument) -> list[Section]:
    """The sections of a text; source code, where `#` begins no heading, is one section, a block for each of its paragraphs."""
    if language_of_type(document.mime_type) is None:
        return split_sections(split_blocks(document.text))
    blocks = tuple(code_blocks(document.text))
    return [Section((), blocks)] if blocks else []


def code_blocks(text: str) -> Iterator[Block]:
    """The paragraphs of source code: what stands between blank lines."""
    bounds = [0, *(match.end() for match in _BLANK_LINES.finditer(text)), len(text)]
    for start, end in pairwise(bounds):
        if text[start:end].strip():
            yield Block(BlockKind.CODE, start, start + len(text[start:end].rstrip()))


class HeadingPaths:
    """The heading path of every place in a document."""

    def __init__(self, document: ParsedDocument) -> None:
        sections = document_sections(document)
        self._starts = [section.start for section in sections]
        self._paths = [section.path for section in sections]

    def at(self, offset: int) -> tuple[str, ...]:
        """The headings above the offset, the outermost first; those of the first section before it begins."""
        if not self._paths:
            return ()
        return self._paths[max(bisect_right(self._starts, offset) - 1, 0)]

"""Blocks to sections: headings with what stands under them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ingest.chunk.blocks import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive blocks under one heading path; the heading lines come first."""

    path: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def start(self) -> int:
        """Offset of the first block."""
        return self.blocks[0].start

    @property
    def end(self) -> int:
        """Offset after the last block."""
        return self.blocks[-1].end


def split_sections(blocks: Sequence[Block]) -> list[Section]:
    """The sections in order. Headings with nothing under them belong to the section that follows, if there is one."""
    sections: list[Section] = []
    open_blocks: list[Block] = []
    has_content = False
    for block in blocks:
        is_heading = block.kind is BlockKind.HEADING
        if is_heading and has_content:
            sections.append(Section(open_blocks[-1].path, tuple(open_blocks)))
            open_blocks = []
        open_blocks.append(block)
        has_content = not is_heading
    if open_blocks:
        sections.append(Section(open_blocks[-1].path, tuple(open_blocks)))
    return sections


def merge_tiny(
    sections: Sequence[Section], *, max_tokens: int, count: Callable[[Block], int]
) -> list[Section]:
    """Sections of a line or two joined with the next one under the same heading, where both fit in `max_tokens`.

    A section is tiny below a quarter of `max_tokens`. The path of a joined section is what both paths have in common.
    """
    merged: list[Section] = []
    last_tokens = 0
    for section in sections:
        tokens = sum(count(block) for block in section.blocks)
        is_tiny = merged and last_tokens * 4 < max_tokens and last_tokens + tokens <= max_tokens
        if is_tiny and _may_join(merged[-1], section):
            last = merged.pop()
            merged.append(Section(_shared_path(last, section), (*last.blocks, *section.blocks)))
            last_tokens += tokens
        else:
            merged.append(section)
            last_tokens = tokens
    return merged


def _may_join(first: Section, second: Section) -> bool:
    """Siblings, or a section and its own subsection."""
    is_below = second.path[: len(first.path)] == first.path
    return is_below or (bool(first.path) and first.path[:-1] == second.path[:-1])


def _shared_path(first: Section, second: Section) -> tuple[str, ...]:
    pairs = zip(first.path, second.path, strict=False)
    return tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

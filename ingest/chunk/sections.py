"""Blocks to sections: headings with what stands under them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import takewhile

from ingest.chunk.blocks import Block, BlockKind
from ingest.chunk.borders import partition, unit


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
    sections: Sequence[Section], *, max_tokens: int, count: Callable[[Block], int], text: str
) -> list[Section]:
    """Sections of a line or two joined with those next to them under the same heading, as long as both fit.

    A section is tiny below a quarter of `max_tokens`. Runs of tiny ones become groups of up to a half, where an edit of one
    does not move the borders of all groups behind it; a group that is still tiny joins the section that follows. The
    path of a joined section is what the paths have in common.
    """

    def size(section: Section) -> int:
        return sum(count(block) for block in section.blocks)

    def is_tiny(section: Section) -> bool:
        return size(section) * 4 < max_tokens

    merged: list[Section] = []
    for run in _runs(sections, is_tiny):
        units = [unit(text[section.start : section.end], size(section)) for section in run]
        for start, end in partition(units, limit=max_tokens // 2):
            group = reduce(_joined, run[start:end])
            fits = merged and is_tiny(merged[-1]) and size(merged[-1]) + size(group) <= max_tokens
            merged.append(_joined(merged.pop(), group) if fits and _may_join(merged[-1], group) else group)
    return merged


def _runs(sections: Sequence[Section], is_tiny: Callable[[Section], bool]) -> Iterator[list[Section]]:
    """Tiny sections that may join one after the other; every other section by itself."""
    run: list[Section] = []
    for section in sections:
        if run and not (is_tiny(run[-1]) and is_tiny(section) and _may_join(run[-1], section)):
            yield run
            run = []
        run.append(section)
    if run:
        yield run


def _joined(first: Section, second: Section) -> Section:
    return Section(_shared_path(first, second), (*first.blocks, *second.blocks))


def _may_join(first: Section, second: Section) -> bool:
    """Siblings, or a section and its own subsection."""
    is_below = second.path[: len(first.path)] == first.path
    return is_below or (bool(first.path) and first.path[:-1] == second.path[:-1])


def _shared_path(first: Section, second: Section) -> tuple[str, ...]:
    pairs = zip(first.path, second.path, strict=False)
    return tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

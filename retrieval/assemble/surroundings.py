"""What stands around a hit: the chunks beside it, or the section it belongs to. Pure, but for the reading."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from core.filters import Visible
from core.offsets import SEAM
from core.retrieval_ports import ChunkRange, ChunkReader
from core.search import Hit

# A section has up to 1,000 tokens and a chunk seldom fewer than 60: a hit's section begins and ends at most so many chunks away.
_SECTION_REACH = 16


async def with_neighbours(
    hits: Sequence[Hit], *, reader: ChunkReader, visible: Visible, count: int
) -> list[Hit]:
    """The hits with up to `count` chunks before and after them; what overlaps becomes one passage, with the better score."""
    around = {_key(hit): (hit.ordinal - count, hit.ordinal + count) for hit in hits}
    chunks = await reader.chunks([_range(key, *around[key]) for key in around], visible=visible)
    return merged_passages(
        [widened(hit, [row for row in _same(hit, chunks) if _near(row, hit, count)]) for hit in hits]
    )


async def with_parents(hits: Sequence[Hit], *, reader: ChunkReader, visible: Visible) -> list[Hit]:
    """The hits with the whole section that each is a part of; hits of one section become one passage."""
    ranges = [_range(_key(hit), hit.ordinal - _SECTION_REACH, hit.ordinal + _SECTION_REACH) for hit in hits]
    chunks = await reader.chunks(ranges, visible=visible)
    return merged_passages(
        [widened(hit, [row for row in _same(hit, chunks) if _same_section(row, hit)]) for hit in hits]
    )


def widened(hit: Hit, chunks: Sequence[Hit]) -> Hit:
    """The hit with the text of chunks of its document beside it, as far as they follow each other without one missing.

    Between two chunks there is only white space; a seam and line ends stand for it, as many characters as there were, so that
    offsets into the stored text stay right. A hit that was redacted when it was read stays as it is: its text no longer is the
    stored one.
    """
    if hit.offsets is not None:
        return hit
    rows = {row.ordinal: row for row in chunks} | {hit.ordinal: hit}
    first = last = hit.ordinal
    while first - 1 in rows:
        first -= 1
    while last + 1 in rows:
        last += 1
    return joined(hit, [rows[ordinal] for ordinal in range(first, last + 1)])


def joined(hit: Hit, rows: Sequence[Hit]) -> Hit:
    """The hit with the text of all the rows, which are in reading order and may overlap."""
    text, end = rows[0].text, rows[0].end
    for row in rows[1:]:
        if row.end <= end:
            continue
        gap = SEAM.ljust(row.start - end, "\n") if row.start > end else ""
        text += gap + row.text[max(end - row.start, 0) :]
        end = row.end
    return replace(hit, text=text, start=rows[0].start, end=end, page=rows[0].page)


def merged_passages(passages: Sequence[Hit]) -> list[Hit]:
    """The passages, those of one document version that overlap as one, at the place of the best of them."""
    place = {id(passage): number for number, passage in enumerate(passages)}
    groups: list[list[Hit]] = []
    as_stored = [passage for passage in passages if passage.offsets is None]
    for _, rows in groupby(sorted(as_stored, key=lambda row: (*_key(row)[:2], row.start)), key=_document):
        groups += _overlapping(list(rows))
    groups += [[passage] for passage in passages if passage.offsets is not None]
    groups.sort(key=lambda group: min(place[id(row)] for row in group))
    return [
        joined(min(group, key=lambda row: place[id(row)]), sorted(group, key=lambda row: row.start))
        for group in groups
    ]


def _overlapping(rows: Sequence[Hit]) -> list[list[Hit]]:
    groups = [[rows[0]]]
    furthest = rows[0].end
    for _, row in pairwise(rows):
        if row.start < furthest:
            groups[-1].append(row)
        else:
            groups.append([row])
        furthest = max(furthest, row.end)
    return groups


def _key(hit: Hit) -> tuple[str, int, int]:
    return hit.doc_id, hit.version, hit.ordinal


def _document(hit: Hit) -> tuple[str, int]:
    return hit.doc_id, hit.version


def _range(key: tuple[str, int, int], first: int, last: int) -> ChunkRange:
    return ChunkRange(key[0], key[1], first, last)


def _same(hit: Hit, chunks: Sequence[Hit]) -> list[Hit]:
    return [row for row in chunks if _document(row) == _document(hit)]


def _near(row: Hit, hit: Hit, count: int) -> bool:
    return abs(row.ordinal - hit.ordinal) <= count


def _same_section(row: Hit, hit: Hit) -> bool:
    return (row.parent_start, row.parent_end) == (hit.parent_start, hit.parent_end)

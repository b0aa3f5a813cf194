"""Neighbours and sections around hits: offsets stay exact, nothing comes twice, nothing invisible comes at all."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.access import Principal
from core.filters import Visible
from core.offsets import SEAM
from core.retrieval_ports import ChunkRange
from core.search import Hit
from core.sentences import split_sentences
from generation.citations import cite, is_verbatim
from retrieval.assemble.surroundings import merged_passages, with_neighbours, with_parents
from retrieval.filters import visible_to
from tests.fakes.hits import hit

SEEN = visible_to(Principal())
TEXT = "one two\n\nthree four\nfive six\n\nseven eight\nnine ten"


def chunks(text: str = TEXT, *, doc: str = "a", section: int = 2) -> list[Hit]:
    """A chunk per line; `section` lines make a section."""
    rows, start = [], 0
    for line in text.split("\n"):
        if line:
            rows.append(hit(line, doc=doc, ordinal=len(rows), start=start))
        start += len(line) + 1
    bounds = [rows[n - n % section : n - n % section + section] for n in range(len(rows))]
    return [
        Hit(**{**_fields(row), "parent_start": part[0].start, "parent_end": part[-1].end})
        for row, part in zip(rows, bounds, strict=True)
    ]


def _fields(row: Hit) -> dict[str, object]:
    return {name: getattr(row, name) for name in Hit.__dataclass_fields__}


class Reader:
    """Holds chunks; what is not held is not visible."""

    def __init__(self, rows: Sequence[Hit]) -> None:
        self._rows = rows

    async def chunks(self, ranges: Sequence[ChunkRange], *, visible: Visible) -> list[Hit]:
        assert visible == SEEN
        return [
            row
            for row in self._rows
            if any(r.doc_id == row.doc_id and r.first <= row.ordinal <= r.last for r in ranges)
        ]


async def test_neighbours_come_with_their_offsets() -> None:
    rows = chunks()
    [wide] = await with_neighbours([rows[2]], reader=Reader(rows), visible=SEEN, count=1)
    assert (wide.start, wide.end) == (rows[1].start, rows[3].end)
    assert shown(wide.text) == TEXT[wide.start : wide.end]


async def test_hits_that_meet_become_one_passage_at_the_place_of_the_better_one() -> None:
    rows = chunks() + chunks(doc="b")
    found = [rows[7], rows[3], rows[1]]
    wide = await with_neighbours(found, reader=Reader(rows), visible=SEEN, count=1)
    assert [(row.doc_id, shown(row.text)) for row in wide] == [("b", TEXT[9:41]), ("a", TEXT)]


async def test_a_neighbour_that_is_missing_ends_the_passage() -> None:
    rows = chunks()
    [wide] = await with_neighbours([rows[2]], reader=Reader(rows[2:]), visible=SEEN, count=2)
    assert wide.start == rows[2].start


async def test_a_section_is_read_as_a_whole_and_no_more() -> None:
    rows = chunks()
    [wide] = await with_parents([rows[3]], reader=Reader(rows), visible=SEEN)
    assert (wide.start, wide.end) == (rows[3].parent_start, rows[3].parent_end)
    assert shown(wide.text) == TEXT[wide.start : wide.end]


@given(st.lists(st.sampled_from([" ", "\t", "\n", "\r\n", "\n\n", "  "]), min_size=1, max_size=4))
async def test_what_is_quoted_of_a_widened_passage_stands_in_the_stored_text(gaps: list[str]) -> None:
    rows, stored = [], ""
    for ordinal, gap in enumerate([*gaps, ""]):
        rows.append(hit("The fee of approx. 3 euros for", ordinal=ordinal, start=len(stored)))
        stored += rows[-1].text + gap
    [wide] = await with_neighbours([rows[0]], reader=Reader(rows), visible=SEEN, count=5)
    quoted = [cite(wide, start=one.start, end=one.end) for one in split_sentences(wide.text)]
    assert len(quoted) == len(rows)
    assert all(is_verbatim(citation, stored_text=stored) for citation in quoted)


def shown(passage: str) -> str:
    return passage.replace(SEAM, "\n")


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=6))
def test_merged_passages_never_overlap(spans: list[tuple[int, int]]) -> None:
    rows = chunks()
    passages = [
        hit(TEXT[rows[min(pair)].start : rows[max(pair)].end], start=rows[min(pair)].start) for pair in spans
    ]
    merged = sorted(merged_passages(passages), key=lambda row: row.start)
    assert all(one.end <= other.start for one, other in pairwise(merged))
    assert all(row.text == TEXT[row.start : row.end] for row in merged)
    covered = {at for row in merged for at in range(row.start, row.end)}
    assert covered == {at for row in passages for at in range(row.start, row.end)}

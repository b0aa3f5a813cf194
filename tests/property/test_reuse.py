"""Whatever happens to the files: after a sync the index is that of a fresh start, however little was computed for it."""

import asyncio
import random
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.access import Tier
from core.config import ChunkSettings
from core.documents import DocumentState, ParsedDocument
from core.search import ChunkPoint
from ingest.chunk.borders import Unit, kept_borders, partition, unit
from ingest.chunk.structure import StructureChunker
from tests.fakes.naming_redactor import NamingRedactor
from tests.unit.ingest.world import World
from tests.unit.ingest.world import settings as world_settings

PATHS = ["a.txt", "b.txt", "a.log", "sub/a.txt", "board/a.txt", "board/c.txt"]
paragraphs = st.lists(st.sampled_from(["one", "two", "by @Ann", "@Bob"]), min_size=1, max_size=4)
folders = st.dictionaries(st.sampled_from(PATHS), paragraphs.map("\n\n".join), max_size=4)


def lay_out(world: World, files: dict[str, str]) -> None:
    """Make the folder hold exactly these files; those that stay as they are keep their times."""
    for path in PATHS:
        if path not in files:
            (world.folder / path).unlink(missing_ok=True)
        elif not (world.folder / path).exists() or (world.folder / path).read_text() != files[path]:
            world.write(path, files[path])


def searchable(world: World) -> set[tuple[object, ...]]:
    """All that a reader can find: where it stands, what it says, who may read it."""
    return {
        (p.doc_id, p.path, p.ordinal, p.start, p.text, p.title, p.dense, p.access, p.source_id, *found_by(p))
        for p in world.index.points.values()
        if p.active
    }


def found_by(point: ChunkPoint) -> tuple[object, ...]:
    """What name searches and the checkpoint of passages go by."""
    return point.pseudonyms, point.redaction, point.policy


async def fresh(world: World) -> World:
    other = World(world.folder, world.settings, redactor=NamingRedactor())
    await other.sync()
    return other


async def check(folder: Path, states: list[dict[str, str]]) -> None:
    world = World(folder / "docs", world_settings(folder / "home"), redactor=NamingRedactor())
    world.write("board/.folio.yaml", "tier: restricted")
    for files in states:
        lay_out(world, files)
        report = await world.sync()
        assert report.failed == ()
        expected = await fresh(world)
        assert searchable(world) == searchable(expected)
        assert all(point.active for point in world.index.points.values())
        assert world.artifacts.texts == expected.artifacts.texts
        states_now = {path: row.state for path, row in (await world.records()).items()}
        indexed = {path for path, state in states_now.items() if state is DocumentState.INDEXED}
        assert indexed == set(files)
        board = {p.access.tier for p in world.index.points.values() if p.path.startswith("board/")}
        assert board <= {Tier.RESTRICTED}
        assert (await world.plan()).work_count == 0
        assert world.catalog.leases == {}


@settings(max_examples=40, deadline=None)
@given(st.lists(folders, min_size=2, max_size=4))
def test_index_after_every_sync_is_that_of_a_fresh_start(states: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder), states))


LIMIT = 100
UNITS = st.builds(unit, st.uuids().map(str), st.integers(1, LIMIT), line_breaks=st.integers(0, 2))


def offsets(units: list[Unit]) -> list[int]:
    return list(accumulate((each.token_count for each in units), initial=0))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(UNITS, min_size=8, max_size=60),
    st.lists(UNITS, max_size=3),
    st.integers(0, 59),
    st.integers(0, 2),
)
def test_an_edit_moves_no_border_beyond_the_kept_ones_around_it(
    units: list[Unit], new: list[Unit], place: int, removed: int
) -> None:
    start = place % len(units)
    stop = min(start + removed, len(units))
    changed = [*units[:start], *new, *units[stop:]]
    places, reach = offsets(units), LIMIT // 2
    kept = kept_borders(units, reach=reach)
    left = max((border for border in kept if places[start] - places[border] > reach), default=0)
    right = min((border for border in kept if places[border] - places[stop] > reach), default=len(units))
    moved = len(changed) - len(units)
    before, after = partition(units, limit=LIMIT), partition(changed, limit=LIMIT)
    assert [group for group in before if group[1] <= left] == [group for group in after if group[1] <= left]
    assert [(first + moved, end + moved) for first, end in before if first >= right] == [
        group for group in after if group[0] >= right + moved
    ]


def prose(rng: random.Random, least: int, most: int) -> str:
    return " ".join(f"w{rng.randrange(9999)}" for _ in range(rng.randrange(least, most))) + "."


def document(rng: random.Random, *, longest: int, per_heading: int) -> list[str]:
    """Some 16,000 words: a hundred chunks."""
    rows: list[str] = []
    while sum(len(row.split()) for row in rows) < 16_000:
        rows.append(prose(rng, 5, longest))
        if per_heading and len(rows) % per_heading == 0:
            rows.append(f"## Part {len(rows)}")
    return rows


def embedded_texts(rows: list[str]) -> set[str]:
    chunker = StructureChunker(ChunkSettings(), lambda text: len(text.split()))
    return {
        chunk.embedding_text
        for chunk in chunker.chunk(ParsedDocument("\n\n".join(rows), "T", "text/markdown"))
    }


def edited(rows: list[str], place: int, new: str, *, kind: int) -> list[str]:
    """The paragraph replaced, one inserted before it, removed, or changed at its beginning."""
    replacement = ([new], [new, rows[place]], [], [f"Now {rows[place]}"])[kind]
    return [*rows[:place], *replacement, *rows[place + 1 :]]


@pytest.mark.parametrize("per_heading", [0, 8])
@pytest.mark.parametrize("longest", [30, 120, 190])
def test_one_edited_paragraph_of_a_hundred_chunks_takes_three_new_embeddings_or_hardly_more(
    longest: int, per_heading: int
) -> None:
    rng = random.Random(longest + per_heading)
    rows = document(rng, longest=longest, per_heading=per_heading)
    places = [place for place, row in enumerate(rows) if not row.startswith("#")]
    before = embedded_texts(rows)
    assert 75 <= len(before) <= 150
    costs = [
        len(embedded_texts(edited(rows, rng.choice(places), prose(rng, 5, longest), kind=n % 4)) - before)
        for n in range(20)
    ]
    assert max(costs) <= 5
    assert sum(cost <= 3 for cost in costs) >= 18


@pytest.mark.parametrize("word_count", [1, 400, 2000])
def test_a_new_paragraph_costs_its_own_chunks_and_three_more_however_long_it_is(word_count: int) -> None:
    rng = random.Random(word_count)
    rows = document(rng, longest=120, per_heading=0)
    before = embedded_texts(rows)
    new = " ".join(prose(rng, 8, 20) for _ in range(max(word_count // 13, 1)))
    for place in (0, len(rows) // 3, len(rows) - 1):
        cost = len(embedded_texts(edited(rows, place, new, kind=1)) - before)
        assert cost <= len(new.split()) / 115 + 3

"""What every listing of documents must do, over SQLite, Postgres and the fake: filter, order, page, and show nobody more."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.access import AccessLabel, Principal, Tier
from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.listing import DocumentListing, DocumentOrder, DocumentQuery, ListingPlace, place_of
from store.catalog.catalog import open_catalog
from tests.contract.migrated import copied, migrated_database, migrated_file
from tests.fakes.clock import FakeClock
from tests.fakes.listing import FakeListing

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
GROUPS = (frozenset(), frozenset({"hr"}), frozenset({"hr", "board"}), frozenset({"legal"}))
LABELS = [
    AccessLabel(tenant, tier, groups)
    for tenant, tier, groups in itertools.product(("acme", "beta"), Tier, GROUPS)
]
ALL = Principal("acme", "all", Tier.RESTRICTED, frozenset({"hr", "board", "legal"}))
PRINCIPALS = [
    ALL,
    Principal("acme", "few", Tier.INTERNAL, frozenset()),
    Principal("acme", "hr", Tier.CONFIDENTIAL, frozenset({"hr"})),
    Principal("beta", "none", Tier.PUBLIC, frozenset({"elsewhere"})),
    Principal("gamma", "stranger", Tier.RESTRICTED, frozenset({"hr"})),
]
STATES = (DocumentState.INDEXED, DocumentState.INDEXED, DocumentState.FAILED)


def record(number: int, label: AccessLabel) -> DocumentRecord:
    path = ("b/Zulu", "a/ärger", "a/100%_x", "B/alpha")[number % 4] + f"-{number:03}.md"
    return DocumentRecord(
        doc_id=f"{(number * 7919) % 10007:032x}",
        source_id=f"{label.tenant}-{number % 2}",
        tenant=label.tenant,
        path=path,
        state=STATES[number % 3],
        title=("Notes", "notes", "Émile", "Plan B")[number % 4],
        mime_type=("text/markdown", "application/pdf")[number % 2],
        size_bytes=number % 5,
        chunk_count=2,
        access=label,
        updated_at=NOON + timedelta(minutes=number // 8),
    )


RECORDS = [record(number, label) for number, label in enumerate(LABELS * 2)]


async def fill(settings: Settings) -> None:
    clock = FakeClock(NOON)
    async with open_catalog(settings, clock) as catalog:
        for source_id in sorted({row.source_id for row in RECORDS}):
            source = Source(source_id, SourceKind.FOLDER, f"/{source_id}", source_id.split("-")[0])
            await catalog.register(source)
        for _, rows in itertools.groupby(RECORDS, key=lambda row: row.updated_at):
            await catalog.save(list(rows))
            clock.advance(60)


@pytest.fixture(scope="module")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module")
def filled_home(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = copied(empty_file, tmp_path_factory.mktemp("filled"))
    asyncio.run(fill(settings))
    return settings


@pytest.fixture(scope="module")
def filled_server() -> Iterator[Settings]:
    with migrated_database() as url:
        settings = load_settings(catalog={"url": url})
        asyncio.run(fill(settings))
        yield settings


@pytest.fixture(params=["filled_home", "filled_server", "fake"])
def place(request: pytest.FixtureRequest) -> Settings | None:
    """Where the catalog is; None for the fake. Nothing here writes to it."""
    return None if request.param == "fake" else request.getfixturevalue(request.param)


@pytest.fixture
async def listing(place: Settings | None) -> AsyncIterator[DocumentListing]:
    if place is None:
        yield FakeListing(RECORDS)
        return
    async with open_catalog(place, FakeClock(NOON)) as catalog:
        yield catalog.listing


async def all_pages(listing: DocumentListing, who: Principal, *, limit: int = 7, **query) -> list[str]:
    found: list[str] = []
    after: ListingPlace | None = None
    while True:
        page = await listing.listed(who, DocumentQuery(limit, after=after, **query))
        found += [row.doc_id for row in page]
        if len(page) < limit:
            return found
        after = place_of(page[-1], query.get("order", DocumentOrder.ID))


@pytest.mark.parametrize("who", PRINCIPALS, ids=lambda who: who.subject)
async def test_exactly_what_is_readable_is_listed_and_counted(listing: DocumentListing, who: Principal):
    readable = [row for row in RECORDS if row.access.readable_by(who)]
    assert await all_pages(listing, who) == sorted(row.doc_id for row in readable)
    counts = await listing.counts(who)
    indexed = [row for row in readable if row.state is DocumentState.INDEXED]
    expected = {row.source_id: [one for one in indexed if one.source_id == row.source_id] for row in indexed}
    assert {key: count.document_count for key, count in counts.items()} == {
        key: len(rows) for key, rows in expected.items()
    }
    assert {key: count.updated_at for key, count in counts.items()} == {
        key: max(row.updated_at for row in rows if row.updated_at) for key, rows in expected.items()
    }


@pytest.mark.parametrize("order", DocumentOrder)
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_in_any_order_are_whole_and_without_doubles(
    listing: DocumentListing, order: DocumentOrder, descending: bool
):
    expected = await FakeListing(RECORDS).listed(ALL, DocumentQuery(1000, order, descending))
    assert len(expected) == len(RECORDS) // 2
    found = await all_pages(listing, ALL, order=order, descending=descending)
    assert found == [row.doc_id for row in expected]


@pytest.mark.parametrize(
    ("conditions", "count"),
    [
        ({"states": (DocumentState.FAILED,)}, 11),
        ({"states": (DocumentState.PENDING,)}, 0),
        ({"source_ids": ("acme-1",)}, 16),
        ({"source_ids": ("beta-1",)}, 0),
        ({"mime_types": ("application/pdf",)}, 16),
        ({"path_prefix": "a/"}, 16),
        ({"path_prefix": "A/"}, 0),
        ({"path_prefix": "B/"}, 8),
        ({"words": "NOTES"}, 16),
        ({"words": "100%_"}, 8),
        ({"words": "0_x"}, 0),
        ({"words": "ärger"}, 8),
        ({"updated_after": NOON + timedelta(minutes=1)}, 24),
        ({"updated_before": NOON + timedelta(minutes=1)}, 8),
        ({"words": "notes", "source_ids": ("acme-0",), "states": (DocumentState.INDEXED,)}, 5),
    ],
    ids=str,
)
async def test_conditions_hold_together(listing: DocumentListing, conditions: dict, count: int):
    expected = await FakeListing(RECORDS).listed(ALL, DocumentQuery(1000, **conditions))
    found = await all_pages(listing, ALL, **conditions)
    assert found == [row.doc_id for row in expected]
    assert len(found) == count


async def test_a_page_goes_on_where_it_stopped_whatever_was_added_before(tmp_path: Path, empty_file: Path):
    clock = FakeClock(NOON)
    async with open_catalog(copied(empty_file, tmp_path), clock) as catalog:
        await catalog.register(Source("acme-0", SourceKind.FOLDER, "/a", "acme"))
        rows = [row for row in RECORDS if row.source_id == "acme-0"]
        await catalog.save(rows[2:])
        order = {"order": DocumentOrder.PATH, "descending": True}
        first = await catalog.listing.listed(ALL, DocumentQuery(5, **order))
        await catalog.save(rows[:2])
        after = place_of(first[-1], DocumentOrder.PATH)
        rest = await catalog.listing.listed(ALL, DocumentQuery(100, after=after, **order))
    seen = [row.path for row in [*first, *rest]]
    assert len(set(seen)) == len(seen)
    assert set(seen) >= {row.path for row in rows[2:]}


async def test_a_changed_label_takes_effect_at_once(tmp_path: Path, empty_file: Path):
    few = PRINCIPALS[1]
    async with open_catalog(copied(empty_file, tmp_path), FakeClock(NOON)) as catalog:
        await catalog.register(Source("acme-0", SourceKind.FOLDER, "/a", "acme"))
        open_one = record(0, AccessLabel("acme", Tier.PUBLIC))
        await catalog.save([open_one])
        assert await all_pages(catalog.listing, few) == [open_one.doc_id]
        await catalog.save([record(0, AccessLabel("acme", Tier.RESTRICTED))])
        assert await all_pages(catalog.listing, few) == []

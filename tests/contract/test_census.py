"""Counts of the catalog over all tenants, over SQLite and Postgres."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.census import Census
from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.runs import RunRecord
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import emptied
from tests.fakes.clock import FakeClock

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return load_settings(home=tmp_path)
    url = request.getfixturevalue("postgres_url")
    emptied(url)
    return load_settings(catalog={"url": url})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
async def catalog(settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, clock) as catalog:
        yield catalog


def record(name: str, *, tenant: str, state: DocumentState, chunks: int = 0) -> DocumentRecord:
    return DocumentRecord(
        doc_id=name,
        source_id=f"s-{tenant}",
        tenant=tenant,
        path=f"{name}.md",
        state=state,
        title=name,
        mime_type="text/plain",
        chunk_count=chunks,
    )


async def test_an_empty_catalog_has_nothing_and_no_ages(catalog: SqlCatalog):
    assert await catalog.census.census() == Census()


async def test_everything_is_counted_whoever_s_it_is(catalog: SqlCatalog, clock: FakeClock):
    for tenant in ("acme", "other"):
        await catalog.register(Source(f"s-{tenant}", SourceKind.FOLDER, f"/data/{tenant}", tenant))
    await catalog.save(
        [
            record("a", tenant="acme", state=DocumentState.INDEXED, chunks=3),
            record("b", tenant="other", state=DocumentState.INDEXED, chunks=4),
            record("c", tenant="other", state=DocumentState.QUARANTINED),
            record("d", tenant="acme", state=DocumentState.PENDING),
        ]
    )
    ended = NOON + timedelta(seconds=60)
    await catalog.save_run(RunRecord("r1", ("s-acme",), NOON, ended, failed_count=2))
    await catalog.save_run(RunRecord("r2", ("s-acme",), NOON, ended + timedelta(seconds=9), error="down"))
    clock.advance(100)
    found = await catalog.census.census()
    assert found.documents == {"indexed": 2, "quarantined": 1, "pending": 1}
    assert (found.chunk_count, found.source_count) == (7, 2)
    assert (found.oldest_pending_s, found.last_sync_s, found.last_sync_failed_count) == (100, 40, 2)

"""What every catalog must do, over SQLite, Postgres and the fake."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access import AccessLabel, Tier
from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import InvalidInputError
from core.ports import DocumentCatalog, DocumentLeases, SourceCatalog
from core.runs import RunRecord
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import emptied
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock

NOON = datetime(2026, 5, 4, 12, 0, 0, 123456, tzinfo=UTC)
SOURCE = Source("s1", SourceKind.FOLDER, "/data/handbook")


class Catalog(DocumentCatalog, DocumentLeases, SourceCatalog, Protocol):
    """All three ports."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


def settings_for(kind: str, request: pytest.FixtureRequest) -> Settings:
    """An empty catalog of this kind."""
    if kind == "sqlite":
        return load_settings(home=request.getfixturevalue("tmp_path"))
    url = request.getfixturevalue("postgres_url")
    emptied(url)
    return load_settings(catalog={"url": url})


@pytest.fixture(params=["sqlite", "postgres"])
def sql_settings(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.param, request)


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings_or_fake(request: pytest.FixtureRequest) -> Settings | None:
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def sql(sql_settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(sql_settings, clock) as found:
        await found.register(SOURCE)
        yield found


@pytest.fixture
async def catalog(settings_or_fake: Settings | None, clock: FakeClock) -> AsyncIterator[Catalog]:
    if settings_or_fake is None:
        fake = FakeCatalog(clock)
        await fake.register(SOURCE)
        yield fake
        return
    async with open_catalog(settings_or_fake, clock) as found:
        await found.register(SOURCE)
        yield found


def document(doc_id: str, state: DocumentState = DocumentState.INDEXED, **fields: object) -> DocumentRecord:
    known: dict[str, object] = {"source_id": "s1", "tenant": "default", "path": f"{doc_id}.md", **fields}
    return DocumentRecord(doc_id=doc_id, state=state, **known)  # type: ignore[arg-type]  # fields by name


def full_document() -> DocumentRecord:
    return DocumentRecord(
        doc_id="d1",
        source_id="s1",
        tenant="acme",
        path="größe/übersicht 📄.md",
        state=DocumentState.QUARANTINED,
        title="Résumé",
        external_id="ext-1",
        mime_type="text/markdown",
        reason="no text",
        content_hash="a" * 64,
        fingerprint="f" * 16,
        version=7,
        artifact_key="b" * 64,
        retired_keys=("c" * 64, "d" * 64),
        size_bytes=5_000_000_000,
        modified_ns=1_777_777_777_777_777_777,
        chunk_count=12,
        redaction_counts={"PERSON": 3, "EMAIL_ADDRESS": 1},
        access=AccessLabel("acme", Tier.RESTRICTED, frozenset({"hr", "board"})),
        attempt_count=2,
        seconds=0.1 + 0.2,
        run_id="r1",
    )


async def test_unknown_document_is_none(catalog: Catalog) -> None:
    assert await catalog.get("nobody") is None


async def test_every_field_comes_back(catalog: Catalog) -> None:
    await catalog.save([full_document()])
    assert await catalog.get("d1") == replace(full_document(), updated_at=NOON)


async def test_updated_at_is_the_catalogs_and_in_utc(catalog: Catalog, clock: FakeClock) -> None:
    clock.current = datetime(2026, 5, 4, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    await catalog.save([document("d1", updated_at=datetime(1999, 1, 1, tzinfo=UTC))])
    found = await catalog.get("d1")
    assert found is not None
    assert found.updated_at == datetime(2026, 5, 5, 4, 30, tzinfo=UTC)
    assert found.updated_at.utcoffset() == timedelta(0)


async def test_saving_again_replaces_the_whole_record(catalog: Catalog, clock: FakeClock) -> None:
    await catalog.save([full_document()])
    clock.current = NOON + timedelta(minutes=1)
    plain = document("d1", tenant="acme")
    await catalog.save([plain])
    assert await catalog.get("d1") == replace(plain, updated_at=clock.current)


async def test_saving_nothing_is_allowed(catalog: Catalog) -> None:
    await catalog.save([])
    assert await catalog.state_counts("default") == {}


async def test_last_record_of_a_document_in_one_save_wins(catalog: Catalog) -> None:
    await catalog.save([document("d1", version=1), document("d1", version=2)])
    found = await catalog.get("d1")
    assert found is not None
    assert found.version == 2


@pytest.mark.parametrize(
    "wrong",
    [document("d9", source_id="unregistered"), document("d9", path="taken.md")],
    ids=["unregistered source", "path of another document"],
)
async def test_a_save_with_one_wrong_record_saves_none(catalog: Catalog, wrong: DocumentRecord) -> None:
    await catalog.save([document("d0", path="taken.md")])
    with pytest.raises(InvalidInputError):
        await catalog.save([document("d1"), wrong])
    assert await catalog.get("d1") is None
    assert await catalog.get("d9") is None


async def test_one_path_in_two_sources_is_two_documents(catalog: Catalog) -> None:
    await catalog.register(Source("s2", SourceKind.FOLDER, "/data/other"))
    await catalog.save([document("d1", path="README.md"), document("d2", path="README.md", source_id="s2")])
    assert [list(await catalog.of_source(name)) for name in ("s1", "s2")] == [["README.md"], ["README.md"]]
    assert (await catalog.of_source("s2"))["README.md"].doc_id == "d2"


async def test_of_source_keeps_every_state_but_deleted(catalog: Catalog) -> None:
    await catalog.save([document(state.value, state) for state in DocumentState])
    expected = {f"{state.value}.md": state for state in DocumentState if state is not DocumentState.DELETED}
    found = await catalog.of_source("s1")
    assert {path: record.state for path, record in found.items()} == expected


async def test_of_source_keeps_what_was_deleted_by_request(catalog: Catalog) -> None:
    deleted = DocumentState.DELETED
    await catalog.save(
        [
            document("by_request", deleted, reason="deleted by request", content_hash="a" * 64),
            document("by_sync", deleted, content_hash="a" * 64),
            document("never_read", deleted, reason="gone before it was read"),
        ]
    )
    assert list(await catalog.of_source("s1")) == ["by_request.md"]


async def test_of_source_of_an_unknown_source_is_empty(catalog: Catalog) -> None:
    await catalog.save([document("d1")])
    assert await catalog.of_source("s2") == {}


async def test_pages_follow_the_ids_by_code_point(catalog: Catalog) -> None:
    ids = ["Z1", "a1", "B1", "_1", "b1", "10", "9"]
    await catalog.save([document(name) for name in ids])
    first = await catalog.page("default", limit=3)
    second = await catalog.page("default", limit=3, after=first[-1].doc_id)
    third = await catalog.page("default", limit=3, after=second[-1].doc_id)
    found = [record.doc_id for record in [*first, *second, *third]]
    assert found == ["10", "9", "B1", "Z1", "_1", "a1", "b1"]
    assert await catalog.page("default", limit=3, after="b1") == []


async def test_page_is_of_one_tenant_and_of_the_states_named(catalog: Catalog) -> None:
    failed, indexed, pending = DocumentState.FAILED, DocumentState.INDEXED, DocumentState.PENDING
    await catalog.save(
        [
            *(
                document(f"d{number}", state)
                for number, state in enumerate([failed, indexed, pending, failed], 1)
            ),
            document("d5", failed, tenant="acme"),
        ]
    )
    two_states = await catalog.page("default", limit=9, states={failed, pending})
    assert [record.doc_id for record in two_states] == ["d1", "d3", "d4"]
    assert [record.doc_id for record in await catalog.page("acme", limit=9)] == ["d5"]


async def test_state_counts_are_of_one_tenant_and_leave_out_zero(catalog: Catalog) -> None:
    failed, indexed = DocumentState.FAILED, DocumentState.INDEXED
    await catalog.save(
        [
            *(document(f"d{number}", state) for number, state in enumerate([failed, indexed, indexed])),
            document("d4", failed, tenant="acme"),
        ]
    )
    assert await catalog.state_counts("default") == {failed: 1, indexed: 2}
    assert await catalog.state_counts("nobody") == {}


async def test_artifact_users_are_counted_over_sources_and_tenants(catalog: Catalog) -> None:
    await catalog.register(Source("s2", SourceKind.FOLDER, "/data/other", "acme"))
    await catalog.save(
        [
            document("d1", artifact_key="k1"),
            document("d2", artifact_key="k1", source_id="s2", tenant="acme"),
            document("d3", artifact_key="k2"),
            document("d4"),
        ]
    )
    assert [await catalog.artifact_users(key) for key in ("k1", "k2", "k3")] == [2, 1, 0]


async def test_a_known_source_is_left_as_it_is(catalog: Catalog) -> None:
    await catalog.register(Source("s1", SourceKind.JSONL, "/elsewhere", "acme"))
    assert await catalog.sources("default") == [SOURCE]
    assert await catalog.sources("acme") == []


async def test_sources_of_a_tenant_come_by_root(catalog: Catalog) -> None:
    jsonl = Source("s2", SourceKind.JSONL, "/data/Zoo/corpus.jsonl")
    other = Source("s3", SourceKind.FOLDER, "/data/a", "acme")
    for source in (other, jsonl):
        await catalog.register(source)
    assert await catalog.sources("default") == [jsonl, SOURCE]
    assert await catalog.sources("acme") == [other]


async def test_a_run_is_replaced_as_it_goes_on(catalog: Catalog) -> None:
    begun = RunRecord("r1", ("s1", "s2"), NOON, total_count=10)
    done = replace(
        begun,
        finished_at=NOON + timedelta(seconds=1.5),
        done_count=10,
        chunk_count=99,
        failed_count=1,
        orchestrator_run_id="dagster-7",
        error="stopped",
    )
    await catalog.save_run(begun)
    assert await catalog.runs() == [begun]
    await catalog.save_run(done)
    assert await catalog.runs() == [done]


async def test_runs_come_newest_first_and_no_more_than_asked_for(catalog: Catalog) -> None:
    for minute in (2, 0, 3, 1):
        await catalog.save_run(RunRecord(f"r{minute}", (), NOON + timedelta(minutes=minute)))
    assert [run.run_id for run in await catalog.runs(limit=3)] == ["r3", "r2", "r1"]


async def test_five_thousand_records_are_one_save(catalog: Catalog) -> None:
    await catalog.save([document(f"{number:05d}") for number in range(5000)])
    await catalog.save([document(f"{number:05d}", version=2) for number in range(5000)])
    found = await catalog.of_source("s1")
    assert len(found) == 5000
    assert {record.version for record in found.values()} == {2}


async def test_text_that_databases_refuse_does_not_stop_a_save(sql: SqlCatalog) -> None:
    await sql.save([document("d1", title="a\0b", reason="c\ud800d")])
    found = await sql.get("d1")
    assert found is not None
    assert (found.title, found.reason) == ("a\ufffdb", "c?d")


async def test_health_names_the_database_but_not_its_user(sql: SqlCatalog) -> None:
    health = await sql.health()
    assert health.healthy
    assert "root@" not in health.detail
    assert "catalog.sqlite3" in health.detail or "127.0.0.1:5432/folio_test_" in health.detail


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
COUNT = st.integers(0, 2**31 - 1)
BIG = st.integers(-(2**63), 2**63 - 1)
RECORDS = st.builds(
    DocumentRecord,
    doc_id=st.just("d1"),
    source_id=st.just("s1"),
    tenant=TEXT,
    path=TEXT,
    state=st.sampled_from(DocumentState),
    title=TEXT,
    external_id=st.none() | TEXT,
    mime_type=TEXT,
    reason=st.none() | TEXT,
    content_hash=st.none() | TEXT,
    fingerprint=st.none() | TEXT,
    version=COUNT,
    artifact_key=st.none() | TEXT,
    size_bytes=BIG,
    modified_ns=BIG,
    chunk_count=COUNT,
    redaction_counts=st.dictionaries(TEXT, COUNT, max_size=4),
    access=st.builds(AccessLabel, TEXT, st.sampled_from(Tier), st.frozensets(TEXT, max_size=4)),
    attempt_count=COUNT,
    seconds=st.floats(allow_nan=False, allow_infinity=False),
    run_id=st.none() | TEXT,
    updated_at=st.just(NOON),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(record=RECORDS)
async def test_any_record_comes_back(catalog: Catalog, record: DocumentRecord) -> None:
    await catalog.save([record])
    assert await catalog.get("d1") == record


async def test_lease_is_its_owners_until_it_expires(clock: FakeClock, catalog: Catalog) -> None:
    assert await catalog.acquire(["b", "a"], owner="one", lease_s=30) == {"a", "b"}
    clock.advance(29.9)
    assert await catalog.acquire(["a", "c"], owner="two", lease_s=30) == {"c"}
    clock.advance(0.1)
    assert await catalog.acquire(["a"], owner="two", lease_s=30) == {"a"}
    assert await catalog.acquire(["a"], owner="one", lease_s=30) == set()


async def test_lease_is_extended_by_taking_it_again(clock: FakeClock, catalog: Catalog) -> None:
    await catalog.acquire(["a"], owner="one", lease_s=30)
    clock.advance(20)
    assert await catalog.acquire(["a"], owner="one", lease_s=30) == {"a"}
    clock.advance(20)
    assert await catalog.acquire(["a"], owner="two", lease_s=30) == set()


async def test_only_the_owner_gives_a_lease_back(catalog: Catalog) -> None:
    await catalog.acquire(["a", "b"], owner="one", lease_s=30)
    await catalog.release(["a"], owner="two")
    assert await catalog.acquire(["a"], owner="two", lease_s=30) == set()
    await catalog.release(["a"], owner="one")
    assert await catalog.acquire(["a", "b"], owner="two", lease_s=30) == {"a"}


async def test_evicted_owner_has_no_lease(catalog: Catalog) -> None:
    await catalog.acquire(["a"], owner="one", lease_s=30)
    await catalog.acquire(["b"], owner="two", lease_s=30)
    assert await catalog.owners() == {"one", "two"}
    await catalog.evict("one")
    assert await catalog.owners() == {"two"}
    assert await catalog.acquire(["a", "b"], owner="two", lease_s=30) == {"a", "b"}


async def test_no_lease_is_taken_for_no_document(catalog: Catalog) -> None:
    assert await catalog.acquire([], owner="one", lease_s=30) == set()
    assert await catalog.owners() == set()

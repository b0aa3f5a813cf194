"""What every keeper of evidence must do, over SQLite, Postgres and the fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.access import AccessLabel, Tier
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind, SourceOptions
from core.errors import DependencyDownError
from core.graph import MENTIONED, DocumentEvidence, EntityKind, Evidence, GraphChange
from core.graph_ports import ChangeLog, EvidenceKeeper, EvidenceReader, ExtractorTotals
from store.catalog.catalog import SqlCatalog, open_catalog
from store.catalog.engine import Database
from store.catalog.graph_evidence import SqlGraphEvidence
from store.catalog.graph_rows import document_to_row
from store.catalog.graph_tables import (
    graph_communities,
    graph_documents,
    graph_evidence,
    graph_members,
    graph_sentences,
)
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.graph_evidence import FakeGraphEvidence

TABLES = (
    "graph_positions",
    "graph_documents",
    "graph_evidence",
    "graph_changes",
    "graph_communities",
    "graph_members",
    "graph_sentences",
    "documents",
    "sources",
)


def settings_for(kind: str, request: pytest.FixtureRequest) -> Settings:
    if kind == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), request.getfixturevalue("tmp_path"))
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture(params=["sqlite", "postgres"])
def sql_settings(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.param, request)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def catalog(sql_settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(sql_settings, clock) as opened:
        yield opened


@pytest.fixture
def graph(catalog: SqlCatalog) -> SqlGraphEvidence:
    return catalog.graph


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings_or_fake(request: pytest.FixtureRequest) -> Settings | None:
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def any_graph(
    settings_or_fake: Settings | None, clock: FakeClock
) -> AsyncIterator[SqlGraphEvidence | FakeGraphEvidence]:
    if settings_or_fake is None:
        yield FakeGraphEvidence(clock)
        return
    async with open_catalog(settings_or_fake, clock) as opened:
        yield opened.graph


def named(*keys: str) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(key, MENTIONED, ordinal, 10 * ordinal, 10 * ordinal + 5, name=key.title())
        for ordinal, key in enumerate(keys)
    )


def said(doc_id: str, *keys: str, version: int = 1, **parts: Any) -> DocumentEvidence:
    parts.setdefault("access", AccessLabel("default"))
    return DocumentEvidence(doc_id, version, extractor="rules:1", rows=named(*keys), **parts)


async def everything(reader: EvidenceReader, tenant: str = "default") -> list[DocumentEvidence]:
    return [evidence async for evidence in reader.load(tenant)]


def test_the_ports_are_met(any_graph: SqlGraphEvidence | FakeGraphEvidence) -> None:
    ports: tuple[EvidenceKeeper, EvidenceReader, ChangeLog] = (any_graph, any_graph, any_graph)
    assert all(ports)


async def test_what_was_written_is_read_back(any_graph: EvidenceKeeper) -> None:
    relation = Evidence("ada", "works_for", 3, 100, 140, object="acme", kind=EntityKind.PERSON, weight=0.85)
    label = AccessLabel("default", Tier.CONFIDENTIAL, frozenset({"hr", "board"}))
    evidence = DocumentEvidence(
        "d1", 4, label, "rules:7", (*named("ada", "acme"), relation), left_out_count=12, redaction="strict:2"
    )
    await any_graph.replace(evidence)
    assert await any_graph.of_documents(["d1", "unknown"]) == [evidence]
    assert await any_graph.extractors(["d1", "unknown"]) == {"d1": (4, "rules:7")}
    assert await any_graph.kept("default") == {"d1": 4}
    assert await any_graph.kept("other") == {}
    assert await any_graph.count("d1") == 3


async def test_a_document_without_entities_is_known_as_read(any_graph: EvidenceKeeper) -> None:
    await any_graph.replace(said("d1"))
    assert await any_graph.kept("default") == {"d1": 1}
    assert await any_graph.count("d1") == 1
    assert await any_graph.remove("d1") == 0
    assert await any_graph.count("d1") == 0
    assert await any_graph.kept("default") == {}


async def test_a_new_version_leaves_nothing_of_the_old_one(any_graph: EvidenceKeeper) -> None:
    await any_graph.replace(said("d1", "ada", "acme"))
    await any_graph.replace(said("d1", "bob", version=2))
    assert await any_graph.of_documents(["d1"]) == [said("d1", "bob", version=2)]
    assert await any_graph.count("d1") == 1


async def test_removing_is_told_by_rows_and_may_be_repeated(any_graph: Any) -> None:
    await any_graph.replace(said("d1", "ada", "acme"))
    await any_graph.replace(said("d2", "ada"))
    assert await any_graph.remove("d1") == 2
    position = await any_graph.position("default")
    assert await any_graph.remove("d1") == 0
    assert await any_graph.position("default") == position
    assert await everything(any_graph) == [said("d2", "ada")]


async def test_the_log_tells_every_change_in_order(any_graph: Any) -> None:
    assert await any_graph.position("default") == 0
    assert await any_graph.changes("default", after=0) == []
    await any_graph.replace(said("d2", "ada"))
    await any_graph.replace(said("d1", "ada"))
    await any_graph.remove("d2")
    assert await any_graph.position("default") == 3
    assert await any_graph.changes("default", after=1) == [GraphChange(2, "d1"), GraphChange(3, "d2")]
    assert await any_graph.changes("default", after=3) == []
    assert await any_graph.position("other") == 0


async def test_a_reader_who_is_too_far_behind_is_told_to_load_anew(any_graph: Any, clock: FakeClock) -> None:
    await any_graph.replace(said("d1", "ada"))
    clock.advance(100)
    await any_graph.replace(said("d2", "ada"))
    assert await any_graph.purge_changes(before=clock.now() - timedelta(seconds=50)) == 1
    assert await any_graph.changes("default", after=0) is None
    assert await any_graph.changes("default", after=1) == [GraphChange(2, "d2")]
    assert await any_graph.purge_changes(before=clock.now() + timedelta(seconds=1)) == 1
    assert await any_graph.changes("default", after=1) is None
    assert await any_graph.changes("default", after=2) == []
    assert await any_graph.position("default") == 2


async def test_a_log_that_is_shorter_than_it_was_is_of_another_catalog(any_graph: Any) -> None:
    await any_graph.replace(said("d1", "ada"))
    assert await any_graph.changes("default", after=7) is None


async def test_a_clock_that_went_back_leaves_no_hole_in_the_log(any_graph: Any, clock: FakeClock) -> None:
    await any_graph.replace(said("d1", "ada"))
    clock.advance(-100)
    await any_graph.replace(said("d2", "ada"))
    clock.advance(200)
    await any_graph.replace(said("d3", "ada"))
    await any_graph.purge_changes(before=clock.now() - timedelta(seconds=150))
    assert await any_graph.changes("default", after=0) is None
    assert await any_graph.changes("default", after=2) == [GraphChange(3, "d3")]


async def test_tenants_are_apart_and_a_document_may_change_hands(any_graph: Any) -> None:
    elsewhere = said("d1", "ada", access=AccessLabel("other"))
    await any_graph.replace(said("d1", "ada"))
    await any_graph.replace(elsewhere)
    assert await everything(any_graph) == []
    assert await everything(any_graph, "other") == [elsewhere]
    assert await any_graph.changes("default", after=1) == [GraphChange(2, "d1")]
    assert await any_graph.changes("other", after=0) == [GraphChange(1, "d1")]


async def test_a_tenant_is_loaded_by_id(any_graph: Any) -> None:
    written = [said(f"d{number:04}", "ada", f"k{number}") for number in range(12)]
    for evidence in written[::-1]:
        await any_graph.replace(evidence)
    assert await everything(any_graph) == written


async def test_a_tenant_with_very_many_documents_is_loaded_page_after_page(catalog: SqlCatalog) -> None:
    documents = [said(f"d{number:04}") for number in range(1200)]
    async with catalog._database.writing() as connection:
        rows = [document_to_row(evidence, catalog._clock.now()) for evidence in documents]
        await connection.execute(sa.insert(graph_documents), rows)
    assert await everything(catalog.graph) == documents
    assert await catalog.graph.of_documents([row.doc_id for row in documents]) == documents
    assert len(await catalog.graph.extractors([row.doc_id for row in documents])) == 1200


async def test_a_document_with_very_many_rows_is_kept_and_loaded_whole(graph: SqlGraphEvidence) -> None:
    keys = [f"key {number % 5000}" for number in range(30_000)]
    await graph.replace(said("d2", *keys))
    await graph.replace(said("d1", "ada"))
    await graph.replace(said("d3", "bob"))
    loaded = await everything(graph)
    assert [(row.doc_id, len(row.rows)) for row in loaded] == [("d1", 1), ("d2", 30_000), ("d3", 1)]
    subjects = [row.subject for row in loaded[1].rows]
    assert subjects == keys
    assert subjects[0] is subjects[5000], "equal strings are one"
    assert await graph.remove("d2") == 30_000


async def test_names_that_no_database_takes_fail_nothing(graph: SqlGraphEvidence) -> None:
    odd = Evidence(
        "a\0b\ud800", "is\0of", 0, 0, 5, object="c\0\udfff", name="A\0B \ud800 \u202eevil", weight=0.5
    )
    await graph.replace(DocumentEvidence("d1", 1, AccessLabel(), "rules:1", (odd,)))
    (kept,) = await graph.of_documents(["d1"])
    assert kept.rows == (
        replace(
            odd, subject="a\ufffdb?", predicate="is\ufffdof", object="c\ufffd?", name="A\ufffdB ? \u202eevil"
        ),
    )


async def test_writers_of_one_tenant_get_positions_without_gaps(
    sql_settings: Settings, clock: FakeClock
) -> None:
    async with open_catalog(sql_settings, clock) as one, open_catalog(sql_settings, clock) as two:
        await asyncio.gather(
            *(one.graph.replace(said(f"a{number}", "ada")) for number in range(10)),
            *(two.graph.replace(said(f"b{number}", "ada")) for number in range(10)),
        )
        changes = await one.graph.changes("default", after=0)
        assert changes is not None
        assert [change.position for change in changes] == list(range(1, 21))
        assert len({change.doc_id for change in changes}) == 20
        assert len(await everything(two.graph)) == 20


async def test_two_writers_of_one_document_leave_one_of_the_two_versions(
    sql_settings: Settings, clock: FakeClock
) -> None:
    async with open_catalog(sql_settings, clock) as one, open_catalog(sql_settings, clock) as two:
        for version in range(1, 11, 2):
            first, second = said("d", "ada", version=version), said("d", "bob", "eve", version=version + 1)
            await asyncio.gather(one.graph.replace(first), two.graph.replace(second))
            assert (await one.graph.of_documents(["d"]))[0] in (first, second)


async def test_a_reader_never_sees_a_document_half_replaced(sql_settings: Settings, clock: FakeClock) -> None:
    versions = [
        said("d", *["ada"] * 50, version=1, access=AccessLabel("default", Tier.PUBLIC)),
        said("d", *["bob"] * 70, version=2, access=AccessLabel("default", Tier.RESTRICTED)),
    ]

    async def write(graph: SqlGraphEvidence) -> None:
        for number in range(20):
            await graph.replace(versions[number % 2])

    async with open_catalog(sql_settings, clock) as one, open_catalog(sql_settings, clock) as two:
        await one.graph.replace(versions[1])
        writing = asyncio.create_task(write(one.graph))
        while not writing.done():
            (seen,) = await everything(two.graph)
            assert seen in versions
        await writing


async def test_a_write_that_is_refused_changes_nothing(graph: SqlGraphEvidence) -> None:
    await graph.replace(said("d1", "ada"))
    broken = replace(said("d1", "bob", version=2), rows=(Evidence("eve", MENTIONED, None, 0, 1),))  # type: ignore[arg-type]
    with pytest.raises(sa.exc.DBAPIError):
        await graph.replace(broken)
    assert await everything(graph) == [said("d1", "ada")]
    assert await graph.position("default") == 1


async def test_what_was_written_is_there_for_another_connection_at_once(
    sql_settings: Settings, clock: FakeClock
) -> None:
    async with open_catalog(sql_settings, clock) as one, open_catalog(sql_settings, clock) as two:
        for number in range(5):
            await one.graph.replace(said("d", "ada", version=number + 1))
            assert await two.graph.kept("default") == {"d": number + 1}
            assert await two.graph.position("default") == number + 1


async def summarise(settings: Settings, catalog: SqlCatalog) -> None:
    """Two communities of Ada and Bob, cited from documents d1 and d2; a model wrote the title of the second."""
    del settings
    now = catalog._clock.now()
    communities = [
        {
            "tenant": "default",
            "community_id": name,
            "access_tier": 1,
            "access_groups": [],
            "level": 0,
            "title": title,
            "evidence_hash": "h",
            "made_by": made_by,
            "weight": 1.0,
            "updated_at": now,
        }
        for name, title, made_by in (("c1", "", "extractive"), ("c2", "Ada and Bob", "a model"))
    ]
    members = [
        {"tenant": "default", "community_id": name, "rank": rank, "key": key}
        for name in ("c1", "c2")
        for rank, key in enumerate(("ada", "bob"))
    ]
    sentences = [
        {
            "tenant": "default",
            "community_id": name,
            "number": number,
            "doc_id": doc_id,
            "version": 1,
            "ordinal": 0,
            "span_start": 0,
            "span_end": 5,
            "text": f"of {doc_id}",
        }
        for name in ("c1", "c2")
        for number, doc_id in enumerate(("d1", "d2"))
    ]
    async with catalog._database.writing() as connection:
        await connection.execute(sa.insert(graph_communities), communities)
        await connection.execute(sa.insert(graph_members), members)
        await connection.execute(sa.insert(graph_sentences), sentences)


async def summaries(catalog: SqlCatalog) -> dict[str, Any]:
    """What is left of the communities: titles, members, cited documents."""
    async with catalog._database.reading() as connection:
        titles = await connection.execute(sa.select(graph_communities.c.title).order_by("title"))
        keys = await connection.execute(sa.select(graph_members.c.key).order_by("key"))
        cited = await connection.execute(sa.select(graph_sentences.c.doc_id).order_by("doc_id"))
        return {
            "titles": list(titles.scalars()),
            "members": list(keys.scalars()),
            "cited": list(cited.scalars()),
        }


async def test_a_removed_document_leaves_nothing_in_summaries(
    sql_settings: Settings, catalog: SqlCatalog
) -> None:
    await catalog.graph.replace(said("d1", "ada", "bob"))
    await catalog.graph.replace(said("d2", "bob"))
    await summarise(sql_settings, catalog)
    assert await catalog.graph.count("d1") == 4
    assert await catalog.graph.remove("d1") == 2
    left = await summaries(catalog)
    assert left == {"titles": ["", ""], "members": ["bob", "bob"], "cited": ["d2", "d2"]}
    assert await catalog.graph.count("d1") == 0


async def test_sentences_go_even_where_no_row_is_left(sql_settings: Settings, catalog: SqlCatalog) -> None:
    await summarise(sql_settings, catalog)
    assert await catalog.graph.remove("d1") == 0
    assert (await summaries(catalog))["cited"] == ["d2", "d2"]


@pytest.mark.parametrize(
    ("now", "cited"),
    [
        (said("d1", "ada", "bob", "eve"), ["d1", "d1", "d2", "d2"]),
        (said("d1", "ada", "bob", version=2), ["d2", "d2"]),
        (said("d1", "ada", "bob", access=AccessLabel("default", Tier.RESTRICTED)), ["d2", "d2"]),
    ],
    ids=["the same version", "another version", "another label"],
)
async def test_sentences_stay_only_while_version_and_label_do(
    sql_settings: Settings, catalog: SqlCatalog, now: DocumentEvidence, cited: list[str]
) -> None:
    await catalog.graph.replace(said("d1", "ada", "bob"))
    await summarise(sql_settings, catalog)
    await catalog.graph.replace(now)
    left = await summaries(catalog)
    assert left["cited"] == cited
    assert left["members"] == ["ada", "ada", "bob", "bob"]
    assert left["titles"] == ["", "Ada and Bob" if "d1" in cited else ""]


async def test_a_member_goes_with_the_last_row_that_names_it(
    sql_settings: Settings, catalog: SqlCatalog
) -> None:
    await catalog.graph.replace(said("d1", "ada", "bob"))
    await catalog.graph.replace(said("d2", "bob"))
    await summarise(sql_settings, catalog)
    await catalog.graph.replace(said("d1", "eve"))
    assert (await summaries(catalog))["members"] == ["bob", "bob"]


async def test_a_pseudonym_is_found_wherever_words_of_a_document_are(catalog: SqlCatalog) -> None:
    token, other = "PERSON_7f3a9c2b41d0", "PERSON_000000000000"
    rows = (
        Evidence(token, MENTIONED, 0, 0, 19, name=token),
        Evidence("acme", "employs", 0, 0, 30, object=token),
        Evidence(f"{token.lower()} ltd", MENTIONED, 0, 0, 23, name=f"{token} Ltd"),
        Evidence(other, MENTIONED, 0, 0, 19, name=other),
    )
    await catalog.graph.replace(replace(said("d1"), rows=rows))
    await catalog.graph.replace(replace(said("d2", access=AccessLabel("other")), rows=rows))
    assert await catalog.graph.naming_count("default", [token]) == 3
    assert await catalog.graph.naming_count("default", [token, other]) == 4
    assert await catalog.graph.naming_count("default", ["PERSON%"]) == 0
    assert await catalog.graph.naming_count("default", [f"PERSON_x{number}" for number in range(700)]) == 0
    assert await catalog.graph.naming_count("default", []) == 0


async def test_totals_are_told_by_extractor(any_graph: Any) -> None:
    await any_graph.replace(said("d1", "ada", "bob", left_out_count=3))
    await any_graph.replace(said("d2", "ada"))
    await any_graph.replace(replace(said("d3", "ada"), extractor="rules:0"))
    await any_graph.replace(said("d4", "ada", access=AccessLabel("other")))
    assert await any_graph.totals("default") == [
        ExtractorTotals("rules:0", 1, 1, 0),
        ExtractorTotals("rules:1", 2, 3, 3),
    ]
    assert await any_graph.totals("nobody") == []


async def test_a_crash_before_the_end_is_as_if_nothing_had_begun(
    sql_settings: Settings, catalog: SqlCatalog, clock: FakeClock
) -> None:
    """A connection that is lost between the rows and the commit."""
    del sql_settings
    graph = SqlGraphEvidence(_LosingDatabase(catalog._database), clock)
    await catalog.graph.replace(said("d1", "ada"))
    with pytest.raises(DependencyDownError):
        await graph.replace(said("d1", "bob", version=2))
    with pytest.raises(DependencyDownError):
        await graph.remove("d1")
    assert await everything(catalog.graph) == [said("d1", "ada")]
    assert await catalog.graph.changes("default", after=0) == [GraphChange(1, "d1")]
    async with catalog._database.reading() as connection:
        rows = (await connection.execute(sa.select(graph_evidence.c.subject))).scalars().all()
    assert rows == ["ada"]


class _LosingDatabase(Database):
    """Every write transaction is lost at its end."""

    def __init__(self, inner: Database) -> None:
        self.__dict__ = inner.__dict__

    def writing(self) -> Any:
        return _Lost(super().writing())


class _Lost:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aenter__(self) -> Any:
        return await self._inner.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        lost = ConnectionError("gone")
        await self._inner.__aexit__(ConnectionError, lost, None)
        raise lost


async def test_what_the_source_says_of_redaction_comes_along(catalog: SqlCatalog) -> None:
    """As it is when the evidence is read: a source may have been added, or changed, since a process began."""
    source = Source("s" * 16, SourceKind.FOLDER, "/board", options=SourceOptions(redaction="strict"))
    await catalog.register(source)
    await catalog.save([DocumentRecord("d1", source.source_id, "default", "a.md", DocumentState.INDEXED)])
    for doc_id in ("d1", "d2"):
        await catalog.graph.replace(said(doc_id, "ada"))
    assert [(one.source_id, one.policy) for one in await everything(catalog.graph)] == [
        (source.source_id, "strict"),
        ("", None),
    ]
    await catalog.update(replace(source, options=SourceOptions()))
    assert [one.policy for one in await catalog.graph.of_documents(["d1"])] == [None]


@pytest.mark.parametrize("state", [DocumentState.DELETING, DocumentState.DELETED])
async def test_whoever_is_late_writes_nothing_of_a_deleted_document(
    catalog: SqlCatalog, state: DocumentState
) -> None:
    """A process that stood still for longer than its lease still has what it has read."""
    source = Source("s" * 16, SourceKind.FOLDER, "/board")
    await catalog.register(source)
    record = DocumentRecord("d1", source.source_id, "default", "a.md", DocumentState.INDEXED)
    await catalog.save([record])
    await catalog.graph.replace(said("d1", "ada"))
    await catalog.save([replace(record, state=state)])
    await catalog.graph.remove("d1")
    await catalog.graph.replace(said("d1", "ada"))
    await catalog.graph_readings.keep("d1", tenant="default", answers={"k": "Ada"})
    assert await catalog.graph.count("d1") == 0
    await catalog.save([replace(record, state=DocumentState.INDEXING)])
    await catalog.graph.replace(said("d1", "ada", version=2))
    assert await catalog.graph.kept("default") == {"d1": 2}


async def test_deleting_and_reading_at_once_leave_nothing_of_the_deleted(catalog: SqlCatalog) -> None:
    source = Source("s" * 16, SourceKind.FOLDER, "/board")
    await catalog.register(source)
    record = DocumentRecord("d1", source.source_id, "default", "a.md", DocumentState.INDEXED)

    async def delete() -> None:
        await catalog.save([replace(record, state=DocumentState.DELETING)])
        await catalog.graph.remove("d1")

    async def read() -> None:
        await catalog.graph_readings.keep("d1", tenant="default", answers={"k": "Ada"})
        await catalog.graph.replace(said("d1", "ada", "bob"))

    for _ in range(10):
        await catalog.save([record])
        await asyncio.gather(delete(), read())
        assert await catalog.graph.count("d1") == 0

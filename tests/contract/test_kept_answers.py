"""Answers that models wrote, kept over SQLite and Postgres until a document that they cite changes."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus, Citation, Contradiction, Round
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.kept_answers import KeptAnswer
from store.catalog.catalog import SqlCatalog, open_catalog
from store.catalog.kept_answer_tables import kept_answers
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock

TOKEN = "PERSON_0123456789ab"
SOURCE = Source("s", SourceKind.FOLDER, "/data", "acme")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    tables = ("kept_answers", "kept_answer_documents", "documents", "sources")
    return cleared(request.getfixturevalue("postgres_url"), *tables, "document_leases")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def catalog(settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, clock) as opened:
        await opened.register(SOURCE)
        await opened.save([document("a"), document("b")])
        yield opened


def document(
    doc_id: str, *, version: int = 1, state: DocumentState = DocumentState.INDEXED
) -> DocumentRecord:
    return DocumentRecord(doc_id, "s", "acme", f"{doc_id}.md", state, version=version)


def citation(doc_id: str, *, version: int = 1) -> Citation:
    return Citation(doc_id, None, "Handbook", f"{doc_id}.md", version, 3, "Leave", "Thirty days.", 10, 22)


def kept(key: str, *doc_ids: str, bucket: str = "k") -> KeptAnswer:
    citations = tuple(citation(doc_id) for doc_id in doc_ids)
    numbers = tuple(range(1, len(citations) + 1))
    answer = Answer(
        "Thirty days. [1]",
        AnswerStatus.PARTIAL,
        None,
        citations,
        sentences=(AnswerSentence("Thirty days.", numbers),),
        mode=AnswerMode.COMPACT,
        confidence=0.75,
        contradictions=(Contradiction("leave", (1, 2), preferred=2),),
        rounds=(Round("leave", 3, 0.5, 1.5),),
    )
    vector = (0.5, -0.25, 1.0)
    return KeptAnswer(key, bucket, "acme", vector, frozenset({"m"}), ("p", "q"), frozenset({"p"}), answer)


async def test_an_answer_comes_back_as_it_was(catalog: SqlCatalog) -> None:
    store = catalog.kept_answers
    assert await store.exact("x") is None
    assert await store.keep(kept("x", "a", "b"), ttl_s=60)
    assert await store.exact("x") == kept("x", "a", "b")
    assert await store.near("k", doc_ids={"b", "unknown"}, limit=5) == [kept("x", "a", "b")]
    assert await store.near("k", doc_ids={"unknown"}, limit=5) == []
    assert await store.near("other", doc_ids={"a"}, limit=5) == []
    assert (await store.count("a"), await store.count("unknown")) == (1, 0)


async def test_the_newest_come_first_and_no_more_than_asked_for(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    for key in ("x", "y", "z"):
        await catalog.kept_answers.keep(kept(key, "a"), ttl_s=600)
        clock.advance(1)
    found = await catalog.kept_answers.near("k", doc_ids=["a"], limit=2)
    assert [one.key for one in found] == ["z", "y"]


@pytest.mark.parametrize(
    "after",
    [
        document("a", version=2),
        document("a", state=DocumentState.DELETING),
        document("a", state=DocumentState.DELETED),
    ],
    ids=["edited", "being deleted", "deleted"],
)
async def test_it_dies_with_the_version_that_it_cites(catalog: SqlCatalog, after: DocumentRecord) -> None:
    store = catalog.kept_answers
    await store.keep(kept("x", "a", "b"), ttl_s=60)
    await store.keep(kept("y", "b"), ttl_s=60)
    await catalog.save([after])
    assert await store.exact("x") is None
    assert await store.exact("y") is not None
    assert (await store.count("a"), await store.count("b")) == (0, 1)


async def test_a_save_of_the_same_version_leaves_it(catalog: SqlCatalog) -> None:
    await catalog.kept_answers.keep(kept("x", "a"), ttl_s=60)
    await catalog.save([replace(document("a"), title="Another title"), document("c")])
    assert await catalog.kept_answers.exact("x") is not None


async def test_what_was_edited_while_the_model_wrote_is_not_kept(catalog: SqlCatalog) -> None:
    await catalog.save([document("a", version=2)])
    assert not await catalog.kept_answers.keep(kept("x", "a", "b"), ttl_s=60)
    assert not await catalog.kept_answers.keep(kept("y", "unknown"), ttl_s=60)
    assert not await catalog.kept_answers.keep(kept("z"), ttl_s=60)
    assert await catalog.kept_answers.count("b") == 0


async def test_its_time_is_over(catalog: SqlCatalog, clock: FakeClock) -> None:
    store = catalog.kept_answers
    await store.keep(kept("x", "a"), ttl_s=60)
    await store.keep(kept("y", "a"), ttl_s=600)
    clock.advance(61)
    assert await store.exact("x") is None
    assert [one.key for one in await store.near("k", doc_ids=["a"], limit=5)] == ["y"]
    assert await catalog.generations.remove_expired_answers(now=clock.now()) == 1
    assert await store.count("a") == 1


async def test_who_is_erased_is_in_no_answer_of_the_tenant(catalog: SqlCatalog) -> None:
    store = catalog.kept_answers
    await store.keep(kept("x", "a"), ttl_s=60)
    named = replace(kept("y", "a"), answer=replace(kept("y", "a").answer, text=f"{TOKEN} has 30. [1]"))
    await store.keep(named, ttl_s=60)
    await store.keep(replace(named, key="z", tenant="other"), ttl_s=60)
    assert await store.naming_count("acme", [TOKEN.lower(), "PERSON_ffffffffffff"]) == 1
    assert await store.erase("acme", [TOKEN]) == 1
    assert await store.naming_count("acme", [TOKEN]) == 0
    assert await store.exact("y") is None
    assert await store.exact("x") is not None
    assert await store.exact("z") is not None
    assert await store.count("a") == 2


async def test_an_answer_in_another_form_is_none(catalog: SqlCatalog) -> None:
    store = catalog.kept_answers
    await store.keep(kept("x", "a"), ttl_s=60)
    await store.keep(kept("y", "a"), ttl_s=60)
    async with catalog.kept_answers._database.writing() as connection:  # as another version has written it
        foreign = sa.update(kept_answers).where(kept_answers.c.key == "x")
        await connection.execute(foreign.values(answer='{"text": "Thirty days.", "status": "unheard of"}'))
    assert await store.exact("x") is None
    assert [one.key for one in await store.near("k", doc_ids=["a"], limit=5)] == ["y"]

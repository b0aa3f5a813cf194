"""Records of answers, feedback, reviews and words that are kept, over SQLite and Postgres."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.access import Principal, Tier
from core.answer_records import (
    AnswerRecord,
    Feedback,
    RecordedCitation,
    RecordedDecision,
    Words,
    restoring_purpose,
)
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.guardrails import Action, Point
from core.reviews import Decision, Place, ReviewItem, ReviewKind, ReviewReason, ReviewState, item_of
from folio.vault_sealing import VaultSealer
from store.catalog.answer_words import SqlAnswerWords
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.contract.tampering import execute, without_triggers
from tests.fakes.clock import FakeClock

TOKEN = "PERSON_0123456789ab"
SOURCE = Source("s", SourceKind.FOLDER, "/data", "acme")
TABLES = (
    *("audit_log", "audit_head", "audit_checkpoints", "answer_records", "answer_feedback", "answer_words"),
    *("answer_word_documents", "review_items", "documents", "sources", "document_leases"),
)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def catalog(settings: Settings, clock: FakeClock) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, clock) as opened:
        await opened.register(SOURCE)
        await opened.save([document("a"), document("b")])
        yield opened


@pytest.fixture
def words(catalog: SqlCatalog, tmp_path: Path) -> SqlAnswerWords:
    return catalog.answer_words(VaultSealer(Settings(home=tmp_path / "keys")))


def document(
    doc_id: str,
    *,
    version: int = 1,
    state: DocumentState = DocumentState.INDEXED,
    content_hash: str = "h",
) -> DocumentRecord:
    return DocumentRecord(
        doc_id, "s", "acme", f"{doc_id}.md", state, version=version, content_hash=content_hash
    )


def record(
    name: str, clock: FakeClock, *, tenant: str = "acme", confidence: float = 0.1 + 0.2
) -> AnswerRecord:
    return AnswerRecord(
        answer_id=name,
        at=clock.now(),
        tenant=tenant,
        subject="jø",
        credential="key:1",
        channel="api",
        question_hash="q" * 64,
        answer_hash="a" * 64,
        status="partial",
        reason_code="left_out",
        mode="compact",
        model="m",
        prompt_version="answer/3",
        confidence=confidence,
        removed_count=1,
        contradiction_count=0,
        cached="",
        appeal_id="",
        disclosure="d",
        took_ms=12.345,
        token_count=2**40,
        decisions=(
            RecordedDecision(Point.INPUT, "injection", Action.SHADOW),
            RecordedDecision(Point.OUTPUT, "secrets", Action.REDACT),
        ),
        call_count=3,
        input_count=2**40,
        output_count=7,
        cost=confidence / 3,
        citations=(RecordedCitation(1, "a", 1), RecordedCitation(2, "b", 3)),
    )


async def test_a_record_comes_back_as_it_was_and_to_its_tenant_only(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    one = record("1", clock)
    await catalog.answer_records.record([one, record("2", clock, tenant="other")])
    await catalog.answer_records.record([])
    assert await catalog.answer_records.get("acme", "1") == one
    assert await catalog.answer_records.get("other", "1") is None
    assert await catalog.answer_records.get("acme", "unknown") is None


async def test_many_records_take_one_entry_of_the_audit_log_a_tenant(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    await catalog.answer_records.record([record(f"{number}", clock) for number in range(20)])
    await catalog.answer_records.record([record("x", clock), record("y", clock, tenant="other")])
    found = await catalog.audit.verify()
    assert (found.problem, found.entry_count, found.record_count) == (None, 3, 22)
    [entry] = await catalog.audit.entries("other", limit=9)
    assert (entry.action, entry.object, len(entry.detail)) == ("answers.recorded", "1", 64)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE answer_records SET status = 'grounded' WHERE answer_id = '2'",
        "UPDATE answer_records SET confidence = 0.9 WHERE answer_id = '2'",
        "UPDATE answer_records SET citations = '[]' WHERE answer_id = '3'",
        "UPDATE answer_records SET decisions = '[]' WHERE answer_id = '3'",
        "UPDATE answer_records SET cost = NULL WHERE answer_id = '2'",
        "UPDATE answer_records SET subject = 'nobody' WHERE answer_id = '1'",
        "UPDATE answer_records SET tenant = 'other' WHERE answer_id = '1'",
        "DELETE FROM answer_records WHERE answer_id = '2'",
        "DELETE FROM answer_records WHERE answer_id = '3'",
        "DELETE FROM answer_records",
        "UPDATE answer_records SET position = 9 WHERE answer_id = '1'; UPDATE answer_records SET position = 0 WHERE "
        "answer_id = '2'; UPDATE answer_records SET position = 1 WHERE answer_id = '1'",
        "UPDATE answer_records SET sealed_by = 2, position = 5 WHERE answer_id = '1'",
        "UPDATE answer_records SET sealed_by = 3 WHERE answer_id = '4'",
    ],
)
async def test_a_record_that_was_changed_removed_moved_or_put_in_is_found(
    catalog: SqlCatalog, clock: FakeClock, harm: str
) -> None:
    await catalog.answer_records.record([record(name, clock) for name in "123"])
    await catalog.answer_records.record([record("4", clock)])
    await catalog.audit.restored(Principal(), ["A"], purpose="search")
    assert (await catalog.audit.verify()).problem is None
    async with without_triggers(catalog):
        await execute(catalog, harm)
        assert (await catalog.audit.verify()).problem is not None


async def test_the_database_itself_refuses_to_change_a_record(catalog: SqlCatalog, clock: FakeClock) -> None:
    await catalog.answer_records.record([record("1", clock)])
    with pytest.raises(Exception, match="never changed"):
        await execute(catalog, "UPDATE answer_records SET status = 'grounded'")
    if catalog._database._engine.dialect.name == "postgresql":
        for table in ("answer_records", "audit_log", "audit_checkpoints"):
            with pytest.raises(Exception, match="never changed"):
                await execute(catalog, f"TRUNCATE {table}")


async def test_records_and_what_belongs_to_them_go_when_their_time_is_over(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    old = record("1", clock)
    await catalog.answer_records.record([old])
    await catalog.answer_records.keep_feedback(Feedback("1", "acme", "jø", 1))
    await catalog.reviews.add([item_of(old, [ReviewReason.PARTIAL], at=clock.now())], max_open=9)
    clock.advance(100)
    # A batch with one record that is kept stays as a whole.
    await catalog.answer_records.record([replace(old, answer_id="2"), record("3", clock)])
    assert await catalog.retention.remove_records(before=clock.now()) == 1
    assert await catalog.answer_records.get("acme", "1") is None
    assert await catalog.answer_records.feedback("acme", "1") is None
    assert await catalog.reviews.get("acme", "a1") is None
    assert await catalog.answer_records.get("acme", "2") is not None
    found = await catalog.audit.verify()
    assert (found.problem, found.record_count) == (None, 2)
    assert await catalog.retention.remove_records(before=clock.now()) == 0


async def test_entries_that_seal_records_stay_as_long_as_these(catalog: SqlCatalog, clock: FakeClock) -> None:
    await catalog.audit.restored(Principal(), ["A"], purpose="search")
    await catalog.answer_records.record([record("1", clock)])
    clock.advance(100)
    await catalog.audit.restored(Principal(), ["B"], purpose="search")
    assert await catalog.retention.remove_entries(before=clock.now()) == 1
    assert (await catalog.audit.verify()).record_count == 1
    await catalog.retention.remove_records(before=clock.now() + timedelta(seconds=1))
    assert await catalog.retention.remove_entries(before=clock.now()) == 1
    found = await catalog.audit.verify()
    assert (found.problem, found.record_count) == (None, 0)


async def test_records_removed_by_hand_are_missed_although_others_were_removed_in_time(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    await catalog.answer_records.record([record("1", clock)])
    clock.advance(100)
    await catalog.answer_records.record([record("2", clock)])
    await catalog.retention.remove_records(before=clock.now())
    await execute(catalog, "DELETE FROM answer_records WHERE answer_id = '2'")
    assert (await catalog.audit.verify()).problem is not None


async def test_writers_at_once_each_seal_their_own(settings: Settings, clock: FakeClock) -> None:
    """Through connections of their own, as from several processes, with other entries and a verification between."""

    async def write(number: int) -> None:
        async with open_catalog(settings, clock) as own:
            for part in range(4):
                await own.answer_records.record([record(f"{number}.{part}.{one}", clock) for one in range(3)])
                await own.audit.restored(Principal(), [f"{number}.{part}"], purpose="search")
            assert (await own.audit.verify()).problem is None

    await asyncio.gather(*(write(number) for number in range(4)))
    async with open_catalog(settings, clock) as catalog:
        found = await catalog.audit.verify()
        assert (found.problem, found.entry_count, found.record_count) == (None, 32, 48)


async def test_whether_pseudonyms_of_an_answer_were_turned_back(catalog: SqlCatalog) -> None:
    await catalog.audit.restored(Principal("acme"), [TOKEN], purpose=restoring_purpose("1"))
    assert await catalog.answer_records.was_restored("acme", "1")
    assert not await catalog.answer_records.was_restored("acme", "2")
    assert not await catalog.answer_records.was_restored("other", "1")


async def test_feedback_takes_the_place_of_feedback(catalog: SqlCatalog, clock: FakeClock) -> None:
    said = Feedback("1", "acme", "jo", 1, ("wrong",), (2,), "no", "yes")
    first = await catalog.answer_records.keep_feedback(said)
    clock.advance(5)
    again = await catalog.answer_records.keep_feedback(replace(said, rating=5, comment=""))
    assert again == replace(said, rating=5, comment="", created_at=first.created_at, updated_at=clock.now())
    assert await catalog.answer_records.feedback("acme", "1") == again
    assert await catalog.answer_records.feedback("other", "1") is None


def item(name: str, clock: FakeClock, *reasons: ReviewReason, tenant: str = "acme") -> ReviewItem:
    return item_of(record(name, clock, tenant=tenant), reasons or (ReviewReason.PARTIAL,), at=clock.now())


async def test_the_queue_page_by_page_the_newest_first(catalog: SqlCatalog, clock: FakeClock) -> None:
    for name in "123":
        await catalog.reviews.add([item(name, clock), item(f"{name}x", clock)], max_open=99)
        clock.advance(1)
    await catalog.reviews.add([item("o", clock, tenant="other")], max_open=99)
    found: list[str] = []
    place: Place | None = None
    while page := await catalog.reviews.page("acme", limit=2, after=place):
        found += [one.item_id for one in page]
        place = Place(page[-1].created_at, page[-1].item_id)
    assert found == ["a3x", "a3", "a2x", "a2", "a1x", "a1"]
    assert await catalog.reviews.page("acme", limit=9, kinds=[ReviewKind.DOCUMENT]) == []


async def test_a_new_reason_opens_an_item_again_and_a_known_one_does_not(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    reviews = catalog.reviews
    assert await reviews.add([item("1", clock)], max_open=9) == 1
    assert await reviews.decide("acme", "a1", Decision(ReviewState.CORRECTED, "eve", "n", "q", "c"))
    await reviews.add([item("1", clock)], max_open=9)
    kept = await reviews.get("acme", "a1")
    assert kept is not None
    assert (kept.state, kept.decided_by, kept.question, kept.correction) == ("corrected", "eve", "q", "c")
    assert await reviews.add([item("1", clock, ReviewReason.FEEDBACK)], max_open=0) == 0
    again = await reviews.get("acme", "a1")
    assert again is not None
    assert (again.state, again.decided_by, again.decided_at) == ("open", "", None)
    assert again.reasons == (ReviewReason.PARTIAL, ReviewReason.FEEDBACK)
    assert not await reviews.decide("other", "a1", Decision(ReviewState.APPROVED, "eve"))


async def test_no_more_are_open_than_are_wanted(catalog: SqlCatalog, clock: FakeClock) -> None:
    assert await catalog.reviews.add([item(name, clock) for name in "123"], max_open=2) == 2
    assert await catalog.reviews.add([item("o", clock, tenant="other")], max_open=2) == 1
    await catalog.reviews.decide("acme", "a1", Decision(ReviewState.APPROVED, "eve"))
    assert await catalog.reviews.add([item("4", clock), item("5", clock)], max_open=2) == 1


async def test_only_one_claims_an_item(catalog: SqlCatalog, clock: FakeClock) -> None:
    reviews = catalog.reviews
    await reviews.add([item("1", clock)], max_open=9)
    results = await asyncio.gather(
        *(reviews.claim("acme", "a1", subject=name) for name in ("jo", "eve", "bo"))
    )
    assert sorted(results) == [False, False, True]
    assert not await reviews.claim("other", "a1", subject="jo")
    assert await reviews.claim("acme", "a1", subject="")
    assert await reviews.claim("acme", "a1", subject="new")
    await reviews.decide("acme", "a1", Decision(ReviewState.APPROVED, "new"))
    assert not await reviews.claim("acme", "a1", subject="new")


async def test_a_document_in_quarantine_is_in_the_queue_until_it_is_not(
    catalog: SqlCatalog, clock: FakeClock
) -> None:
    quarantined = document("a", state=DocumentState.QUARANTINED)
    await catalog.save([quarantined, document("b")])
    await catalog.save([quarantined])
    [found] = await catalog.reviews.page("acme", limit=9)
    assert (found.item_id, found.kind, found.reasons) == ("da", "document", ("quarantined",))
    await catalog.reviews.decide("acme", "da", Decision(ReviewState.REJECTED, "eve"))
    await catalog.save([quarantined])
    assert [one.state for one in await catalog.reviews.page("acme", limit=9)] == ["rejected"]
    await catalog.save([replace(quarantined, content_hash="other bytes")])
    assert [one.state for one in await catalog.reviews.page("acme", limit=9)] == ["open"]
    await catalog.save([document("a", version=2)])
    assert await catalog.reviews.page("acme", limit=9) == []


async def test_a_deleted_document_leaves_the_queue_decided_or_not(catalog: SqlCatalog) -> None:
    await catalog.save([document("a", state=DocumentState.QUARANTINED)])
    await catalog.reviews.decide("acme", "da", Decision(ReviewState.REJECTED, "eve", "a note about it"))
    await catalog.save([document("a", state=DocumentState.DELETED)])
    assert await catalog.reviews.page("acme", limit=9) == []


def said(name: str, *doc_ids: str, question: str = "Who is it?", tenant: str = "acme") -> Words:
    return Words(name, tenant, question, "It is so.", int(Tier.INTERNAL), ("board",), doc_ids)


async def test_words_are_sealed_and_come_back(
    catalog: SqlCatalog, words: SqlAnswerWords, settings: Settings, clock: FakeClock
) -> None:
    ends = clock.now() + timedelta(seconds=60)
    assert await words.keep(said("1", "a", "b", question="Where is the heron?"), expires_at=ends)
    assert await words.get("acme", "1") == said("1", "a", "b", question="Where is the heron?")
    assert await words.get("other", "1") is None
    assert (await words.count("a"), await words.count("unknown")) == (1, 0)
    async with catalog._database.reading() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM answer_words")).all()
    assert b"heron" not in repr(rows).encode()
    clock.advance(61)
    assert await words.get("acme", "1") is None
    assert await catalog.retention.remove_words(now=clock.now()) == 1
    assert await words.count("a") == 0


async def test_without_their_key_words_are_none_and_go_with_an_erasure(
    catalog: SqlCatalog, words: SqlAnswerWords, clock: FakeClock, tmp_path: Path
) -> None:
    await words.keep(said("1", "a"), expires_at=clock.now() + timedelta(seconds=60))
    other = catalog.answer_words(VaultSealer(Settings(home=tmp_path / "other")))
    assert await other.get("acme", "1") is None
    assert await other.erase("acme", [TOKEN]) == 1, "what nobody can open may name anybody"


@pytest.mark.parametrize(
    "after",
    [document("a", version=2), document("a", state=DocumentState.DELETED)],
    ids=["indexed anew", "deleted"],
)
async def test_words_go_with_a_document_that_they_cite(
    catalog: SqlCatalog, words: SqlAnswerWords, clock: FakeClock, after: DocumentRecord
) -> None:
    ends = clock.now() + timedelta(seconds=60)
    await words.keep(said("1", "a", "b"), expires_at=ends)
    await words.keep(said("2", "b"), expires_at=ends)
    await catalog.save([after])
    assert await words.get("acme", "1") is None
    assert await words.get("acme", "2") is not None
    assert (await words.count("a"), await words.count("b")) == (0, 1)


async def test_what_people_wrote_goes_with_a_document_that_is_deleted(
    catalog: SqlCatalog, words: SqlAnswerWords, clock: FakeClock
) -> None:
    records, reviews = catalog.answer_records, catalog.reviews
    cites_b = (RecordedCitation(1, "b", 1),)
    of_b = replace(record("2", clock), citations=cites_b)
    of_both = replace(record("1", clock), citations=(RecordedCitation(1, "a", 1), *cites_b))
    await records.record([of_both, of_b, replace(record("3", clock), citations=cites_b)])
    for one in (of_both, of_b):
        await records.keep_feedback(Feedback(one.answer_id, "acme", "jø", 1, (), (), "so", "heron"))
        item = item_of(one, [ReviewReason.FEEDBACK], at=clock.now())
        await reviews.add([item], max_open=9)
        decision = Decision(ReviewState.CORRECTED, "eve", "why", "what", "heron")
        assert await reviews.decide("acme", item.item_id, decision)
    assert (await words.count("a"), await words.count("b")) == (1, 2)
    await catalog.save([document("a", version=2)])
    assert await words.count("a") == 1, "what is indexed anew is there"
    await catalog.save([document("a", state=DocumentState.DELETED)])
    assert (await words.count("a"), await words.count("b")) == (0, 1)
    said, other = await records.feedback("acme", "1"), await records.feedback("acme", "2")
    assert said
    assert (said.rating, said.comment, said.correction) == (1, "", "")
    assert other
    assert other.correction == "heron"
    item, kept = await reviews.get("acme", "a1"), await reviews.get("acme", "a2")
    assert item
    assert (item.note, item.question, item.correction) == ("", "", "")
    assert item.state is ReviewState.CORRECTED
    assert kept
    assert (kept.note, kept.correction) == ("why", "heron")


async def test_words_of_a_document_that_is_gone_are_not_kept(
    catalog: SqlCatalog, words: SqlAnswerWords, clock: FakeClock
) -> None:
    ends = clock.now() + timedelta(seconds=60)
    await catalog.save([document("a", state=DocumentState.DELETING)])
    assert not await words.keep(said("1", "a", "b"), expires_at=ends)
    assert not await words.keep(said("2", "unknown"), expires_at=ends)
    assert await words.keep(said("3"), expires_at=ends)


async def test_who_is_erased_is_in_no_words_comments_or_corrections(
    catalog: SqlCatalog, words: SqlAnswerWords, clock: FakeClock
) -> None:
    ends = clock.now() + timedelta(seconds=60)
    await words.keep(said("1", "a", question=f"Who is {TOKEN.lower()}?"), expires_at=ends)
    await words.keep(said("2", "a"), expires_at=ends)
    await words.keep(said("3", question=f"Who is {TOKEN}?", tenant="other"), expires_at=ends)
    records = catalog.answer_records
    await records.keep_feedback(Feedback("1", "acme", "jo", 1, comment=f"{TOKEN} knows", correction="so"))
    await catalog.reviews.add([item("1", clock)], max_open=9)
    decision = Decision(ReviewState.CORRECTED, "eve", "note", f"Who is {TOKEN}?", f"{TOKEN.lower()} is head")
    await catalog.reviews.decide("acme", "a1", decision)
    assert (await words.naming_count("acme", [TOKEN]), await records.naming_count("acme", [TOKEN])) == (1, 3)
    assert (await words.erase("acme", [TOKEN]), await records.erase("acme", [TOKEN])) == (1, 3)
    assert (await words.naming_count("acme", [TOKEN]), await records.naming_count("acme", [TOKEN])) == (0, 0)
    kept, feedback = await catalog.reviews.get("acme", "a1"), await records.feedback("acme", "1")
    assert kept is not None
    assert feedback is not None
    assert (kept.correction, feedback.comment) == ("<ERASED> is head", "<ERASED> knows")
    assert await words.get("acme", "1") is None
    assert await words.get("acme", "2") is not None
    assert await words.get("other", "3") is not None

"""Conversations, over SQLite, Postgres and the fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from core.access import AccessLabel, Principal, Tier
from core.answers import AnswerStatus
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import InvalidInputError
from core.session_ports import SessionShelf, SessionStore
from core.sessions import MAX_FACTS, Fact, NewTurn, Owner, Session, Summary, TurnCitation, new_id
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.sessions import FakeSessions

ME, OTHER, ABROAD = Owner("acme", "me"), Owner("acme", "you"), Owner("other", "me")
DAY = timedelta(days=1)
SOURCE = Source("s", SourceKind.FOLDER, "/docs", tenant="acme")
TOKEN = "PERSON_0123456789ab"


class Store(SessionStore, SessionShelf, Protocol):
    """Both halves."""


@dataclass
class World:
    sessions: Store
    clock: FakeClock
    catalog: SqlCatalog | None = None

    async def begin(self, owner: Owner = ME) -> Session:
        now = self.clock.now()
        session = Session(new_id(), owner, now, now, now + DAY)
        await self.sessions.create(session)
        return session

    async def tell(self, session: Session, question: str, answer: str = "", *cited: TurnCitation) -> None:
        turn = NewTurn(question, answer, AnswerStatus.GROUNDED, cited)
        assert await self.sessions.append(
            session.owner, session.session_id, turn, expires_at=self.clock.now() + DAY
        )

    async def read(self, session: Session) -> Session:
        found = await self.sessions.get(session.owner, session.session_id)
        assert found is not None
        return found

    async def answers(self, session: Session) -> list[str]:
        return [turn.answer for turn in await self.sessions.turns(session.owner, session.session_id)]


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings | None:
    if request.param == "fake":
        return None
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    tables = ("sessions", "session_turns", "session_citations", "session_facts", "documents", "sources")
    return cleared(request.getfixturevalue("postgres_url"), *tables)


@pytest.fixture
async def world(settings: Settings | None) -> AsyncIterator[World]:
    clock = FakeClock()
    if settings is None:
        yield World(FakeSessions(clock), clock)
        return
    async with open_catalog(settings, clock) as catalog:
        await catalog.register(SOURCE)
        yield World(catalog.sessions, clock, catalog)


everywhere = pytest.mark.parametrize("settings", ["fake", "sqlite", "postgres"], indirect=True)
stored = pytest.mark.parametrize("settings", ["sqlite", "postgres"], indirect=True)


@everywhere
async def test_turns_come_back_in_order_and_in_pieces(world: World) -> None:
    session = await world.begin()
    for number in range(1, 5):
        world.clock.advance(1)
        await world.tell(session, f"question {number}", f"answer {number}")
    found = await world.read(session)
    assert (found.title, found.turn_count, found.updated_at) == ("question 1", 4, world.clock.now())
    piece = await world.sessions.turns(ME, session.session_id, after=1, limit=2)
    assert [(turn.ordinal, turn.question, turn.answer) for turn in piece] == [
        (2, "question 2", "answer 2"),
        (3, "question 3", "answer 3"),
    ]
    assert piece[0].status is AnswerStatus.GROUNDED


@everywhere
async def test_turns_that_come_at_once_get_ordinals_of_their_own(world: World) -> None:
    session = await world.begin()
    await asyncio.gather(*(world.tell(session, f"question {number}") for number in range(8)))
    turns = await world.sessions.turns(ME, session.session_id)
    assert [turn.ordinal for turn in turns] == list(range(1, 9))
    assert {turn.question for turn in turns} == {f"question {number}" for number in range(8)}


@everywhere
@pytest.mark.parametrize("who", [OTHER, ABROAD])
async def test_another_s_session_is_like_an_unknown_one(world: World, who: Owner) -> None:
    session, sessions = await world.begin(), world.sessions
    await world.tell(session, "mine")
    fact = Fact(new_id(), "a fact", world.clock.now())
    await sessions.add_fact(ME, session.session_id, fact)
    named = session.session_id
    assert await sessions.get(who, named) is None
    assert await sessions.turns(who, named) == []
    assert await sessions.page(who, limit=10) == []
    turn = NewTurn("theirs", "", AnswerStatus.REFUSED)
    assert await sessions.append(who, named, turn, expires_at=world.clock.now() + DAY) is None
    assert not await sessions.save_summary(who, named, Summary("theirs", 1), revision=0)
    assert not await sessions.add_fact(who, named, fact)
    assert not await sessions.remove_fact(who, named, fact.fact_id)
    assert not await sessions.delete(who, named)
    found = await world.read(session)
    assert (found.turn_count, found.summary, len(found.facts)) == (1, Summary(), 1)


@everywhere
async def test_a_session_ends_some_time_after_its_last_turn(world: World) -> None:
    session = await world.begin()
    world.clock.advance(0.9 * DAY.total_seconds())
    await world.tell(session, "once more")
    world.clock.advance(0.9 * DAY.total_seconds())
    assert (await world.read(session)).turn_count == 1
    world.clock.advance(0.2 * DAY.total_seconds())
    assert await world.sessions.get(ME, session.session_id) is None
    assert await world.sessions.turns(ME, session.session_id) == []
    assert await world.sessions.page(ME, limit=10) == []
    late = NewTurn("too late", "", AnswerStatus.REFUSED)
    assert (
        await world.sessions.append(ME, session.session_id, late, expires_at=world.clock.now() + DAY) is None
    )


@everywhere
async def test_pages_go_from_the_newest_back(world: World) -> None:
    made = []
    for _ in range(5):
        made.append((await world.begin()).session_id)
        world.clock.advance(1)
    await world.begin(OTHER)
    first = [one.session_id for one in await world.sessions.page(ME, limit=2)]
    rest = [one.session_id for one in await world.sessions.page(ME, limit=9, before=first[-1])]
    assert first + rest == made[::-1]
    assert await world.sessions.page(ME, limit=9, before=new_id()) == []


@everywhere
async def test_facts_are_kept_apart_and_bounded(world: World) -> None:
    session = await world.begin()
    told = [Fact(f"{number:032x}", f"fact {number}", world.clock.now()) for number in range(MAX_FACTS)]
    for fact in told:
        assert await world.sessions.add_fact(ME, session.session_id, fact)
    assert list((await world.read(session)).facts) == told
    with pytest.raises(InvalidInputError, match="50"):
        await world.sessions.add_fact(ME, session.session_id, Fact(new_id(), "more", world.clock.now()))
    assert await world.sessions.remove_fact(ME, session.session_id, told[0].fact_id)
    assert not await world.sessions.remove_fact(ME, session.session_id, told[0].fact_id)
    assert list((await world.read(session)).facts) == told[1:]


@everywhere
async def test_a_summary_only_ever_covers_more(world: World) -> None:
    session, save = await world.begin(), world.sessions.save_summary
    for number in range(3):
        await world.tell(session, f"question {number}")
    assert await save(ME, session.session_id, Summary("two turns", 2), revision=0)
    assert not await save(ME, session.session_id, Summary("one turn", 1), revision=0), "one who is late"
    assert not await save(ME, session.session_id, Summary("four turns", 4), revision=0), "there are three"
    assert not await save(ME, session.session_id, Summary("three", 3), revision=1)
    assert (await world.read(session)).summary == Summary("two turns", 2)


@everywhere
async def test_nothing_of_a_deleted_session_is_left(world: World) -> None:
    session, stays = await world.begin(), await world.begin()
    for one in (session, stays):
        await world.tell(one, "question", "answer")
        await world.sessions.add_fact(ME, one.session_id, Fact(new_id(), "fact", world.clock.now()))
    assert await world.sessions.delete(ME, session.session_id)
    assert not await world.sessions.delete(ME, session.session_id)
    assert await world.sessions.get(ME, session.session_id) is None
    assert (await world.read(stays)).turn_count == 1
    assert len(await world.answers(stays)) == 1


def document(doc_id: str, version: int, state: DocumentState = DocumentState.INDEXED) -> DocumentRecord:
    access = AccessLabel("acme")
    return DocumentRecord(
        doc_id, "s", "acme", f"{doc_id}.txt", state, access=access, version=version, chunk_count=1
    )


def cite(doc_id: str, version: int = 1, number: int = 1) -> TurnCitation:
    return TurnCitation(number, doc_id, version, 10, 20)


async def save(world: World, *records: DocumentRecord) -> None:
    assert world.catalog is not None
    await world.catalog.save(records)


async def two_turns(world: World) -> Session:
    """A session whose second turn cites document a, and a summary of both."""
    await save(world, document("a", 1), document("b", 1))
    session = await world.begin()
    await world.tell(session, "first", "from b", cite("b"))
    await world.tell(session, "second", "from both", cite("b"), cite("a", number=2))
    assert await world.sessions.save_summary(ME, session.session_id, Summary("b, both", 2), revision=0)
    return session


@stored
async def test_where_an_answer_is_from_is_kept(world: World) -> None:
    session = await two_turns(world)
    [first, second] = await world.sessions.turns(ME, session.session_id)
    assert first.citations == (cite("b"),)
    assert second.citations == (cite("b"), cite("a", number=2))


@stored
@pytest.mark.parametrize(
    "gone",
    [
        document("a", 1, DocumentState.DELETING),
        document("a", 1, DocumentState.DELETED),
        document("a", 2),
        replace(document("a", 1, DocumentState.QUARANTINED), chunk_count=0),
    ],
)
async def test_answers_are_forgotten_with_their_documents(world: World, gone: DocumentRecord) -> None:
    session, keeper = await two_turns(world), world.catalog
    assert keeper is not None
    assert await keeper.sessions.count("a") == 1
    await save(world, gone)
    [first, second] = await world.sessions.turns(ME, session.session_id)
    assert (first.answer, first.removed) == ("from b", False)
    assert (second.question, second.answer, second.removed, second.citations) == ("second", "", True, ())
    found = await world.read(session)
    assert (found.summary, found.revision) == (Summary(), 1), "it covered the turn"
    assert await keeper.sessions.count("a") == 0
    assert await keeper.sessions.count("b") == 1
    late = Summary("b, both", 2)
    assert not await world.sessions.save_summary(ME, session.session_id, late, revision=0), (
        "one that was being written"
    )


@stored
async def test_what_is_still_shown_is_still_said(world: World) -> None:
    """A version that is begun, or has failed, does not take the place of the one before."""
    session = await two_turns(world)
    await save(world, document("a", 1), document("c", 1, DocumentState.DELETED))
    await save(world, document("a", 2, DocumentState.INDEXING))
    await save(world, document("a", 2, DocumentState.FAILED))
    assert await world.answers(session) == ["from b", "from both"]
    assert (await world.read(session)).summary.turn_count == 2


@stored
async def test_a_summary_of_earlier_turns_stays(world: World) -> None:
    await save(world, document("a", 1), document("b", 1))
    session = await world.begin()
    await world.tell(session, "first", "from b", cite("b"))
    assert await world.sessions.save_summary(ME, session.session_id, Summary("b", 1), revision=0)
    await world.tell(session, "second", "from a", cite("a"))
    await save(world, document("a", 1, DocumentState.DELETED))
    assert (await world.read(session)).summary == Summary("b", 1)


@stored
async def test_an_answer_that_comes_late_is_not_kept(world: World) -> None:
    await save(world, document("a", 2), document("gone", 1, DocumentState.DELETED))
    session = await world.begin()
    for cited in (cite("a", 1), cite("gone"), cite("unknown")):
        await world.tell(session, "question", "words of a document", cited)
    for turn in await world.sessions.turns(ME, session.session_id):
        assert (turn.answer, turn.removed, turn.citations) == ("", True, ())


@stored
async def test_an_erased_person_is_in_no_text(world: World) -> None:
    assert world.catalog is not None
    keeper, session = world.catalog.sessions, await world.begin()
    for number in range(2):
        await world.tell(session, f"Who is {TOKEN}?", f"{TOKEN.lower()} signed. OTHER_{number}")
    await world.sessions.add_fact(ME, session.session_id, Fact(new_id(), f"I am {TOKEN}", world.clock.now()))
    await world.sessions.save_summary(ME, session.session_id, Summary(f"Asked about {TOKEN}", 1), revision=0)
    abroad = await world.begin(ABROAD)
    await world.tell(abroad, TOKEN)
    assert await keeper.naming_count("acme", [TOKEN, "PERSON_ffffffffffff"]) == 7
    assert await keeper.erase("acme", [TOKEN]) == 7
    assert await keeper.naming_count("acme", [TOKEN]) == 0
    assert (await world.answers(session))[1] == "<ERASED> signed. OTHER_1"
    found = await world.read(session)
    assert (found.title, found.summary, found.revision) == ("Who is <ERASED>?", Summary(), 1)
    assert found.facts[0].text == "I am <ERASED>"
    assert await keeper.naming_count("other", [TOKEN]) == 2, "of another tenant: another person"


@stored
async def test_compaction_removes_what_is_over(world: World) -> None:
    assert world.catalog is not None
    session = await two_turns(world)
    world.clock.advance(DAY.total_seconds() / 2)
    stays = await world.begin()

    async def removed(now: datetime) -> int:
        assert world.catalog is not None
        return await world.catalog.generations.remove_expired_sessions(now=now)

    assert await removed(world.clock.now()) == 0
    world.clock.advance(DAY.total_seconds() / 2)
    assert await removed(world.clock.now()) == 1
    assert await world.catalog.sessions.count("b") == 0
    assert await world.sessions.get(ME, stays.session_id) is not None
    assert await world.sessions.get(ME, session.session_id) is None


@stored
async def test_no_answer_outlives_its_version_however_they_meet(world: World) -> None:
    """Turns come while documents change: whichever transaction is first, nothing of an old version stays."""
    sessions = [await world.begin() for _ in range(3)]
    for version in range(1, 4):
        telling = [
            world.tell(one, "q", f"version {version - 1}", cite("b", version - 1), cite("a", version - 1, 2))
            for one in sessions
        ]
        await asyncio.gather(
            telling[0], save(world, document("a", version), document("b", version)), *telling[1:]
        )
    for session in sessions:
        turns = await world.sessions.turns(ME, session.session_id)
        assert [(turn.ordinal, turn.answer, turn.removed) for turn in turns] == [
            (1, "", True), (2, "", True), (3, "", True)
        ]  # fmt: skip


@everywhere
async def test_what_turns_cite_is_told_to_the_owner_alone(world: World) -> None:
    if world.catalog:
        await world.catalog.save([document("a", 1), document("b", 1)])
    session = await world.begin()
    for doc_id in ("a", "b"):
        await world.tell(session, "q", "a", TurnCitation(1, doc_id, 1, 0, 5))
    assert await world.sessions.cited(ME, session.session_id, up_to=1) == {"a"}
    assert await world.sessions.cited(ME, session.session_id, up_to=2) == {"a", "b"}
    assert await world.sessions.cited(OTHER, session.session_id, up_to=2) == set()


@stored
async def test_who_may_read_what_is_cited(world: World) -> None:
    assert world.catalog
    board = AccessLabel("acme", Tier.RESTRICTED, frozenset({"board"}))
    await world.catalog.save([document("a", 1), replace(document("b", 1), access=board)])
    ann = Principal("acme", "ann", Tier.RESTRICTED)
    wanted = ("a", "b", "unknown")
    assert await world.catalog.readable(ann, wanted) == {"a"}
    assert await world.catalog.readable(replace(ann, groups=frozenset({"board"})), wanted) == {"a", "b"}
    assert await world.catalog.readable(replace(ann, tenant="other"), wanted) == set()


@stored
async def test_a_question_with_a_character_that_no_database_keeps_is_a_turn_all_the_same(world: World):
    session = await world.begin()
    await world.tell(session, "how much\x00 leave", "30\x00 days")
    (turn,) = await world.sessions.turns(session.owner, session.session_id)
    assert (turn.question, turn.answer) == ("how much leave", "30 days")

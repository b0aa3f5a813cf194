"""FakeSessions: conversations in memory, and what a desk over them is made of."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from core.answer_settings import SessionSettings
from core.errors import InvalidInputError
from core.language_model_ports import LanguageModel
from core.ports import Clock
from core.prompts import Prompts
from core.sessions import MAX_FACTS, Fact, NewTurn, Owner, Session, Summary, Turn
from folio.sessions import SessionParts
from generation.conversation.condensing import Condenser
from generation.conversation.summaries import Summariser


class FakeSessions:
    """Implements SessionStore and SessionShelf. Every document that is cited stands, unless its id is in `gone`.

    Those in `unreadable` may not be read by whoever has a desk of `session_parts`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.gone: set[str] = set()
        self.unreadable: set[str] = set()
        self.kept: dict[str, Session] = {}
        self.told: dict[str, list[Turn]] = {}

    async def create(self, session: Session) -> None:
        self.kept[session.session_id] = session
        self.told[session.session_id] = []

    async def get(self, owner: Owner, session_id: str) -> Session | None:
        found = self.kept.get(session_id)
        return found if found and found.owner == owner and found.expires_at > self._clock.now() else None

    async def turns(self, owner: Owner, session_id: str, *, after: int = 0, limit: int = 1000) -> list[Turn]:
        there = await self.get(owner, session_id)
        return [turn for turn in self.told[session_id] if turn.ordinal > after][:limit] if there else []

    async def append(
        self, owner: Owner, session_id: str, turn: NewTurn, *, expires_at: datetime
    ) -> Turn | None:
        found = await self.get(owner, session_id)
        if found is None:
            return None
        now, ordinal = self._clock.now(), found.turn_count + 1
        kept = Turn(ordinal, now, turn.question, turn.answer, turn.status, turn.citations)
        if any(one.doc_id in self.gone for one in turn.citations):
            kept = replace(kept, answer="", citations=(), removed=True)
        self.told[session_id].append(kept)
        self.kept[session_id] = replace(
            found,
            turn_count=ordinal,
            title=found.title or turn.question[:80],
            updated_at=now,
            expires_at=expires_at,
        )
        return kept

    async def save_summary(self, owner: Owner, session_id: str, summary: Summary, *, revision: int) -> bool:
        found = await self.get(owner, session_id)
        fits = (
            found
            and found.revision == revision
            and found.summary.turn_count < summary.turn_count <= found.turn_count
        )
        if found and fits:
            self.kept[session_id] = replace(found, summary=summary)
        return bool(fits)

    async def delete(self, owner: Owner, session_id: str) -> bool:
        if await self.get(owner, session_id) is None:
            return False
        del self.kept[session_id], self.told[session_id]
        return True

    async def page(self, owner: Owner, *, limit: int, before: str | None = None) -> list[Session]:
        own = [one for key in self.kept if (one := await self.get(owner, key))]
        own.sort(key=lambda one: (one.created_at, one.session_id), reverse=True)
        if before is not None:
            ids = [one.session_id for one in own]
            own = own[ids.index(before) + 1 :] if before in ids else []
        return [replace(one, facts=()) for one in own[:limit]]

    async def cited(self, owner: Owner, session_id: str, *, up_to: int) -> set[str]:
        turns = await self.turns(owner, session_id)
        return {one.doc_id for turn in turns if turn.ordinal <= up_to for one in turn.citations}

    async def add_fact(self, owner: Owner, session_id: str, fact: Fact) -> bool:
        found = await self.get(owner, session_id)
        if found is None:
            return False
        if len(found.facts) >= MAX_FACTS:
            raise InvalidInputError(f"a session has at most {MAX_FACTS} facts: delete one first")
        self.kept[session_id] = replace(found, facts=(*found.facts, fact))
        return True

    async def remove_fact(self, owner: Owner, session_id: str, fact_id: str) -> bool:
        found = await self.get(owner, session_id)
        if found is None or fact_id not in {fact.fact_id for fact in found.facts}:
            return False
        left = tuple(fact for fact in found.facts if fact.fact_id != fact_id)
        self.kept[session_id] = replace(found, facts=left)
        return True


def session_parts(
    sessions: FakeSessions,
    clock: Clock,
    settings: SessionSettings | None = None,
    model: LanguageModel | None = None,
    prompts: Prompts | None = None,
) -> SessionParts:
    """A desk's parts. A token is a word; `Smith` is personal data, and is veiled as `smith`."""

    async def redact(text: str) -> str:
        return text.replace("Smith", "PERSON_0123456789ab")

    async def veil(question: str) -> str:
        return question.replace("Smith", "smith")

    async def readable(doc_ids: Collection[str]) -> Collection[str]:
        return set(doc_ids) - sessions.unreadable

    def count(text: str) -> int:
        return len(text.split())

    return SessionParts(
        store=sessions,
        shelf=sessions,
        settings=settings or SessionSettings(),
        clock=clock,
        redact=redact,
        veil=veil,
        readable=readable,
        count=count,
        condenser=Condenser(model, prompts),
        summariser=Summariser(100, count, model, prompts),
    )

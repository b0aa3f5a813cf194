"""Conversations on behalf of one principal: for Python, the command line and the API. Nobody else's exist for it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from core.access import Principal
from core.answer_settings import SessionSettings
from core.answers import Answer
from core.errors import InvalidInputError, NotFoundError
from core.ports import Clock
from core.session_ports import SessionShelf, SessionStore
from core.sessions import (
    MAX_FACT_CHARS,
    MAX_QUESTION_CHARS,
    Fact,
    NewTurn,
    Owner,
    Session,
    Summary,
    Turn,
    TurnCitation,
    is_id,
    new_id,
)
from generation.conversation.condensing import Condensed, Condenser
from generation.conversation.summaries import Summariser
from generation.sessions import context_for

MAX_PAGE = 500
_ROLL_COUNT = 20
"""Most turns that are taken into a summary at once."""

Rewrite = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class SessionParts:
    """What the desk works with.

    `redact` takes personal data out of what is going to be stored. `veil` puts the pseudonyms of the index into a question before
    a language model sees it. `readable` says which documents the principal may read now. `count` counts tokens.
    """

    store: SessionStore
    shelf: SessionShelf
    settings: SessionSettings
    clock: Clock
    redact: Rewrite
    veil: Rewrite
    readable: Callable[[Collection[str]], Awaitable[Collection[str]]]
    count: Callable[[str], int]
    condenser: Condenser
    summariser: Summariser


class SessionDesk:
    """Opens sessions, completes questions with them, and keeps what was answered."""

    def __init__(self, parts: SessionParts, principal: Principal) -> None:
        self._parts = parts
        self._owner = Owner.of(principal)

    async def open(self, session_id: str | None = None) -> Session:
        """The session with this id, or a new one.

        Raises:
            NotFoundError: There is none, it is over, or it is somebody else's.
        """
        if session_id is not None:
            return await self._session(session_id)
        now = self._parts.clock.now()
        made = Session(new_id(), self._owner, created_at=now, updated_at=now, expires_at=self._end(now))
        await self._parts.store.create(made)
        return made

    async def asked(self, session: Session, question: str) -> Condensed:
        """The question as it stands for itself, and what is known from before.

        Raises:
            InvalidInputError: The session is full.
        """
        parts = self._parts
        if session.turn_count >= parts.settings.turn_count:
            raise InvalidInputError(
                f"a session has at most {parts.settings.turn_count} turns: start a new one, or raise sessions.turn_count"
            )
        return await self._completed(session, await self._last(session), question)

    async def told(self, question: str, history: Sequence[NewTurn]) -> Condensed:
        """The question as it stands for itself after turns that the asker tells: these are not kept anywhere.

        They are read as turns of a session are: without the personal data in them, the last ones only.
        """
        parts, now = self._parts, self._parts.clock.now()
        turns = [
            Turn(
                ordinal,
                now,
                await parts.redact(_cut(one.question)),
                await parts.redact(one.answer),
                one.status,
            )
            for ordinal, one in enumerate(history[-parts.settings.window_count :], start=1)
        ]
        told = Session(new_id(), self._owner, now, now, now, turn_count=len(turns))
        return await self._completed(told, turns, question)

    async def _completed(self, session: Session, turns: Sequence[Turn], question: str) -> Condensed:
        parts = self._parts
        own = await parts.veil(question) if turns and parts.condenser.asks else question
        found = await parts.condenser.condense(own, session, turns)
        untold = [turn for turn in turns if turn.ordinal > session.summary.turn_count]
        budget = parts.settings.context_tokens
        background = context_for(session, untold, budget_tokens=budget, count=parts.count)
        return replace(found, background=background)

    async def answered(self, session: Session, question: str, answer: Answer) -> Turn | None:
        """Keep a turn: question and answer as the index has them. None if the session has ended meanwhile.

        What a guardrail has blocked is not kept either: it must not come back as what is known from before.
        """
        parts, now = self._parts, self._parts.clock.now()
        if answer.appeal_id is not None:
            return None
        turn = NewTurn(
            _cut(await parts.redact(question)),
            await parts.redact(answer.text) if answer.text else "",
            answer.status,
            _places(answer),
        )
        return await parts.store.append(self._owner, session.session_id, turn, expires_at=self._end(now))

    async def summarised(self, session_id: str) -> bool:
        """Take turns that have left the window into the summary; whether there were any. May take as long as a model does."""
        parts = self._parts
        session = await parts.store.get(self._owner, session_id)
        # What this principal does not see it cannot carry on.
        if session is None or await self._hides_summary(session):
            return False
        covered, window = session.summary.turn_count, parts.settings.window_count
        due = session.turn_count - window - covered
        # A model is asked once for some turns; until then they are told as they are.
        if due < (max(1, window // 2) if parts.summariser.asks else 1):
            return False
        limit = min(due, _ROLL_COUNT)
        turns = await self.turns(session_id, after=covered, limit=limit)
        summary = await parts.summariser.rolled(session, turns)
        return await parts.store.save_summary(self._owner, session_id, summary, revision=session.revision)

    async def page(self, *, limit: int = 50, before: str | None = None) -> list[Session]:
        """Sessions without their facts and summaries, the newest first, from before the one with the id `before`.

        Raises:
            InvalidInputError: The limit is out of range.
        """
        if not 1 <= limit <= MAX_PAGE + 1:
            raise InvalidInputError(f"a limit is 1 to {MAX_PAGE}")
        found = await self._parts.shelf.page(self._owner, limit=limit, before=before)
        return [replace(one, summary=Summary()) for one in found]

    async def turns(self, session_id: str, *, after: int = 0, limit: int = MAX_PAGE) -> list[Turn]:
        """Turns by ordinal, from after the ordinal `after`.

        An answer from a document that the principal may not read (any more) looks as if it had gone with its document.
        """
        found = await self._parts.store.turns(self._owner, session_id, after=after, limit=limit)
        hidden = await self._hidden({one.doc_id for turn in found for one in turn.citations})
        return [_without_answer(turn) if _cites(turn, hidden) else turn for turn in found]

    async def export(self, session_id: str) -> dict[str, object]:
        """All that is kept of a session, as JSON can hold it: pseudonyms are not turned back.

        Raises:
            NotFoundError: There is no such session, or not for this principal.
        """
        session, turns = await self._session(session_id), list[Turn]()
        while page := await self.turns(session_id, after=turns[-1].ordinal if turns else 0):
            turns += page
        return {
            "session_id": session.session_id,
            "created_at": _time(session.created_at),
            "updated_at": _time(session.updated_at),
            "expires_at": _time(session.expires_at),
            "title": session.title,
            "summary": asdict(session.summary),
            "facts": [asdict(fact) | {"created_at": _time(fact.created_at)} for fact in session.facts],
            "turns": [asdict(turn) | {"at": _time(turn.at), "status": turn.status.value} for turn in turns],
        }

    async def delete(self, session_id: str) -> None:
        """Remove a session and all that belongs to it.

        Raises:
            NotFoundError: There is no such session, or not for this principal.
        """
        if not is_id(session_id) or not await self._parts.store.delete(self._owner, session_id):
            raise _unknown()

    async def tell(self, session_id: str, text: str) -> Fact:
        """Keep a fact that the user has told; without the personal data in it.

        Raises:
            NotFoundError: There is no such session, or not for this principal.
            InvalidInputError: The text is empty or too long, or the session has too many facts.
        """
        session = await self._session(session_id)
        plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        if not 1 <= len(plain) <= MAX_FACT_CHARS:
            raise InvalidInputError(f"a fact has 1 to {MAX_FACT_CHARS} characters, this one {len(plain)}")
        fact = Fact(new_id(), await self._parts.redact(plain), self._parts.clock.now())
        if not await self._parts.shelf.add_fact(self._owner, session.session_id, fact):
            raise _unknown()
        return fact

    async def take_back(self, session_id: str, fact_id: str) -> None:
        """Remove a fact.

        Raises:
            NotFoundError: There is no such session or fact, or not for this principal.
        """
        await self._session(session_id)
        if not await self._parts.shelf.remove_fact(self._owner, session_id, fact_id):
            raise NotFoundError("the session has no fact with this id")

    async def _session(self, session_id: str) -> Session:
        found = await self._parts.store.get(self._owner, session_id) if is_id(session_id) else None
        if found is None:
            raise _unknown()
        return replace(found, summary=Summary()) if await self._hides_summary(found) else found

    async def _hides_summary(self, session: Session) -> bool:
        covered = session.summary.turn_count
        if not covered:
            return False
        return bool(
            await self._hidden(await self._parts.shelf.cited(self._owner, session.session_id, up_to=covered))
        )

    async def _hidden(self, doc_ids: Collection[str]) -> set[str]:
        return set(doc_ids) - set(await self._parts.readable(doc_ids)) if doc_ids else set()

    async def _last(self, session: Session) -> list[Turn]:
        """The window, and the turns before it that no summary covers yet; not more than two windows."""
        window = self._parts.settings.window_count
        covered = min(session.summary.turn_count, session.turn_count - window)
        after = max(covered, session.turn_count - 2 * window, 0)
        return await self.turns(session.session_id, after=after)

    def _end(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._parts.settings.ttl_s)


def _places(answer: Answer) -> tuple[TurnCitation, ...]:
    return tuple(
        TurnCitation(number, one.doc_id, one.version, one.start, one.end)
        for number, one in enumerate(answer.citations, 1)
    )


def _cites(turn: Turn, doc_ids: Collection[str]) -> bool:
    return any(one.doc_id in doc_ids for one in turn.citations)


def _without_answer(turn: Turn) -> Turn:
    return replace(turn, answer="", citations=(), removed=True)


def _cut(text: str) -> str:
    # Between words: half a pseudonym would not be found when somebody is to be erased.
    return text if len(text) <= MAX_QUESTION_CHARS else text[:MAX_QUESTION_CHARS].rpartition(" ")[0]


def _unknown() -> NotFoundError:
    return NotFoundError(
        "there is no session with this id, or not for you: sessions end some time after their last turn"
    )


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")

"""Conversations in the catalog's database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from textwrap import shorten
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.answers import AnswerStatus
from core.errors import InvalidInputError
from core.ports import Clock
from core.sessions import MAX_FACTS, Fact, NewTurn, Owner, Session, Summary, Turn, TurnCitation
from store.catalog.engine import Database
from store.catalog.session_keeping import SqlSessionKeeper, all_stand, remove_sessions
from store.catalog.session_tables import session_citations as citations
from store.catalog.session_tables import session_facts as facts
from store.catalog.session_tables import session_turns as turns
from store.catalog.session_tables import sessions

_TITLE_CHARS = 80


class SqlSessions(SqlSessionKeeper):
    """Implements SessionStore, SessionShelf, SessionKeeper and KeptWords over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Use a database that has been migrated."""
        super().__init__(database)
        self._clock = clock

    async def create(self, session: Session) -> None:
        """Keep a new session, which has no turns yet."""
        async with self._database.writing() as connection:
            await connection.execute(sa.insert(sessions), _to_row(session))

    async def get(self, owner: Owner, session_id: str) -> Session | None:
        """A session with its facts, or None."""
        async with self._database.reading() as connection:
            query = sa.select(sessions).where(*self._own(owner, session_id))
            row = (await connection.execute(query)).mappings().first()
            return _from_row(row, await _facts(connection, session_id)) if row else None

    async def turns(self, owner: Owner, session_id: str, *, after: int = 0, limit: int = 1000) -> list[Turn]:
        """Turns by ordinal, from after the ordinal `after`."""
        there = sa.exists().where(*self._own(owner, session_id))
        wanted = sa.select(turns).where(turns.c.session_id == session_id, turns.c.ordinal > after, there)
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted.order_by(turns.c.ordinal).limit(limit))).mappings().all()
            if not rows:
                return []
            cited = await _citations(connection, session_id, rows[0]["ordinal"], rows[-1]["ordinal"])
        return [_turn(row, cited.get(row["ordinal"], ())) for row in rows]

    async def append(
        self, owner: Owner, session_id: str, turn: NewTurn, *, expires_at: datetime
    ) -> Turn | None:
        """Add a turn, and keep the session until then; None if there is no such session."""
        now, turn = self._clock.now(), _storable(turn)
        async with self._database.writing() as connection:
            # Before the session: whoever saves documents takes them first too.
            stands = await all_stand(connection, turn.citations)
            ordinal = await self._counted(connection, owner, session_id, turn, now=now, expires_at=expires_at)
            if ordinal is None:
                return None
            kept = Turn(
                ordinal,
                now,
                turn.question,
                turn.answer if stands else "",
                turn.status,
                turn.citations if stands else (),
                removed=not stands,
            )
            await connection.execute(sa.insert(turns), _turn_row(owner, session_id, kept))
            rows = [_citation_row(session_id, ordinal, one) for one in kept.citations]
            if rows:
                await connection.execute(sa.insert(citations), rows)
        return kept

    async def save_summary(self, owner: Owner, session_id: str, summary: Summary, *, revision: int) -> bool:
        """Keep a summary made at a revision of the session; False, and nothing done, if that is over or it covers fewer turns."""
        current = (
            sessions.c.revision == revision,
            sessions.c.summary_count < summary.turn_count,
            sessions.c.turn_count >= summary.turn_count,
        )
        changed = sa.update(sessions).where(*self._own(owner, session_id), *current)
        async with self._database.writing() as connection:
            values = {"summary": summary.text, "summary_count": summary.turn_count}
            return (await connection.execute(changed.values(values))).rowcount == 1

    async def delete(self, owner: Owner, session_id: str) -> bool:
        """Remove a session and all that belongs to it; whether there was one."""
        async with self._database.writing() as connection:
            gone = sa.delete(sessions).where(*self._own(owner, session_id))
            if not (await connection.execute(gone)).rowcount:
                return False
            await remove_sessions(connection, [session_id])
        return True

    async def page(self, owner: Owner, *, limit: int, before: str | None = None) -> list[Session]:
        """Sessions without their facts, the newest first, from before the one with the id `before`; none if that is gone."""
        place = (sessions.c.created_at, sessions.c.session_id)
        query = sa.select(sessions).where(*self._owned(owner))
        if before is not None:
            there = sa.select(*place).where(*self._own(owner, before)).subquery()
            query = query.join(there, sa.tuple_(*place) < sa.tuple_(*there.c))
        query = query.order_by(*(column.desc() for column in place)).limit(limit)
        async with self._database.reading() as connection:
            return [_from_row(row, ()) for row in (await connection.execute(query)).mappings()]

    async def cited(self, owner: Owner, session_id: str, *, up_to: int) -> set[str]:
        """The documents that the turns up to an ordinal cite."""
        there = sa.exists().where(*self._own(owner, session_id))
        wanted = sa.select(citations.c.doc_id).distinct()
        wanted = wanted.where(citations.c.session_id == session_id, citations.c.ordinal <= up_to, there)
        async with self._database.reading() as connection:
            return set((await connection.execute(wanted)).scalars())

    async def add_fact(self, owner: Owner, session_id: str, fact: Fact) -> bool:
        """Keep a fact; False if there is no such session.

        Raises:
            InvalidInputError: It has `MAX_FACTS` facts already.
        """
        async with self._database.writing() as connection:
            query = sa.select(sessions.c.session_id).where(*self._own(owner, session_id)).with_for_update()
            if not (await connection.execute(query)).first():
                return False
            if len(await _facts(connection, session_id)) >= MAX_FACTS:
                raise InvalidInputError(f"a session has at most {MAX_FACTS} facts: delete one first")
            row = {"fact_id": fact.fact_id, "text": fact.text, "created_at": fact.created_at}
            await connection.execute(
                sa.insert(facts), row | {"session_id": session_id, "tenant": owner.tenant}
            )
        return True

    async def remove_fact(self, owner: Owner, session_id: str, fact_id: str) -> bool:
        """Remove a fact; whether there was one."""
        there = sa.exists().where(*self._own(owner, session_id))
        one = (facts.c.session_id == session_id, facts.c.fact_id == fact_id, there)
        async with self._database.writing() as connection:
            return (await connection.execute(sa.delete(facts).where(*one))).rowcount == 1

    def _owned(self, owner: Owner) -> tuple[sa.ColumnElement[bool], ...]:
        mine = (sessions.c.tenant == owner.tenant, sessions.c.subject == owner.subject)
        return (*mine, sessions.c.expires_at > self._clock.now())

    def _own(self, owner: Owner, session_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return (sessions.c.session_id == session_id, *self._owned(owner))

    async def _counted(
        self,
        connection: AsyncConnection,
        owner: Owner,
        session_id: str,
        turn: NewTurn,
        *,
        now: datetime,
        expires_at: datetime,
    ) -> int | None:
        """The ordinal of one more turn. The row is this transaction's until it ends: the next one waits, and gets the next."""
        title = shorten(turn.question, _TITLE_CHARS, placeholder=" …")
        step = sa.update(sessions).where(*self._own(owner, session_id))
        step = step.values(
            turn_count=sessions.c.turn_count + 1,
            title=sa.case((sessions.c.turn_count == 0, title), else_=sessions.c.title),
            updated_at=now,
            expires_at=expires_at,
        )
        ordinal = (await connection.execute(step.returning(sessions.c.turn_count))).scalar()
        return None if ordinal is None else int(ordinal)


async def _facts(connection: AsyncConnection, session_id: str) -> tuple[Fact, ...]:
    query = sa.select(facts).where(facts.c.session_id == session_id)
    rows = await connection.execute(query.order_by(facts.c.created_at, facts.c.fact_id))
    return tuple(Fact(row.fact_id, row.text, row.created_at) for row in rows)


async def _citations(
    connection: AsyncConnection, session_id: str, first: int, last: int
) -> dict[int, tuple[TurnCitation, ...]]:
    of_turns = citations.c.ordinal.between(first, last)
    query = sa.select(citations).where(citations.c.session_id == session_id, of_turns)
    rows = (await connection.execute(query.order_by(citations.c.ordinal, citations.c.number))).all()
    return {
        ordinal: tuple(
            TurnCitation(row.number, row.doc_id, row.version, row.start_offset, row.end_offset) for row in own
        )
        for ordinal, own in groupby(rows, key=lambda row: int(row.ordinal))
    }


def _turn(row: sa.RowMapping, cited: Sequence[TurnCitation]) -> Turn:
    return Turn(
        row["ordinal"],
        row["at"],
        row["question"],
        row["answer"],
        AnswerStatus(row["status"]),
        tuple(cited),
        removed=row["removed"],
    )


def _storable(turn: NewTurn) -> NewTurn:
    """Without NUL characters: Postgres keeps none, and an answer that was made is not lost for one."""
    return replace(turn, question=turn.question.replace("\x00", ""), answer=turn.answer.replace("\x00", ""))


def _turn_row(owner: Owner, session_id: str, turn: Turn) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "ordinal": turn.ordinal,
        "tenant": owner.tenant,
        "question": turn.question,
        "answer": turn.answer,
        "status": turn.status.value,
        "removed": turn.removed,
        "at": turn.at,
    }


def _citation_row(session_id: str, ordinal: int, one: TurnCitation) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "ordinal": ordinal,
        "number": one.number,
        "doc_id": one.doc_id,
        "version": one.version,
        "start_offset": one.start,
        "end_offset": one.end,
    }


def _to_row(session: Session) -> dict[str, Any]:
    return {
        "session_id": session.session_id,
        "tenant": session.owner.tenant,
        "subject": session.owner.subject,
        "title": session.title,
        "summary": session.summary.text,
        "summary_count": session.summary.turn_count,
        "turn_count": session.turn_count,
        "revision": session.revision,
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "expires_at": session.expires_at,
    }


def _from_row(row: sa.RowMapping, own_facts: tuple[Fact, ...]) -> Session:
    return Session(
        session_id=row["session_id"],
        owner=Owner(row["tenant"], row["subject"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        expires_at=row["expires_at"],
        title=row["title"],
        turn_count=row["turn_count"],
        revision=row["revision"],
        summary=Summary(row["summary"], row["summary_count"]),
        facts=own_facts,
    )

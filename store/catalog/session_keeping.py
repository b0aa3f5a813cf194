"""What must not stay in conversations: words of documents that changed, erased pseudonyms, sessions whose time is over."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.documents import DocumentRecord, DocumentState
from core.sessions import TurnCitation
from core.subjects import ERASED
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.naming import rows_naming
from store.catalog.session_tables import session_citations as citations
from store.catalog.session_tables import session_facts as facts
from store.catalog.session_tables import session_turns as turns
from store.catalog.session_tables import sessions
from store.catalog.tables import documents

_GONE = {DocumentState.DELETING.value, DocumentState.DELETED.value}
# Whatever may hold words of a question or an answer.
_TEXTS = (
    (sessions, sessions.c.title),
    (sessions, sessions.c.summary),
    (turns, turns.c.question),
    (turns, turns.c.answer),
    (facts, facts.c.text),
)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What the catalog says of a document."""

    version: int
    state: str
    chunk_count: int

    def bears(self, version: int) -> bool:
        """Whether an answer from this version may be kept.

        Another version that is only begun says nothing: it may fail, and the one before is shown on.
        """
        if self.state in _GONE or not self.chunk_count:
            return False
        return self.state != DocumentState.INDEXED.value or self.version == version


class SqlSessionKeeper:
    """Implements SessionKeeper and KeptWords over SQLite or Postgres."""

    def __init__(self, database: Database) -> None:
        """Use a database that has been migrated."""
        self._database = database

    async def count(self, doc_id: str) -> int:
        """How many citations of a document the turns have."""
        counted = sa.select(sa.func.count()).select_from(citations).where(citations.c.doc_id == doc_id)
        async with self._database.reading() as connection:
            return int((await connection.execute(counted)).scalar_one())

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many texts of a tenant's sessions have one of these pseudonyms. Reads everything."""
        async with self._database.reading() as connection:
            found = [await rows_naming(connection, column, tenant, tokens) for _, column in _TEXTS]
        return sum(map(len, found))

    async def erase(self, tenant: str, tokens: Collection[str]) -> int:
        """Put `<ERASED>` in place of these pseudonyms, and drop summaries that have one; how many texts had."""
        count, touched = 0, set()
        async with self._database.writing() as connection:
            for table, column in _TEXTS:
                rows = await rows_naming(connection, column, tenant, tokens)
                for row in rows:
                    text = "" if column is sessions.c.summary else without_tokens(row[column.name], tokens)
                    await connection.execute(
                        sa.update(table).where(*_same(table, row)).values({column: text})
                    )
                count += len(rows)
                touched |= {row["session_id"] for row in rows}
            # A model may have put a name in other words.
            await _drop_summaries(connection, dict.fromkeys(touched, 0))
        return count


async def forget_turns(connection: AsyncConnection, records: Sequence[DocumentRecord]) -> None:
    """Blank the answers that cite a deleted document or another version of it than is shown now, and summaries of them.

    Part of the transaction that saves the records, after them: `append` reads them shared, so it comes before or sees the new ones.
    """
    known = {row.doc_id: _Standing(row.version, row.state.value, row.chunk_count) for row in records}
    stale: set[tuple[str, int]] = set()
    for batch in batches(known):
        rows = await connection.execute(sa.select(citations).where(citations.c.doc_id.in_(batch)))
        stale |= {(row.session_id, row.ordinal) for row in rows if not known[row.doc_id].bears(row.version)}
    if stale:
        await _blank(connection, sorted(stale))


async def all_stand(connection: AsyncConnection, cited: Sequence[TurnCitation]) -> bool:
    """Whether every cited version may be kept; who changes one of the documents waits for this transaction."""
    columns = (documents.c.doc_id, documents.c.version, documents.c.state, documents.c.chunk_count)
    known: dict[str, _Standing] = {}
    for batch in batches(sorted({one.doc_id for one in cited})):
        query = sa.select(*columns).where(documents.c.doc_id.in_(batch)).order_by(documents.c.doc_id)
        rows = await connection.execute(query.with_for_update(read=True))
        known |= {row.doc_id: _Standing(row.version, row.state, row.chunk_count) for row in rows}
    # One that nobody keeps a record of would never be forgotten.
    return all(one.doc_id in known and known[one.doc_id].bears(one.version) for one in cited)


async def remove_sessions(connection: AsyncConnection, session_ids: Iterable[str]) -> None:
    """Delete sessions and all that belongs to them."""
    for batch in batches(session_ids):
        for table in (sessions, citations, turns, facts):
            await connection.execute(sa.delete(table).where(table.c.session_id.in_(batch)))


async def remove_expired_sessions(database: Database, *, now: datetime) -> int:
    """Delete the sessions whose time is over; how many there were."""
    over = sa.select(sessions.c.session_id).where(sessions.c.expires_at <= now)
    async with database.reading() as connection:
        # A look first: a writer keeps SQLite's other writers waiting.
        if not (await connection.execute(over.limit(1))).first():
            return 0
    async with database.writing() as connection:
        locked = over.order_by(sessions.c.session_id).with_for_update()
        session_ids = list((await connection.execute(locked)).scalars())
        await remove_sessions(connection, session_ids)
    return len(session_ids)


async def _blank(connection: AsyncConnection, stale: Sequence[tuple[str, int]]) -> None:
    # The sessions first, and in order: two that forget at once would wait for each other.
    first: dict[str, int] = {}
    for session_id, ordinal in stale:
        first.setdefault(session_id, ordinal)
    await _drop_summaries(connection, first)
    for session_id, ordinal in stale:
        one = (turns.c.session_id == session_id, turns.c.ordinal == ordinal)
        await connection.execute(sa.update(turns).where(*one).values(answer="", removed=True))
        cited = (citations.c.session_id == session_id, citations.c.ordinal == ordinal)
        await connection.execute(sa.delete(citations).where(*cited))


async def _drop_summaries(connection: AsyncConnection, first: Mapping[str, int]) -> None:
    """Drop the summaries that cover a turn of these sessions, and tell those who are writing one."""
    for session_id, ordinal in sorted(first.items()):
        one = sessions.c.session_id == session_id
        counted = sa.update(sessions).where(one).values(revision=sessions.c.revision + 1)
        await connection.execute(counted)
        covering = sa.update(sessions).where(one, sessions.c.summary_count >= ordinal)
        await connection.execute(covering.values(summary="", summary_count=0))


def _same(table: sa.Table, row: sa.RowMapping) -> list[sa.ColumnElement[bool]]:
    return [key == row[key.name] for key in table.primary_key]


def without_tokens(text: str, tokens: Collection[str]) -> str:
    """The text with `<ERASED>` in place of pseudonyms, however they are written."""
    # The long ones first: a short token may be the beginning of one.
    wanted = "|".join(map(re.escape, sorted(tokens, key=len, reverse=True)))
    return re.sub(wanted, ERASED, text, flags=re.IGNORECASE)

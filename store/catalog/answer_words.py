"""Words of answers that are to be reviewed: sealed, for a short time, and only as long as what they cite is there."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.answer_records import Words
from core.documents import DocumentRecord, DocumentState
from core.errors import SettingsError, TamperedError
from core.ports import Clock
from core.privacy_ports import Sealed, Sealer
from store.catalog.answer_comments import comment_count
from store.catalog.answer_record_tables import answer_word_documents as cited_documents
from store.catalog.answer_record_tables import answer_words
from store.catalog.batches import batches
from store.catalog.engine import Database
from store.catalog.tables import documents

_GONE = (DocumentState.DELETING, DocumentState.DELETED)
# An answer from a version that is shown no more goes with it.
_CHANGED = (DocumentState.INDEXED, *_GONE)


class SqlAnswerWords:
    """Implements AnswerWords and KeptWords over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock, *, sealer: Sealer) -> None:
        """Use a database that has been migrated. The keys are looked for when something is sealed or opened."""
        self._database = database
        self._clock = clock
        self._sealer = sealer

    async def keep(self, words: Words, *, expires_at: datetime) -> bool:
        """Keep them; False, and nothing is kept, if a cited document is gone."""
        sealed = self._sealer.seal(_encoded(words), place=_place(words.tenant, words.answer_id))
        row = {
            "answer_id": words.answer_id,
            "tenant": words.tenant,
            "key_id": sealed.key_id,
            "nonce": sealed.nonce,
            "ciphertext": sealed.ciphertext,
            "expires_at": expires_at,
        }
        cited = [{"doc_id": one, "answer_id": words.answer_id} for one in sorted(set(words.doc_ids))]
        async with self._database.writing() as connection:
            if not await _all_there(connection, words.doc_ids):
                return False
            await connection.execute(sa.insert(answer_words), row)
            if cited:
                await connection.execute(sa.insert(cited_documents), cited)
        return True

    async def get(self, tenant: str, answer_id: str) -> Words | None:
        """Those of an answer, or None where none are kept or the key that opens them is not there."""
        row = answer_words.c
        query = sa.select(answer_words).where(row.tenant == tenant, row.answer_id == answer_id)
        async with self._database.reading() as connection:
            found = (
                (await connection.execute(query.where(row.expires_at > self._clock.now()))).mappings().first()
            )
        return self._opened(found) if found else None

    async def count(self, doc_id: str) -> int:
        """How many answers that cite a document are kept, or have words of people about them."""
        query = sa.select(sa.func.count()).select_from(cited_documents)
        async with self._database.reading() as connection:
            counted = query.where(cited_documents.c.doc_id == doc_id)
            kept_count = int((await connection.execute(counted)).scalar_one())
            return kept_count + await comment_count(connection, doc_id)

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many answers of a tenant have one of these pseudonyms. Opens everything."""
        async with self._database.reading() as connection:
            return len(await self._naming(connection, tenant, tokens))

    async def erase(self, tenant: str, tokens: Collection[str]) -> int:
        """Delete the words that have one of these pseudonyms; how many there were."""
        async with self._database.writing() as connection:
            found = await self._naming(connection, tenant, tokens)
            await _delete(connection, found)
        return len(found)

    async def _naming(self, connection: AsyncConnection, tenant: str, tokens: Collection[str]) -> list[str]:
        wanted = [token.lower() for token in tokens]
        if not wanted:
            return []
        rows = await connection.execute(sa.select(answer_words).where(answer_words.c.tenant == tenant))
        found = []
        for row in rows.mappings():
            words = self._opened(row)
            # What nobody can open may name anybody.
            text = f"{words.question}\n{words.answer}".lower() if words else None
            if text is None or any(token in text for token in wanted):
                found.append(row["answer_id"])
        return found

    def _opened(self, row: sa.RowMapping) -> Words | None:
        sealed = Sealed(row["key_id"], row["nonce"], row["ciphertext"])
        try:
            plain = self._sealer.open(sealed, place=_place(row["tenant"], row["answer_id"]))
        except (SettingsError, TamperedError):
            return None
        return _decoded(plain, row)


async def forget_words(connection: AsyncConnection, records: Sequence[DocumentRecord]) -> None:
    """Delete the words of answers that cite a document which is indexed anew or deleted.

    Part of the transaction that saves the records, after them: `keep` reads them shared, so it comes before or sees the new ones.
    """
    changed = [row.doc_id for row in records if row.state in _CHANGED]
    for batch in batches(changed):
        query = sa.select(cited_documents.c.answer_id).where(cited_documents.c.doc_id.in_(batch)).distinct()
        await _delete(connection, sorted((await connection.execute(query)).scalars()))


async def remove_expired_words(database: Database, *, now: datetime) -> int:
    """Delete the words whose time is over; how many answers there were."""
    over = sa.select(answer_words.c.answer_id).where(answer_words.c.expires_at <= now)
    async with database.reading() as connection:
        # A look first: a writer keeps SQLite's other writers waiting.
        if not (await connection.execute(over.limit(1))).first():
            return 0
    async with database.writing() as connection:
        answer_ids = sorted((await connection.execute(over)).scalars())
        await _delete(connection, answer_ids)
    return len(answer_ids)


async def _all_there(connection: AsyncConnection, doc_ids: Collection[str]) -> bool:
    found: set[str] = set()
    for batch in batches(sorted(set(doc_ids))):
        query = sa.select(documents.c.doc_id, documents.c.state).where(documents.c.doc_id.in_(batch))
        rows = await connection.execute(query.order_by(documents.c.doc_id).with_for_update(read=True))
        found |= {row.doc_id for row in rows if row.state not in {state.value for state in _GONE}}
    return found == set(doc_ids)


async def _delete(connection: AsyncConnection, answer_ids: Sequence[str]) -> None:
    for batch in batches(answer_ids):
        for table in (cited_documents, answer_words):
            await connection.execute(sa.delete(table).where(table.c.answer_id.in_(batch)))


def _place(tenant: str, answer_id: str) -> str:
    return f"answer words\0{tenant}\0{answer_id}"


def _encoded(words: Words) -> bytes:
    fields: dict[str, Any] = {
        "question": words.question,
        "answer": words.answer,
        "clearance": words.clearance,
        "groups": sorted(words.groups),
        "doc_ids": sorted(words.doc_ids),
    }
    return json.dumps(fields).encode()


def _decoded(plain: bytes, row: sa.RowMapping) -> Words:
    fields = json.loads(plain)
    return Words(
        row["answer_id"],
        row["tenant"],
        fields["question"],
        fields["answer"],
        fields["clearance"],
        tuple(fields["groups"]),
        tuple(fields["doc_ids"]),
    )

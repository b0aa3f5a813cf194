"""What people write about answers goes with the documents that these cite: a correction says again what stood there."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.documents import DocumentRecord, DocumentState
from core.reviews import ReviewKind
from store.catalog.answer_record_tables import answer_feedback, answer_records
from store.catalog.batches import batches
from store.catalog.review_tables import review_items

_GONE = (DocumentState.DELETING, DocumentState.DELETED)
_NOTHING_SAID = {"comment": "", "correction": ""}
_NOTHING_NOTED = {"note": "", "question": "", "correction": ""}


async def forget_comments(connection: AsyncConnection, records: Sequence[DocumentRecord]) -> None:
    """Empty what people have written about answers that cite a document which is deleted; ratings and decisions stay.

    Part of the transaction that saves the records.
    """
    gone = {row.doc_id for row in records if row.state in _GONE}
    if not gone:
        return
    for batch in batches(await _commented(connection, gone)):
        said, noted = answer_feedback.c.answer_id.in_(batch), review_items.c.object.in_(batch)
        await connection.execute(sa.update(answer_feedback).where(said).values(_NOTHING_SAID))
        about_answers = review_items.c.kind == ReviewKind.ANSWER.value
        await connection.execute(sa.update(review_items).where(noted, about_answers).values(_NOTHING_NOTED))


async def comment_count(connection: AsyncConnection, doc_id: str) -> int:
    """How many answers that cite a document have words of people."""
    return len(await _commented(connection, {doc_id}))


async def _commented(connection: AsyncConnection, doc_ids: Collection[str]) -> list[str]:
    """The answers that cite one of the documents, and about which somebody has written something."""
    said, noted = answer_feedback.c, review_items.c
    written = sa.union(
        sa.select(said.answer_id).where(sa.or_(*(said[name] != "" for name in _NOTHING_SAID))),
        sa.select(noted.object).where(
            noted.kind == ReviewKind.ANSWER.value, sa.or_(*(noted[name] != "" for name in _NOTHING_NOTED))
        ),
    ).subquery()
    row = answer_records.c
    # Far fewer answers have words of people than there are records: these are looked through, not searched.
    query = sa.select(row.answer_id, row.citations).join(written, written.c.answer_id == row.answer_id)
    rows = (await connection.execute(query)).all()
    return sorted(one.answer_id for one in rows if not _cited(one.citations).isdisjoint(doc_ids))


def _cited(citations: Sequence[Sequence[object]]) -> set[str]:
    return {str(doc_id) for _, doc_id, *_ in citations}

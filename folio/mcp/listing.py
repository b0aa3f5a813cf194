"""A page of the documents that a principal may read."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.access import Principal
from core.documents import DocumentRecord, DocumentState
from core.errors import InvalidInputError
from core.listing import DocumentQuery, ListingPlace

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

_CURSOR = re.compile("[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Records, and where the next page begins; None on the last."""

    records: tuple[DocumentRecord, ...]
    next_cursor: str | None


async def readable_page(
    knowledge_base: "KnowledgeBase", who: Principal, *, limit: int, cursor: str | None
) -> RecordPage:
    """The next `limit` indexed documents that `who` may read, by ascending id.

    Raises:
        InvalidInputError: The cursor is none of ours.
    """
    if cursor is not None and not _CURSOR.fullmatch(cursor):
        raise InvalidInputError("the cursor is not one that a page gave: begin again without it")
    after = None if cursor is None else ListingPlace(cursor, cursor)
    query = DocumentQuery(limit + 1, after=after, states=(DocumentState.INDEXED,))
    found = await (await knowledge_base.listing()).listed(who, query)
    page = found[:limit]
    return RecordPage(tuple(page), page[-1].doc_id if len(found) > limit else None)

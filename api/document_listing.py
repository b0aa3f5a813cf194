"""What a request for a listing of documents asks for."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query

from api.paging import CursorParam, decoded, encoded
from api.schemas.instants import Instant
from core.documents import DocumentRecord, DocumentState
from core.listing import DocumentOrder, DocumentQuery, place_of

MAX_PAGE = 500
_SORT = r"^-?(id|updated_at|path|title|size_bytes)$"


_Ids = Annotated[
    tuple[Annotated[str, Query(pattern=r"^[0-9a-f]{1,64}$")], ...],
    Query(max_length=100, description="only of these sources; repeat for several"),
]
_Types = Annotated[
    tuple[Annotated[str, Query(min_length=1, max_length=200)], ...],
    Query(max_length=100, description="for example `application/pdf`; repeat for several"),
]


@dataclass(frozen=True, slots=True)
class DocumentsAsked:
    """A page of a listing, as the request asks for it."""

    limit: int
    sort: str
    cursor: str | None
    conditions: DocumentQuery

    @property
    def order(self) -> DocumentOrder:
        """What is sorted by."""
        return DocumentOrder(self.sort.removeprefix("-"))

    def query(self, *, more: int) -> DocumentQuery:
        """The query, for `more` documents than the page has.

        Raises:
            InvalidInputError: The cursor is none, or one of another sort.
        """
        asked, order = self.conditions, self.order
        return DocumentQuery(
            limit=self.limit + more,
            order=order,
            descending=self.sort.startswith("-"),
            after=decoded(self.cursor, sort=self.sort, order=order) if self.cursor is not None else None,
            states=asked.states,
            source_ids=asked.source_ids,
            mime_types=asked.mime_types,
            path_prefix=asked.path_prefix,
            words=asked.words,
            updated_after=asked.updated_after,
            updated_before=asked.updated_before,
        )

    def cursor_behind(self, record: DocumentRecord) -> str:
        """The cursor of the page that follows the document."""
        return encoded(place_of(record, self.order), sort=self.sort)


def documents_asked(  # noqa: PLR0913, PLR0917 - each is a parameter of the request
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: CursorParam = None,
    sort: Annotated[
        str,
        Query(
            pattern=_SORT,
            description="`id`, `updated_at`, `path`, `title` or `size_bytes`; with `-` in front descending",
        ),
    ] = "id",
    state: Annotated[tuple[DocumentState, ...], Query(description="repeat for several; none: all")] = (),
    source_id: _Ids = (),
    mime_type: _Types = (),
    path: Annotated[str, Query(max_length=1000, description="what the path begins with; case matters")] = "",
    q: Annotated[str, Query(max_length=200, description="words in the title or the path")] = "",
    updated_after: Annotated[Instant | None, Query(description="at or after")] = None,
    updated_before: Annotated[Instant | None, Query(description="before")] = None,
) -> DocumentsAsked:
    """What the request asks for; see `DocumentQuery`."""
    conditions = DocumentQuery(
        limit=limit,
        states=state,
        source_ids=source_id,
        mime_types=mime_type,
        path_prefix=_stored(path),
        words=_stored(q),
        updated_after=updated_after,
        updated_before=updated_before,
    )
    return DocumentsAsked(limit, sort, cursor, conditions)


def _stored(text: str) -> str:
    # Databases refuse NUL; the catalog keeps U+FFFD in its place.
    return text.replace("\0", "\ufffd")

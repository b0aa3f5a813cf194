"""Cursors: where a listing goes on. Opaque to callers, and read as what anybody may have written."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import InvalidInputError
from core.listing import DocumentOrder, ListingPlace

_MAX_CHARS = 8192
_Row = TypeVar("_Row")

CursorParam = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_-]+$",
        max_length=_MAX_CHARS,
        description="`next_cursor` of the page before, asked for with the same sort",
    ),
]


class _Cursor(BaseModel):
    """A place in a listing of documents, with the order that it is a place of."""

    model_config = ConfigDict(extra="forbid", strict=True)

    s: str
    v: str | int
    d: str


def encoded(place: ListingPlace, *, sort: str) -> str:
    """The cursor of a place in a listing with this sort."""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value
    text = _Cursor(s=sort, v=value, d=place.doc_id).model_dump_json()
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor: str, *, sort: str, order: DocumentOrder) -> ListingPlace:
    """The place of a cursor.

    Raises:
        InvalidInputError: It is no cursor, or one of a listing with another sort.
    """
    try:
        found = _Cursor.model_validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if found.s == sort:
            return ListingPlace(_value(found.v, order), found.d)
    except (ValidationError, binascii.Error, ValueError, OverflowError):
        pass
    raise InvalidInputError(
        "`cursor` is not the `next_cursor` of a page with this `sort`: leave it out for the first page"
    ) from None


def _value(value: str | int, order: DocumentOrder) -> str | int | datetime:
    """The value, if it is of the order's kind: a ValueError otherwise."""
    if isinstance(value, int) is not (order is DocumentOrder.SIZE) or abs(_size(value)) > 2**62:
        raise ValueError
    if order is not DocumentOrder.UPDATED_AT:
        return value
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is None:
        raise ValueError
    return at


def _size(value: str | int) -> int:
    return value if isinstance(value, int) else 0


def cut(
    rows: Sequence[_Row], keys: Sequence[str], *, limit: int, after: str | None
) -> tuple[list[_Row], str | None]:
    """A page of a short list that is all there, and the key that the next page comes after; None on the last.

    Raises:
        InvalidInputError: No row has the key `after`: it was removed, or never was.
    """
    if after is not None and after not in keys:
        raise InvalidInputError(
            "`cursor` is not the `next_cursor` of a page, or its row is gone: leave it out for the first page"
        )
    start = keys.index(after) + 1 if after is not None else 0
    page = list(rows[start : start + limit])
    return page, keys[start + limit - 1] if len(rows) > start + limit else None

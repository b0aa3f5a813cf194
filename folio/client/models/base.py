"""What all answers of the service have in common."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Item = TypeVar("Item")


class Record(BaseModel):
    """Base: frozen; what this version does not know is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Tagged(Record):
    """Something that can be changed: `etag` is `if_match` of a call that is to change only this state of it."""

    etag: str | None = None


class Page(Record, Generic[Item]):
    """One page of a list. `next_cursor` is `cursor` of the next call; None on the last page."""

    data: tuple[Item, ...]
    next_cursor: str | int | None = None
    has_more: bool = False

"""Conversations."""

from datetime import datetime

from folio.client.models.base import Record


class Fact(Record):
    """Something that was told. Personal data in it is pseudonyms."""

    id: str
    text: str
    created_at: datetime


class Session(Record):
    """A conversation."""

    id: str
    title: str
    turn_count: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class TurnCitation(Record):
    """Where an answer has its words from."""

    number: int
    doc_id: str
    version: int
    start: int
    end: int


class Turn(Record):
    """A question and its answer, as the index has them."""

    ordinal: int
    at: datetime
    question: str
    answer: str
    status: str
    citations: tuple[TurnCitation, ...]
    note: str


class SessionDetail(Session):
    """A conversation with a page of its turns, oldest first."""

    facts: tuple[Fact, ...]
    summary: str
    data: tuple[Turn, ...]
    next_cursor: int | None
    has_more: bool

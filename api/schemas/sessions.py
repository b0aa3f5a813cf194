"""Conversations over HTTP."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.search import SOMETHING
from core.answers import AnswerStatus
from core.sessions import MAX_FACT_CHARS, REMOVED, Fact, Session, Turn, TurnCitation


class FactRequest(BaseModel):
    """Something that is to be remembered."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=MAX_FACT_CHARS, pattern=SOMETHING)]


class FactBody(BaseModel):
    """Something that the user has told. Personal data in it is pseudonyms."""

    id: str
    text: str
    created_at: datetime

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """The wire form of a fact."""
        return cls(id=fact.fact_id, text=fact.text, created_at=fact.created_at)


class SessionBody(BaseModel):
    """A conversation."""

    id: str
    title: str = Field(description="the beginning of the first question")
    turn_count: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime = Field(description="when it is forgotten, unless something is asked before")

    @classmethod
    def of(cls, session: Session) -> Self:
        """The wire form of a session."""
        return cls(
            id=session.session_id,
            title=session.title,
            turn_count=session.turn_count,
            created_at=session.created_at,
            updated_at=session.updated_at,
            expires_at=session.expires_at,
        )


class SessionPage(BaseModel):
    """One page of conversations, newest first."""

    data: list[SessionBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool


class TurnCitationBody(BaseModel):
    """Where an answer has its words from. The quote is read from the document."""

    number: int
    doc_id: str
    version: int
    start: int
    end: int

    @classmethod
    def of(cls, one: TurnCitation) -> Self:
        """The wire form of a place."""
        return cls(number=one.number, doc_id=one.doc_id, version=one.version, start=one.start, end=one.end)


class TurnBody(BaseModel):
    """A question and its answer, as the index has them."""

    ordinal: int
    at: datetime
    question: str
    answer: str
    status: AnswerStatus
    citations: list[TurnCitationBody]
    note: str = Field(description="why there is no answer any more; empty otherwise")

    @classmethod
    def of(cls, turn: Turn) -> Self:
        """The wire form of a turn."""
        return cls(
            ordinal=turn.ordinal,
            at=turn.at,
            question=turn.question,
            answer=turn.answer,
            status=turn.status,
            citations=[TurnCitationBody.of(one) for one in turn.citations],
            note=REMOVED if turn.removed else "",
        )


class SessionDetail(SessionBody):
    """A conversation with a page of its turns, oldest first."""

    facts: list[FactBody]
    summary: str = Field(description="what the turns before the last ones were about")
    data: list[TurnBody]
    next_cursor: int | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool

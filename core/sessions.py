"""Conversations as data: turns, a rolling summary of the older ones, and what the user has said of themselves. Pure.

Everything in here is as the index has it: personal data is pseudonyms. Texts are left out of every `repr`.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from core.access import Principal
from core.answers import AnswerStatus

MAX_FACTS = 50
MAX_FACT_CHARS = 300
MAX_QUESTION_CHARS = 8_000
"""Of a question in a turn: what is longer is cut."""

REMOVED = "answer removed with its document"
"""What is said of a turn whose answer was made of a document that was deleted or changed."""

_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a session is. Nobody else sees, lists, exports or deletes it."""

    tenant: str
    subject: str

    @classmethod
    def of(cls, principal: Principal) -> "Owner":
        """The principal as an owner."""
        return cls(principal.tenant, principal.subject)


@dataclass(frozen=True, slots=True)
class TurnCitation:
    """Where an answer has its words from: a number of its text, and a place in a version of a document. Not the quote."""

    number: int
    doc_id: str
    version: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A question, and the answer that was given."""

    question: str = field(repr=False)
    answer: str = field(repr=False)
    status: AnswerStatus
    citations: tuple[TurnCitation, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn as it is kept. `ordinal` counts from 1.

    `removed`: the answer had words of a document that was deleted or changed since. The answer and its citations are gone then.
    """

    ordinal: int
    at: datetime
    question: str = field(repr=False)
    answer: str = field(repr=False)
    status: AnswerStatus
    citations: tuple[TurnCitation, ...] = ()
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the user has told in so many words. It helps to understand questions, and is never a source."""

    fact_id: str
    text: str = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """What the first `turn_count` turns were about; nothing where that is 0."""

    text: str = field(default="", repr=False)
    turn_count: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation without its turns.

    `title` is the beginning of the first question. `revision` counts how often something was taken out of it: what was made of
    its turns before may hold what is gone.
    """

    session_id: str
    owner: Owner
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    title: str = field(default="", repr=False)
    turn_count: int = 0
    revision: int = 0
    summary: Summary = Summary()
    facts: tuple[Fact, ...] = ()


def new_id() -> str:
    """The id of a session or fact: 122 random bits, in 32 hex digits."""
    return uuid4().hex


def is_id(text: str) -> bool:
    """Whether a text may be an id."""
    return _ID.fullmatch(text) is not None

"""Answers over HTTP."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.search import QueryText, RestoredValue
from core.answers import Answer, AnswerStatus


class AnswerRequest(BaseModel):
    """What to answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: QueryText
    restore: bool = Field(
        False,
        description="turn pseudonyms back: with the scope `pii:read` only, and recorded in the audit log",
    )


class AnswerCitation(BaseModel):
    """A verbatim quote: the text of that document and version from character `start` to `end`.

    With `restore` it has values where that has pseudonyms; the offsets stay those of the stored text.
    """

    model_config = ConfigDict(from_attributes=True)

    doc_id: str
    external_id: str | None
    document: str
    path: str
    version: int
    page: int | None
    heading: str
    quote: str
    start: int
    end: int
    restored: list[RestoredValue] = Field([], description="with `restore`: the values in `quote`")


class AnswerResponse(BaseModel):
    """The answer. `[1]` in the text is the first citation. A refusal is not an error: it has a reason instead."""

    answer: str
    status: AnswerStatus
    reason: str | None = Field(description="why nothing is answered; null where something is")
    citations: list[AnswerCitation]
    took_ms: float

    @classmethod
    def of(cls, answer: Answer, *, took_ms: float) -> Self:
        """The response for an answer."""
        return cls(
            answer=answer.text,
            status=answer.status,
            reason=answer.reason,
            citations=[AnswerCitation.model_validate(citation) for citation in answer.citations],
            took_ms=took_ms,
        )

"""The review queue over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.answers import AnswerRecordBody, FeedbackBody
from core.reviews import ReviewItem, ReviewKind, ReviewReason, ReviewState
from folio.feedback import SeenRecord
from folio.reviewing import MAX_CORRECTION_CHARS, MAX_NOTE_CHARS, MAX_QUESTION_CHARS, ReviewView, Verdict


class ReviewBody(BaseModel):
    """An item of the queue."""

    item_id: str
    kind: ReviewKind
    object: str = Field(description="the id of the answer or the document")
    reasons: list[ReviewReason]
    state: ReviewState
    assignee: str = Field(description="who looks at it; empty: nobody")
    created_at: datetime
    updated_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    question: str = Field(description="what was to be answered, as a reviewer has written or confirmed it")
    correction: str

    @classmethod
    def of(cls, item: ReviewItem) -> Self:
        """The wire form."""
        return cls.model_validate(asdict(item))


class ReviewedDocument(BaseModel):
    """A document in quarantine, as it is now."""

    doc_id: str
    source_id: str
    path: str
    state: str
    reason: str | None = Field(description="why it is not indexed")


class ReviewDetail(ReviewBody):
    """An item with what a reviewer may see of it. Words only where the settings have them kept, and for a short time."""

    record: AnswerRecordBody | None = None
    feedback: FeedbackBody | None = None
    question_text: str | None = Field(
        None, description="the question, without personal data, where it is kept"
    )
    answer_text: str | None = Field(None, description="the answer, without personal data, where it is kept")
    document: ReviewedDocument | None = None
    job_id: str | None = Field(
        None, description="of a document that was approved just now: the job that tries it again"
    )

    @classmethod
    def of_view(cls, view: ReviewView) -> Self:
        """The wire form."""
        names = ("doc_id", "source_id", "path", "state", "reason")
        found = view.document
        document = {name: getattr(found, name) for name in names} if found else None
        record = AnswerRecordBody.of(SeenRecord(view.record, view.restored)) if view.record else None
        return cls(
            **asdict(view.item),
            record=record,
            feedback=FeedbackBody.of(view.feedback) if view.feedback else None,
            question_text=view.words.question if view.words else None,
            answer_text=view.words.answer if view.words else None,
            document=ReviewedDocument.model_validate(document) if document else None,
            job_id=view.job_id or None,
        )


class ReviewPage(BaseModel):
    """Items that the caller may see, the newest first. A page may be short, and there be more."""

    data: list[ReviewBody]
    next_cursor: str | None
    has_more: bool


class ReviewDecision(BaseModel):
    """What becomes of an item. Personal data is taken out of what is written."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "state": "corrected",
                    "question": "How much may a hotel in Oslo cost?",
                    "correction": "200 EUR a night.",
                }
            ]
        },
    )

    state: Literal["approved", "corrected", "rejected"] = Field(
        description="`approved`: the answer is right, or the document is to be tried again; `corrected`: of answers only"
    )
    note: Annotated[str, Field(max_length=MAX_NOTE_CHARS)] = ""
    question: Annotated[
        str, Field(max_length=MAX_QUESTION_CHARS, description="makes the decision a case for evaluations")
    ] = ""
    correction: Annotated[
        str, Field(max_length=MAX_CORRECTION_CHARS, description="with `corrected`: what is right")
    ] = ""

    def verdict(self) -> Verdict:
        """The same for the desk."""
        return Verdict(ReviewState(self.state), self.note, self.question, self.correction)


class ClaimRequest(BaseModel):
    """Whether one looks at an item, or gives it back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: bool = Field(False, strict=True, description="give it back, whoever has it")


class EvalCaseBody(BaseModel):
    """A case for evaluations."""

    case_id: str
    origin: str = Field(description="`correction` or `approval`")
    question: str
    expected: str = Field(description="the answer that is right; empty where it was approved and not kept")
    doc_ids: list[str] = Field(description="relevant documents")
    wrong_doc_ids: list[str] = Field(description="documents that were cited and are not relevant")


class EvalCases(BaseModel):
    """Cases from decisions and corrections; one a question."""

    data: list[EvalCaseBody]

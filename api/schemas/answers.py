"""Records of answers and feedback, over HTTP."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.numbers import WHOLE
from core.answer_records import Feedback
from core.guardrails import Action, Point
from folio.feedback import (
    MAX_COMMENT_CHARS,
    MAX_CORRECTION_CHARS,
    MAX_RATING,
    MIN_RATING,
    FeedbackReason,
    Opinion,
    SeenRecord,
)

_MAX_CITATIONS = 100


class CitedVersion(BaseModel):
    """A document that the answer cites; `number` is the citation's in the answer, from 1."""

    number: int
    doc_id: str
    version: int


class GuardrailDecision(BaseModel):
    """A rule of the guardrails that applied: to the `input`, the `passages` or the `output`."""

    point: Point
    rule: str
    action: Action = Field(description="what followed; `shadow`: it was only noted")


class AnswerRecordBody(BaseModel):
    """How an answer was made, without a word of it or of the question."""

    answer_id: str
    at: datetime
    subject: str = Field(description="who asked")
    credential: str = Field(description="what the asker was known by; empty where that is not known")
    channel: str = Field(description="the way the question came, as `api`, `openai`, `mcp`, `cli`, `python`")
    question_hash: str = Field(
        description="HMAC-SHA256 with a key of this deployment; empty where a run was taken up again"
    )
    answer_hash: str = Field(description="HMAC-SHA256 with a key of this deployment")
    status: str
    reason_code: str = Field(description="why nothing, or not everything, was answered; empty where all was")
    mode: str
    model: str = Field(description="the language model that wrote; empty in the documents' own words")
    prompt_version: str
    confidence: float | None
    removed_count: int
    contradiction_count: int
    cached: str
    appeal_id: str = Field(description="names the block by a guardrail; empty where there was none")
    disclosure: str = Field(description="version of the text that told the asker about the machine")
    took_ms: float
    token_count: int = Field(description="what gathering the evidence has taken of a language model")
    decisions: list[GuardrailDecision]
    call_count: int = Field(description="calls of language models for the answer, checks included")
    input_count: int = Field(description="tokens that these calls have read, as the providers counted them")
    output_count: int = Field(description="tokens that they have written")
    cost: float | None = Field(
        description="of these calls, in the currency of the settings; null where a model has no known price"
    )
    restored: bool = Field(description="whether pseudonyms in the answer were turned back for somebody")
    citations: list[CitedVersion]

    @classmethod
    def of(cls, seen: SeenRecord) -> Self:
        """The wire form."""
        return cls.model_validate(asdict(seen.record) | {"restored": seen.restored})


class FeedbackRequest(BaseModel):
    """What the asker thinks of an answer. Personal data is taken out of what is written."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "rating": "down",
                    "reasons": ["outdated"],
                    "wrong_citations": [1],
                    "correction": "A hotel in Oslo may cost 200 EUR a night.",
                }
            ]
        },
    )

    rating: Literal["up", "down"] | Annotated[int, Field(ge=MIN_RATING, le=MAX_RATING), WHOLE] = Field(
        description="1 (bad) to 5 (good); `down` is 1 and `up` is 5"
    )
    reasons: Annotated[list[FeedbackReason], Field(max_length=len(FeedbackReason))] = []
    wrong_citations: Annotated[
        list[Annotated[int, Field(ge=1, le=10_000), WHOLE]],
        Field(max_length=_MAX_CITATIONS, description="numbers of the answer's citations"),
    ] = []
    comment: Annotated[str, Field(max_length=MAX_COMMENT_CHARS)] = ""
    correction: Annotated[
        str, Field(max_length=MAX_CORRECTION_CHARS, description="what is right instead")
    ] = ""

    def opinion(self) -> Opinion:
        """The same for the desk."""
        named = {"up": MAX_RATING, "down": MIN_RATING}
        rating = named[self.rating] if isinstance(self.rating, str) else self.rating
        return Opinion(
            rating, tuple(self.reasons), tuple(self.wrong_citations), self.comment, self.correction
        )


class FeedbackBody(BaseModel):
    """Feedback as it is kept: without personal data."""

    answer_id: str
    rating: int = Field(description="1 (bad) to 5 (good)")
    reasons: list[str]
    wrong_citations: list[int]
    comment: str
    correction: str
    created_at: datetime | None
    updated_at: datetime | None

    @classmethod
    def of(cls, feedback: Feedback) -> Self:
        """The wire form."""
        return cls.model_validate(asdict(feedback))

"""Answers over HTTP."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.schemas.filters import FilterTree
from api.schemas.search import QueryText, RestoredValue
from core.answers import Answer, AnswerMode, AnswerStatus, CacheHit
from core.filters import Condition
from retrieval.user_filters import parse_filter

# Not as a schema for each place, which many generators of clients do not know.
_TWO_NUMBERS = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
SessionId = Annotated[str, Field(pattern="^[0-9a-f]{32}$", description="see `/v1/sessions`")]


class AnswerRequest(BaseModel):
    """What to answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: QueryText
    restore: bool = Field(
        False,
        strict=True,
        description="turn pseudonyms back: with the scope `pii:read` only, and recorded in the audit log",
    )
    mode: AnswerMode | None = Field(
        None,
        description="how the answer is made; all but `extractive` need a language model. Default: `answers.mode`",
    )
    language: str = Field(
        "",
        pattern="^[a-z]{0,3}$",
        description="primary subtag of the question's language, as `en`; empty: unknown",
    )
    where: FilterTree = Field(
        None, description="a filter that every passage meets: the tree that `where` of `/v1/search` takes"
    )
    stream: bool = Field(
        False,
        strict=True,
        description="send the answer as it is written, as server-sent events; so does `Accept: text/event-stream`. "
        "Not together with `restore`",
    )
    session_id: SessionId | None = Field(
        None,
        description="the conversation that the question belongs to: it is understood by what was said before",
    )

    def narrowed(self) -> Condition | None:
        """`where` as a condition.

        Raises:
            InvalidInputError: A field, type or value of the tree cannot be.
        """
        return None if self.where is None else parse_filter(self.where)


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


class CitedSentence(BaseModel):
    """A sentence of the answer, and the numbers of the citations that bear it: 1 is the first of `citations`."""

    model_config = ConfigDict(from_attributes=True)

    text: str
    citations: list[int]


class ContradictionFound(BaseModel):
    """Two citations that say different things of the same; `preferred` is that of the newer document, null if they are equally old."""

    model_config = ConfigDict(from_attributes=True)

    about: str
    citations: Annotated[tuple[int, int], WithJsonSchema(_TWO_NUMBERS)]
    preferred: int | None


class EvidenceRound(BaseModel):
    """A round of searching: how many passages it found, and how probable it is that they answer the question.

    What was searched for is not told: it is made of the question, and a question may name people.
    """

    model_config = ConfigDict(from_attributes=True)

    hit_count: int
    probability: float
    took_ms: float
    token_count: int
    note: str


class AnswerResponse(BaseModel):
    """The answer. `[1]` in the text is the first citation. A refusal is not an error: it has a reason instead."""

    answer: str
    status: AnswerStatus
    reason: str | None = Field(description="why nothing, or not everything, is answered; null where all is")
    citations: list[AnswerCitation]
    sentences: list[CitedSentence]
    mode: AnswerMode
    confidence: float | None = Field(
        description="calibrated probability that the passages answer the question; null where it was not estimated"
    )
    contradictions: list[ContradictionFound]
    model: str = Field(description="the language model that wrote; empty in the documents' own words")
    prompt_version: str
    removed_count: int = Field(
        description="sentences that were written and taken out: the sources do not say so"
    )
    cached: CacheHit = Field(description="empty, or how an earlier answer was found: `exact`, `semantic`")
    rounds: list[EvidenceRound]
    notes: list[str]
    appeal_id: str | None = Field(description="names a refusal by a guardrail: see `/v1/appeals/{appeal_id}`")
    answer_id: str = Field(
        "", description="names the record of the answer: see `/v1/answers/{answer_id}`; empty: none is kept"
    )
    disclosure: str = Field("", description="for the reader: that a machine has made the answer")
    session_id: str | None = None
    took_ms: float

    @classmethod
    def of(cls, answer: Answer, *, took_ms: float, session_id: str | None = None) -> Self:
        """The response for an answer."""
        plain = {name: getattr(answer, name) for name in _PLAIN_FIELDS}
        return cls(
            answer=answer.text,
            citations=[AnswerCitation.model_validate(one) for one in answer.citations],
            sentences=[CitedSentence.model_validate(one) for one in answer.sentences],
            contradictions=[ContradictionFound.model_validate(one) for one in answer.contradictions],
            rounds=[EvidenceRound.model_validate(one) for one in answer.rounds],
            notes=list(answer.notes),
            session_id=session_id,
            took_ms=took_ms,
            **plain,
        )


_PLAIN_FIELDS = (
    "status", "reason", "mode", "confidence", "model", "prompt_version", "removed_count", "cached", "appeal_id",
    "answer_id", "disclosure",
)  # fmt: skip

"""Answers, and what is kept of them."""

from datetime import datetime

from folio.client.models.base import Record
from folio.client.models.search import RestoredValue


class Citation(Record):
    """A verbatim quote: the stored text of that document and version from character `start` to `end`."""

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
    restored: tuple[RestoredValue, ...] = ()


class Sentence(Record):
    """A sentence of an answer, and the numbers of the citations that bear it: 1 is the first."""

    text: str
    citations: tuple[int, ...]


class Contradiction(Record):
    """Two citations that say different things of the same."""

    about: str
    citations: tuple[int, int]
    preferred: int | None


class EvidenceRound(Record):
    """A round of searching for evidence."""

    hit_count: int
    probability: float
    took_ms: float
    token_count: int
    note: str


class Answer(Record):
    """An answer: `[1]` in the text is the first citation. `status`: grounded, partial or refused, and then `reason` says why."""

    answer: str
    status: str
    reason: str | None
    citations: tuple[Citation, ...]
    sentences: tuple[Sentence, ...]
    mode: str
    confidence: float | None
    contradictions: tuple[Contradiction, ...]
    model: str
    prompt_version: str
    removed_count: int
    cached: str
    rounds: tuple[EvidenceRound, ...]
    notes: tuple[str, ...]
    appeal_id: str | None
    answer_id: str = ""
    disclosure: str = ""
    session_id: str | None = None
    took_ms: float

    @property
    def is_refused(self) -> bool:
        """Whether nothing is said."""
        return self.status == "refused"


class CitedVersion(Record):
    """A document that an answer cites."""

    number: int
    doc_id: str
    version: int


class GuardrailDecision(Record):
    """A rule of the guardrails that applied on the way to an answer."""

    point: str
    rule: str
    action: str


class AnswerRecord(Record):
    """How an answer was made, without a word of it or of the question."""

    answer_id: str
    at: datetime
    subject: str
    credential: str
    channel: str
    question_hash: str
    answer_hash: str
    status: str
    reason_code: str
    mode: str
    model: str
    prompt_version: str
    confidence: float | None
    removed_count: int
    contradiction_count: int
    cached: str
    appeal_id: str
    disclosure: str
    took_ms: float
    token_count: int
    decisions: tuple[GuardrailDecision, ...] = ()
    call_count: int = 0
    input_count: int = 0
    output_count: int = 0
    cost: float | None = None
    restored: bool
    citations: tuple[CitedVersion, ...]


class Feedback(Record):
    """What an asker thinks of an answer: 1 (bad) to 5 (good)."""

    answer_id: str
    rating: int
    reasons: tuple[str, ...]
    wrong_citations: tuple[int, ...]
    comment: str
    correction: str
    created_at: datetime | None
    updated_at: datetime | None

"""What people look after: the review queue and the audit log."""

from datetime import datetime

from folio.client.models.answers import AnswerRecord, Feedback
from folio.client.models.base import Record


class Review(Record):
    """An item of the review queue: an answer or a document."""

    item_id: str
    kind: str
    object: str
    reasons: tuple[str, ...]
    state: str
    assignee: str
    created_at: datetime
    updated_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    question: str
    correction: str


class ReviewedDocument(Record):
    """A document in quarantine, as it is now."""

    doc_id: str
    source_id: str
    path: str
    state: str
    reason: str | None


class ReviewDetail(Review):
    """An item with what a reviewer may see of it."""

    record: AnswerRecord | None = None
    feedback: Feedback | None = None
    question_text: str | None = None
    answer_text: str | None = None
    document: ReviewedDocument | None = None
    job_id: str | None = None


class EvalCase(Record):
    """A case for evaluations, from what reviewers decided."""

    case_id: str
    origin: str
    question: str
    expected: str
    doc_ids: tuple[str, ...]
    wrong_doc_ids: tuple[str, ...]


class EvalCases(Record):
    """Cases for evaluations, one a question."""

    data: tuple[EvalCase, ...]


class AuditEntry(Record):
    """One link of the audit log's chain."""

    sequence: int
    at: datetime
    tenant: str
    subject: str
    action: str
    object: str
    detail: str
    previous_hash: str
    hash: str


class AuditVerdict(Record):
    """Whether the audit log is whole."""

    whole: bool
    problem: str | None
    entry_count: int
    record_count: int
    head: str
    start: str

"""What a human is to look at: answers of which the service is not sure, and documents in quarantine. Ports included."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.answer_records import AnswerRecord, Feedback
from core.record_settings import ReviewSettings


class ReviewKind(StrEnum):
    """What an item is about."""

    ANSWER = "answer"
    DOCUMENT = "document"


class ReviewState(StrEnum):
    """What became of an item. `CORRECTED`: an answer was wrong, and somebody has said what is right."""

    OPEN = "open"
    APPROVED = "approved"
    CORRECTED = "corrected"
    REJECTED = "rejected"


class ReviewReason(StrEnum):
    """Why an item is in the queue."""

    LOW_CONFIDENCE = "low_confidence"
    PARTIAL = "partial"
    CONTRADICTION = "contradiction"
    REMOVED_SENTENCES = "removed_sentences"
    GUARDRAIL = "guardrail"
    FEEDBACK = "feedback"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One thing to look at. `object` is the id of the answer or the document, `item_id` the first letter of the kind and that id.

    `content_hash` is of the document's bytes when it was put into quarantine. `question` and `correction` are what whoever decided
    has written: what was to be answered, and how.
    """

    item_id: str
    tenant: str
    kind: ReviewKind
    object: str
    reasons: tuple[ReviewReason, ...]
    created_at: datetime
    updated_at: datetime
    state: ReviewState = ReviewState.OPEN
    content_hash: str = ""
    assignee: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = field(default="", repr=False)
    question: str = field(default="", repr=False)
    correction: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an item, and who says so. The texts are without personal data."""

    state: ReviewState
    subject: str
    note: str = field(default="", repr=False)
    question: str = field(default="", repr=False)
    correction: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue ended: the newest items come first."""

    created_at: datetime
    item_id: str


class Reviews(Protocol):
    """Keeps the queue of a tenant."""

    async def add(self, items: Sequence[ReviewItem], *, max_open: int) -> int:
        """Put items into the queue, or add their reasons to those that are there and open them again; how many are new.

        Of new ones no more than leave `max_open` of the tenant open.
        """

    async def get(self, tenant: str, item_id: str) -> ReviewItem | None:
        """One of a tenant, or None."""

    async def page(
        self,
        tenant: str,
        *,
        limit: int,
        after: Place | None = None,
        states: Sequence[ReviewState] = (),
        kinds: Sequence[ReviewKind] = (),
    ) -> list[ReviewItem]:
        """Items in these states and of these kinds (none: all), the newest first, from after a place."""

    async def cited(self, tenant: str, answer_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The documents that answers cite, of those answers of the tenant that have a record."""

    async def claim(self, tenant: str, item_id: str, *, subject: str) -> bool:
        """Say who looks at an open item; False if somebody else does, or it is not open. An empty subject gives it back."""

    async def decide(self, tenant: str, item_id: str, decision: Decision) -> bool:
        """Decide an item, in place of an earlier decision; False if there is none."""


def item_id_of(kind: ReviewKind, thing: str) -> str:
    """The id of the item about an answer or a document: one each."""
    return f"{kind.value[0]}{thing}"


def reasons_to_review(record: AnswerRecord, rules: ReviewSettings) -> tuple[ReviewReason, ...]:
    """Why a human is to look at an answer; empty if nobody need. Pure.

    A refusal because nothing was found is none of them: there is nothing to look at.
    """
    refused = record.status == "refused"
    sure = record.confidence is None or record.confidence >= rules.confidence_below
    checks = (
        (ReviewReason.LOW_CONFIDENCE, not refused and not sure),
        (ReviewReason.PARTIAL, rules.partial and record.status == "partial"),
        (ReviewReason.CONTRADICTION, rules.contradictions and record.contradiction_count > 0),
        (ReviewReason.REMOVED_SENTENCES, 0 < rules.removed_count <= record.removed_count),
        (ReviewReason.GUARDRAIL, rules.blocked and bool(record.appeal_id)),
    )
    return tuple(reason for reason, applies in checks if applies)


def is_bad(feedback: Feedback, rules: ReviewSettings) -> bool:
    """Whether what the asker thinks of an answer puts it into the queue. Pure."""
    return feedback.rating < rules.rating_below or bool(feedback.wrong_citations or feedback.correction)


def item_of(record: AnswerRecord, reasons: Sequence[ReviewReason], *, at: datetime) -> ReviewItem:
    """The item about an answer. Pure."""
    kind = ReviewKind.ANSWER
    name = item_id_of(kind, record.answer_id)
    return ReviewItem(name, record.tenant, kind, record.answer_id, tuple(reasons), at, at)

"""Records of answers as one principal sees them, and what it thinks of its own answers."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from core.access import Principal
from core.answer_records import AnswerRecord, AnswerRecords, Feedback, may_see
from core.audit import AuditEvent
from core.errors import InvalidInputError, NotFoundError
from core.ports import Clock
from core.record_settings import ReviewSettings
from core.reviews import ReviewReason, Reviews, is_bad, item_of
from core.scopes import Scope
from folio.kept_words import Rewrite
from folio.plain_words import bounded, plain

GIVEN = "answer.feedback"
"""Action in the audit log: the object is the answer's id, the detail the rating."""

MAX_COMMENT_CHARS = 2000
MAX_CORRECTION_CHARS = 4000
MIN_RATING, MAX_RATING = 1, 5
_NO_ANSWER = "there is no record of an answer with this id, or not for you: records are kept for a time only"

Append = Callable[[Sequence[AuditEvent]], Awaitable[None]]


class FeedbackReason(StrEnum):
    """Why an answer is good or bad, from a list: it can be counted."""

    HELPFUL = "helpful"
    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    OUTDATED = "outdated"
    WRONG_SOURCE = "wrong_source"
    NOT_FOUND = "not_found"
    UNSAFE = "unsafe"
    UNCLEAR = "unclear"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the asker says of an answer. `rating` is 1 (bad) to 5 (good); `wrong_citations` are numbers of the answer's citations."""

    rating: int
    reasons: tuple[FeedbackReason, ...] = ()
    wrong_citations: tuple[int, ...] = ()
    comment: str = field(default="", repr=False)
    correction: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SeenRecord:
    """A record, and whether pseudonyms in the answer were turned back for somebody."""

    record: AnswerRecord
    restored: bool


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the desk works with.

    `flush` has records written that are not yet, `redact` takes personal data out of words, `readable` gives those of some
    documents that a principal may read.
    """

    records: AnswerRecords
    reviews: Reviews
    append: Append
    flush: Callable[[], Awaitable[None]]
    redact: Rewrite
    rules: ReviewSettings
    clock: Clock
    readable: Callable[[Principal, Collection[str]], Awaitable[set[str]]]


class AnswerDesk:
    """On behalf of a principal. A record of somebody else does not exist for it, without the scope `audit` or `review`.

    With `review` alone it sees what the review queue would show it: answers of which it may read every cited document.
    """

    def __init__(self, parts: DeskParts, *, principal: Principal) -> None:
        self._parts = parts
        self._principal = principal

    async def record(self, answer_id: str) -> SeenRecord:
        """The record of an answer.

        Raises:
            NotFoundError: There is none, or not for this principal.
        """
        found = await self._seen(answer_id, is_for_audit=True)
        restored = await self._parts.records.was_restored(self._principal.tenant, answer_id)
        return SeenRecord(found, restored)

    async def feedback(self, answer_id: str) -> Feedback:
        """What the asker has said.

        Raises:
            NotFoundError: Nothing, or there is no such answer for this principal.
        """
        await self._seen(answer_id)
        found = await self._parts.records.feedback(self._principal.tenant, answer_id)
        if found is None:
            raise NotFoundError("there is no feedback about this answer")
        return found

    async def give(self, answer_id: str, opinion: Opinion) -> Feedback:
        """Say what one thinks of an answer to one's own question, in place of what one has said before.

        Raises:
            NotFoundError: There is no such answer of this principal.
            InvalidInputError: The rating or a citation is none, or a text is too long.
        """
        record = await self._seen(answer_id, is_own=True)
        _check(opinion, record)
        parts, who = self._parts, self._principal
        feedback = Feedback(
            answer_id,
            who.tenant,
            who.subject,
            opinion.rating,
            tuple(dict.fromkeys(one.value for one in opinion.reasons)),
            tuple(sorted(set(opinion.wrong_citations))),
            await plain(opinion.comment, parts.redact),
            await plain(opinion.correction, parts.redact),
        )
        # First: nothing is kept without its entry.
        await parts.append([AuditEvent(who.tenant, who.subject, GIVEN, answer_id, str(opinion.rating))])
        kept = await parts.records.keep_feedback(feedback)
        if is_bad(kept, parts.rules):
            item = item_of(record, [ReviewReason.FEEDBACK], at=parts.clock.now())
            await parts.reviews.add([item], max_open=parts.rules.max_open)
        return kept

    async def _seen(
        self, answer_id: str, *, is_own: bool = False, is_for_audit: bool = False
    ) -> AnswerRecord:
        tenant, records = self._principal.tenant, self._parts.records
        found = await records.get(tenant, answer_id)
        if found is None:
            # The answer may have been given a moment ago.
            await self._parts.flush()
            found = await records.get(tenant, answer_id)
        others = (Scope.AUDIT,) if is_for_audit else ()
        if found is not None and may_see(self._principal, found, others=others):
            return found
        if found is None or is_own or not await self._may_review(found):
            raise NotFoundError(_NO_ANSWER)
        return found

    async def _may_review(self, record: AnswerRecord) -> bool:
        if not may_see(self._principal, record, others=(Scope.REVIEW,)):
            return False
        cited = {one.doc_id for one in record.citations}
        return cited <= await self._parts.readable(self._principal, cited)


def _check(opinion: Opinion, record: AnswerRecord) -> None:
    if not MIN_RATING <= opinion.rating <= MAX_RATING:
        raise InvalidInputError(f"a rating is {MIN_RATING} (bad) to {MAX_RATING} (good)")
    unknown = set(opinion.wrong_citations) - {one.number for one in record.citations}
    if unknown:
        raise InvalidInputError(
            f"the answer has {len(record.citations)} citations, numbered from 1: others cannot be wrong"
        )
    bounded(opinion.comment, name="comment", limit=MAX_COMMENT_CHARS)
    bounded(opinion.correction, name="correction", limit=MAX_CORRECTION_CHARS)

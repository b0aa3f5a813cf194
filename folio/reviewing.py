"""The review queue as one principal sees it: only items of which it may read every document that is concerned."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from core.access import Principal
from core.answer_records import AnswerRecord, AnswerRecords, AnswerWords, Feedback, Words
from core.audit import AuditEvent
from core.documents import DocumentRecord
from core.errors import ForbiddenError, InvalidInputError, NotFoundError, StoreBusyError
from core.eval_cases import EvalCase, case_id_of, each_once
from core.reviews import Decision, Place, ReviewItem, ReviewKind, Reviews, ReviewState
from core.scopes import Scope
from folio.feedback import Append
from folio.kept_words import Rewrite
from folio.plain_words import bounded, plain

CLAIMED = "review.claimed"
DECIDED = "review.decided"
"""Actions in the audit log: the object is the item's id, the detail the state."""

MAX_PAGE = 200
MAX_NOTE_CHARS = 2000
MAX_QUESTION_CHARS = 2000
MAX_CORRECTION_CHARS = 4000
DECISIONS = (ReviewState.APPROVED, ReviewState.CORRECTED, ReviewState.REJECTED)
_SCANNED = 2000
_NO_ITEM = "there is no item with this id in the review queue, or not for you"


Retry: TypeAlias = Callable[[DocumentRecord, Principal], Awaitable[str]]
"""Tries a document again on behalf of a reviewer: the id of the job that does it, empty where it is done."""


@dataclass(frozen=True, slots=True)
class ReviewParts:
    """What the desk works with.

    `readable` gives those of some documents that a principal may read, `document` one of them, `retry` indexes one anew, at
    once, or gives the id of the job that will; `append` writes to the audit log, `redact` takes personal data out of words.
    """

    reviews: Reviews
    records: AnswerRecords
    words: AnswerWords
    append: Append
    readable: Callable[[Principal, Collection[str]], Awaitable[set[str]]]
    document: Callable[[str], Awaitable[DocumentRecord | None]]
    retry: Retry
    redact: Rewrite


@dataclass(frozen=True, slots=True)
class ReviewView:
    """An item with what a reviewer may see of it. Of an answer: its record, feedback, and its words where they are kept.

    `job_id` is of the job that tries the document again, after it was approved just now.
    """

    item: ReviewItem
    record: AnswerRecord | None = None
    feedback: Feedback | None = None
    words: Words | None = None
    document: DocumentRecord | None = None
    restored: bool = False
    job_id: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says. `question` and `correction` are what was to be answered, and how."""

    state: ReviewState
    note: str = field(default="", repr=False)
    question: str = field(default="", repr=False)
    correction: str = field(default="", repr=False)


class ReviewDesk:
    """On behalf of a principal with the scope `review`."""

    def __init__(self, parts: ReviewParts, *, principal: Principal) -> None:
        """Ask for a desk with the scope only.

        Raises:
            ForbiddenError: The principal has not the scope.
        """
        if Scope.REVIEW not in principal.scopes:
            raise ForbiddenError(
                f"the review queue takes the scope '{Scope.REVIEW}', which this principal has not"
            )
        self._parts = parts
        self._principal = principal

    async def page(
        self,
        *,
        limit: int,
        after: Place | None = None,
        states: Sequence[ReviewState] = (),
        kinds: Sequence[ReviewKind] = (),
    ) -> tuple[list[ReviewItem], Place | None]:
        """Items, the newest first, and where the page ends; None where nothing follows.

        Raises:
            InvalidInputError: The limit is out of range.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidInputError(f"a page of the review queue has 1 to {MAX_PAGE} items")
        found: list[ReviewItem] = []
        place, scanned = after, 0
        while len(found) < limit:
            rows = await self._parts.reviews.page(
                self._principal.tenant, limit=MAX_PAGE, after=place, states=states, kinds=kinds
            )
            seen = await self._visible(rows)
            taken = seen[: limit - len(found)]
            found += taken
            if len(taken) < len(seen):
                return found, _place(found[-1])
            if len(rows) < MAX_PAGE:
                return found, None
            place, scanned = _place(rows[-1]), scanned + len(rows)
            if scanned >= _SCANNED:
                # A reviewer who may read little does not have all of it read for one page.
                break
        return found, place

    async def view(self, item_id: str) -> ReviewView:
        """An item with what belongs to it.

        Raises:
            NotFoundError: There is none, or not for this principal.
        """
        item, parts, tenant = await self._item(item_id), self._parts, self._principal.tenant
        if item.kind is ReviewKind.DOCUMENT:
            return ReviewView(item, document=await parts.document(item.object))
        words = await parts.words.get(tenant, item.object)
        return ReviewView(
            item,
            await parts.records.get(tenant, item.object),
            await parts.records.feedback(tenant, item.object),
            words if words is not None and words.readable_by(self._principal) else None,
            restored=await parts.records.was_restored(tenant, item.object),
        )

    async def claim(self, item_id: str, *, release: bool = False) -> ReviewItem:
        """Say that one looks at an item, so that nobody else does; or give it back, whoever had it.

        Raises:
            NotFoundError: There is no such item for this principal.
            StoreBusyError: Somebody else looks at it.
            InvalidInputError: It is decided already.
        """
        item = await self._item(item_id)
        if item.state is not ReviewState.OPEN:
            raise InvalidInputError("the item is decided: only open ones are claimed")
        subject = "" if release else self._principal.subject
        if not await self._parts.reviews.claim(self._principal.tenant, item_id, subject=subject):
            raise StoreBusyError("somebody else looks at this item: have it given back first")
        await self._note(CLAIMED, item_id, "released" if release else "claimed")
        return await self._item(item_id)

    async def decide(self, item_id: str, verdict: Verdict) -> ReviewView:
        """Decide an item, in place of an earlier decision. To approve a document in quarantine has it tried again.

        Raises:
            NotFoundError: There is no such item for this principal.
            InvalidInputError: The state is no decision, a text is too long, or a correction is missing or out of place.
        """
        item = await self._item(item_id)
        _check(verdict, item)
        parts, tenant, who = self._parts, self._principal.tenant, self._principal.subject
        question = verdict.question
        if verdict.state is ReviewState.CORRECTED and not question:
            words = (await self.view(item_id)).words
            question = words.question if words else ""
        decision = Decision(
            verdict.state,
            who,
            await plain(verdict.note, parts.redact),
            await plain(question, parts.redact),
            await plain(verdict.correction, parts.redact),
        )
        # First: no decision without its entry.
        await self._note(DECIDED, item_id, verdict.state.value)
        if not await parts.reviews.decide(tenant, item_id, decision):
            raise NotFoundError(_NO_ITEM)
        if item.kind is ReviewKind.DOCUMENT and verdict.state is ReviewState.APPROVED:
            return await self._retried(item)
        return await self.view(item_id)

    async def _retried(self, item: ReviewItem) -> ReviewView:
        record = await self._parts.document(item.object)
        job_id = await self._parts.retry(record, self._principal) if record is not None else ""
        return replace(await self.view(item.item_id), job_id=job_id)

    async def cases(self, *, states: Sequence[ReviewState] = ()) -> list[EvalCase]:
        """Cases for evaluations from what was decided, and from corrections by askers; one a question.

        Only those of which a question is known: one that a reviewer has written, or that was kept for review. `states` narrow it
        to items in these states.
        """
        return each_once([case async for case in self._cases(states)])

    async def _cases(self, states: Sequence[ReviewState]) -> AsyncIterator[EvalCase]:
        place: Place | None = None
        while True:
            items, place = await self.page(
                limit=MAX_PAGE, after=place, states=states, kinds=(ReviewKind.ANSWER,)
            )
            for item in items:
                if (case := _case(await self.view(item.item_id))) is not None:
                    yield case
            if place is None:
                return

    async def _item(self, item_id: str) -> ReviewItem:
        found = await self._parts.reviews.get(self._principal.tenant, item_id)
        if found is None or not await self._visible([found]):
            raise NotFoundError(_NO_ITEM)
        return found

    async def _visible(self, items: Sequence[ReviewItem]) -> list[ReviewItem]:
        """Those about documents that the principal may read. An answer without a record is shown to nobody."""
        answers = [item.object for item in items if item.kind is ReviewKind.ANSWER]
        cited = dict(await self._parts.reviews.cited(self._principal.tenant, answers))
        needed = {
            item.item_id: cited.get(item.object) if item.kind is ReviewKind.ANSWER else {item.object}
            for item in items
        }
        wanted = {doc_id for docs in needed.values() if docs for doc_id in docs}
        readable = await self._parts.readable(self._principal, wanted) if wanted else set()
        shown = []
        for item in items:
            docs = needed[item.item_id]
            if docs is not None and set(docs) <= readable:
                shown.append(item)
        return shown

    async def _note(self, action: str, item_id: str, detail: str) -> None:
        who = self._principal
        await self._parts.append([AuditEvent(who.tenant, who.subject, action, item_id, detail)])


def _place(item: ReviewItem) -> Place:
    return Place(item.created_at, item.item_id)


def _check(verdict: Verdict, item: ReviewItem) -> None:
    if verdict.state not in DECISIONS:
        raise InvalidInputError("an item is decided as approved, corrected or rejected")
    corrects = verdict.state is ReviewState.CORRECTED
    if corrects and item.kind is not ReviewKind.ANSWER:
        raise InvalidInputError("only answers are corrected: change a document where it comes from")
    if corrects != bool(verdict.correction.strip()):
        raise InvalidInputError("a correction belongs to the state `corrected`, and to no other")
    bounded(verdict.note, name="note", limit=MAX_NOTE_CHARS)
    bounded(verdict.question, name="question", limit=MAX_QUESTION_CHARS)
    bounded(verdict.correction, name="correction", limit=MAX_CORRECTION_CHARS)


def _case(view: ReviewView) -> EvalCase | None:
    """The case that an item gives: of a decision, else of what the asker has said. None without a question. Pure."""
    item, record, said = view.item, view.record, view.feedback
    question = item.question or (view.words.question if view.words else "")
    if not question or record is None or item.state is ReviewState.REJECTED:
        return None
    wrong = set(said.wrong_citations) if said else set()
    docs = dict.fromkeys(one.doc_id for one in record.citations if one.number not in wrong)
    wrong_docs = dict.fromkeys(one.doc_id for one in record.citations if one.number in wrong)
    case = EvalCase(
        case_id_of(question),
        "correction",
        question,
        item.correction or (said.correction if said else ""),
        tuple(docs),
        tuple(one for one in wrong_docs if one not in docs),
    )
    if case.expected:
        return case
    if item.state is not ReviewState.APPROVED:
        return None
    return replace(case, origin="approval", expected=view.words.answer if view.words else "")

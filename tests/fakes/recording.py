"""FakeRecording: the part of FakeKnowledgeBase that keeps records of answers, reviews and the audit log, in memory."""

from collections.abc import Collection, Sequence
from functools import cached_property

from core.access import Principal
from core.answers import Answer
from core.audit import AuditEvent
from core.clock import SystemClock
from core.documents import DocumentRecord
from core.record_settings import RecordSettings
from folio.answer_records import AnswerRecorder, Recording
from folio.audit_desk import AuditDesk
from folio.feedback import AnswerDesk, DeskParts
from folio.kept_words import Rewrite
from folio.review_filing import ReviewFiling
from folio.reviewing import Retry, ReviewDesk, ReviewParts
from tests.fakes.answer_records import FakeAnswerRecords, FakeAnswerWords, FakeAuditLog, FakeReviews


async def _same(text: str) -> str:
    return text


def _redactor(tenant: str) -> Rewrite:
    del tenant
    return _same


class FakeRecording:
    """`recording` are the settings, `retried` the documents that a reviewer has had tried again."""

    records: dict[str, DocumentRecord]

    @cached_property
    def recording(self) -> RecordSettings:
        return RecordSettings()

    @cached_property
    def audit_entries(self) -> FakeAuditLog:
        return FakeAuditLog(SystemClock())

    @cached_property
    def recorded(self) -> FakeAnswerRecords:
        return FakeAnswerRecords(self.audit_entries)

    @cached_property
    def queue(self) -> FakeReviews:
        return FakeReviews(self.recorded)

    @cached_property
    def kept_words(self) -> FakeAnswerWords:
        return FakeAnswerWords()

    @cached_property
    def retried(self) -> list[str]:
        return []

    @cached_property
    def recorder(self) -> AnswerRecorder:
        async def opening() -> Recording:
            filing = ReviewFiling(
                self.recording, self.queue, self.kept_words, clock=SystemClock(), redactor=_redactor
            )
            return Recording(self.recorded, filing, b"the key of the fake")

        return AnswerRecorder(self.recording, opening, clock=SystemClock())

    async def noted(self, question: str, answer: Answer, principal: Principal | None = None) -> Answer:
        """The answer with its id, its record written."""
        asking = self.recorder.asking(question, principal or Principal())
        told = await self.recorder.noted(asking, answer)
        await self.recorder.flush()
        return told

    async def answer_records(self, *, principal: Principal | None = None) -> AnswerDesk:
        parts = DeskParts(
            self.recorded,
            self.queue,
            self.audit_entries.append,
            self.recorder.flush,
            _same,
            self.recording.review,
            SystemClock(),
            self._readable,
        )
        return AnswerDesk(parts, principal=principal or Principal())

    async def _readable(self, who: Principal, doc_ids: Collection[str]) -> set[str]:
        found = (self.records.get(one) for one in doc_ids)
        return {one.doc_id for one in found if one is not None and one.access.readable_by(who)}

    async def retry_document(self, doc_id: str) -> None:
        self.retried.append(doc_id)

    async def reviews(self, *, principal: Principal | None = None, retry: Retry | None = None) -> ReviewDesk:
        async def document(doc_id: str) -> DocumentRecord | None:
            return self.records.get(doc_id)

        async def retried(record: DocumentRecord, who: Principal) -> str:
            self.retried.append(record.doc_id)
            return ""

        parts = ReviewParts(
            self.queue,
            self.recorded,
            self.kept_words,
            self.audit_entries.append,
            self._readable,
            document,
            retry or retried,
            _same,
        )
        return ReviewDesk(parts, principal=principal or Principal())

    async def audit_log(self, *, principal: Principal | None = None) -> AuditDesk:
        return AuditDesk(self.audit_entries, principal=principal or Principal())

    async def append_audit(self, events: Sequence[AuditEvent]) -> None:
        await self.audit_entries.append(events)

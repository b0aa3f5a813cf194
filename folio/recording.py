"""What an open knowledge base keeps of its answers: records, what people think of them, reviews, and the audit log."""

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING
from uuid import uuid4

from core.config import Settings
from core.errors import NotFoundError
from core.runs import RunRecord
from core.scopes import OPERATOR_SCOPES
from folio.assembly import create_parts
from folio.live import MakeParts
from folio.maintained import MaintainedKnowledgeBase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.access import Principal
    from core.audit import AuditEvent
    from core.documents import DocumentRecord
    from folio.answer_records import AnswerRecorder, Recording
    from folio.audit_desk import AuditDesk
    from folio.feedback import AnswerDesk
    from folio.reviewing import Retry, ReviewDesk


class RecordingKnowledgeBase(MaintainedKnowledgeBase):
    """The part of `KnowledgeBase` that says afterwards what was answered to whom."""

    def __init__(self, settings: Settings | None = None, *, make: MakeParts = create_parts) -> None:
        super().__init__(settings, make=make)
        self._recorder: AnswerRecorder | None = None
        self._recording_key: bytes | None = None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the records that wait, and close the stores."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            await recorder.aclose()
        await super().__aexit__(kind, error, trace)

    @property
    def recorder(self) -> "AnswerRecorder":
        """What gives answers their ids, and writes their records in the background."""
        from folio.answer_records import AnswerRecorder

        if self._recorder is None:
            self._recorder = AnswerRecorder(self.settings.records, self._recording, clock=self._parts.clock)
        return self._recorder

    async def answer_records(self, *, principal: "Principal | None" = None) -> "AnswerDesk":
        """Records of answers and feedback, as the principal (by default, the operator) sees them. Opens the catalog."""
        from folio.feedback import AnswerDesk, DeskParts
        from folio.kept_words import text_redactor

        catalog, who = await self._catalog(), principal or self.settings.principal()
        parts = DeskParts(
            catalog.answer_records,
            catalog.reviews,
            catalog.audit.append,
            self.recorder.flush,
            text_redactor(self.settings, catalog, tenant=who.tenant),
            self.settings.records.review,
            self._parts.clock,
            catalog.readable,
        )
        return AnswerDesk(parts, principal=who)

    async def reviews(
        self, *, principal: "Principal | None" = None, retry: "Retry | None" = None
    ) -> "ReviewDesk":
        """The review queue, as the principal (by default, the operator) sees it. Opens the catalog.

        `retry` tries documents again that are approved; by default that is done before a decision returns.

        Raises:
            ForbiddenError: The principal has not the scope `review`.
        """
        from folio.kept_words import text_redactor
        from folio.reviewing import ReviewDesk, ReviewParts
        from folio.vault_sealing import VaultSealer

        catalog, who = await self._catalog(), principal or self._operator
        parts = ReviewParts(
            catalog.reviews,
            catalog.answer_records,
            catalog.answer_words(VaultSealer(self.settings)),
            catalog.audit.append,
            catalog.readable,
            catalog.get,
            retry or self._retried_at_once,
            text_redactor(self.settings, catalog, tenant=who.tenant),
        )
        return ReviewDesk(parts, principal=who)

    async def audit_log(self, *, principal: "Principal | None" = None) -> "AuditDesk":
        """The audit log, as the principal (by default, the operator) sees it. Opens the catalog.

        Raises:
            ForbiddenError: The principal has not the scope `audit`.
        """
        from folio.audit_desk import AuditDesk

        catalog = await self._catalog()
        return AuditDesk(catalog.audit, principal=principal or self._operator)

    async def append_audit(self, events: "Sequence[AuditEvent]") -> None:
        """Append to the audit log. Opens the catalog.

        Raises:
            DependencyDownError: The catalog does not answer.
        """
        await (await self._catalog()).audit.append(events)

    @property
    def _operator(self) -> "Principal":
        operator = self.settings.principal()
        return replace(operator, scopes=operator.scopes | OPERATOR_SCOPES)

    async def _recording(self) -> "Recording":
        from folio.answer_records import Recording
        from folio.kept_words import Rewrite, text_redactor
        from folio.receipts import signing_key
        from folio.review_filing import ReviewFiling
        from folio.vault_sealing import VaultSealer

        catalog = await self._catalog()
        if self._recording_key is None:
            self._recording_key = await asyncio.to_thread(signing_key, self.settings)

        def redactor(tenant: str) -> Rewrite:
            return text_redactor(self.settings, catalog, tenant=tenant)

        filing = ReviewFiling(
            self.settings.records,
            catalog.reviews,
            catalog.answer_words(VaultSealer(self.settings)),
            clock=self._parts.clock,
            redactor=redactor,
        )
        return Recording(catalog.answer_records, filing, self._recording_key)

    async def _retried_at_once(self, record: "DocumentRecord", who: "Principal") -> str:
        del who
        await self.retry_document(record.doc_id)
        return ""

    async def retry_document(self, doc_id: str) -> None:
        """Index one document anew, whatever became of it before. A failure is in its record.

        Raises:
            NotFoundError: Its source is not there any more.
        """
        from folio.source_changes import known_sources
        from ingest.sources.targets import SyncTarget

        catalog = await self._catalog()
        record = await catalog.get(doc_id)
        known = {source.source_id: source for source in await known_sources(self.settings, catalog)}
        if record is None or record.source_id not in known:
            raise NotFoundError("the document's source is not there any more: nothing can be tried again")
        engine = await self._engine_()
        plan = await engine.plan([SyncTarget(known[record.source_id], (record.path,))], again=True)
        run = RunRecord(uuid4().hex, (record.source_id,), self._parts.clock.now())
        await engine.execute(plan, run=run)

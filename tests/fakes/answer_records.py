"""Records of answers, feedback, reviews, kept words and the audit log, in memory: the ports as their contracts say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.answer_records import RECORDED, AnswerRecord, Feedback, Words, digest, restoring_purpose
from core.audit import (
    EVERYTHING,
    START,
    AuditEntry,
    AuditEvent,
    AuditFilter,
    AuditHead,
    AuditVerdict,
    ChainCheck,
    linked,
)
from core.errors import FolioError
from core.ports import Clock
from core.reviews import Decision, Place, ReviewItem, ReviewKind, ReviewState


class FakeAuditLog:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.kept: list[AuditEntry] = []

    async def append(self, events: Sequence[AuditEvent]) -> None:
        for event in events:
            last = AuditHead(self.kept[-1].sequence, self.kept[-1].hash) if self.kept else START
            self.kept.append(linked(event, at=self.clock.now(), after=last))

    async def entries(
        self, tenant: str, *, limit: int, before: int | None = None, wanted: AuditFilter = EVERYTHING
    ) -> list[AuditEntry]:
        found = [
            one
            for one in reversed(self.kept)
            if one.tenant == tenant
            and (before is None or one.sequence < before)
            and (not wanted.actions or one.action in wanted.actions)
            and wanted.subject in {None, one.subject}
            and wanted.object in {None, one.object}
            and (wanted.since is None or one.at >= wanted.since)
            and (wanted.until is None or one.at < wanted.until)
        ]
        return found[:limit]

    async def verify(self, *, noted: AuditHead | None = None) -> AuditVerdict:
        check = ChainCheck(noted)
        for entry in self.kept:
            check.read(entry)
        head = AuditHead(self.kept[-1].sequence, self.kept[-1].hash) if self.kept else START
        return check.verdict(head, last=head.sequence, end=head)


class FakeAnswerRecords:
    """`down` is raised by every write until it is None; `writes` counts the transactions."""

    def __init__(self, audit: FakeAuditLog) -> None:
        self.audit = audit
        self.kept: dict[str, AnswerRecord] = {}
        self.said: dict[str, Feedback] = {}
        self.down: FolioError | None = None
        self.writes = 0

    async def record(self, records: Sequence[AnswerRecord]) -> None:
        self.writes += 1
        if self.down:
            raise self.down
        for tenant in dict.fromkeys(one.tenant for one in records):
            own = [one for one in records if one.tenant == tenant]
            event = AuditEvent(tenant, "folio", RECORDED, str(len(own)), digest(own))
            await self.audit.append([event])
        self.kept |= {one.answer_id: one for one in records}

    async def get(self, tenant: str, answer_id: str) -> AnswerRecord | None:
        found = self.kept.get(answer_id)
        return found if found and found.tenant == tenant else None

    async def was_restored(self, tenant: str, answer_id: str) -> bool:
        entries = await self.audit.entries(tenant, limit=1000)
        return any(one.detail == restoring_purpose(answer_id) for one in entries)

    async def keep_feedback(self, feedback: Feedback) -> Feedback:
        before, now = self.said.get(feedback.answer_id), self.audit.clock.now()
        kept = replace(feedback, created_at=before.created_at if before else now, updated_at=now)
        self.said[feedback.answer_id] = kept
        return kept

    async def feedback(self, tenant: str, answer_id: str) -> Feedback | None:
        found = self.said.get(answer_id)
        return found if found and found.tenant == tenant else None


class FakeReviews:
    def __init__(self, records: FakeAnswerRecords) -> None:
        self.records = records
        self.kept: dict[str, ReviewItem] = {}

    async def add(self, items: Sequence[ReviewItem], *, max_open: int) -> int:
        count = 0
        for item in items:
            there = self.kept.get(item.item_id)
            if there is not None:
                reasons = tuple(dict.fromkeys((*there.reasons, *item.reasons)))
                if reasons != there.reasons:
                    self.kept[item.item_id] = replace(item, reasons=reasons, created_at=there.created_at)
            elif sum(one.state is ReviewState.OPEN for one in self.kept.values()) < max_open:
                self.kept[item.item_id] = item
                count += 1
        return count

    async def get(self, tenant: str, item_id: str) -> ReviewItem | None:
        found = self.kept.get(item_id)
        return found if found and found.tenant == tenant else None

    async def page(
        self,
        tenant: str,
        *,
        limit: int,
        after: Place | None = None,
        states: Sequence[ReviewState] = (),
        kinds: Sequence[ReviewKind] = (),
    ) -> list[ReviewItem]:
        def place(item: ReviewItem) -> tuple[datetime, str]:
            return item.created_at, item.item_id

        found = [
            one
            for one in self.kept.values()
            if one.tenant == tenant
            and (not states or one.state in states)
            and (not kinds or one.kind in kinds)
            and (after is None or place(one) < (after.created_at, after.item_id))
        ]
        return sorted(found, key=place, reverse=True)[:limit]

    async def cited(self, tenant: str, answer_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        found = {one: await self.records.get(tenant, one) for one in answer_ids}
        return {
            name: frozenset(one.doc_id for one in record.citations)
            for name, record in found.items()
            if record is not None
        }

    async def claim(self, tenant: str, item_id: str, *, subject: str) -> bool:
        found = await self.get(tenant, item_id)
        if found is None or found.state is not ReviewState.OPEN:
            return False
        if subject and found.assignee not in {"", subject}:
            return False
        self.kept[item_id] = replace(found, assignee=subject)
        return True

    async def decide(self, tenant: str, item_id: str, decision: Decision) -> bool:
        found = await self.get(tenant, item_id)
        if found is None:
            return False
        self.kept[item_id] = replace(
            found,
            state=decision.state,
            decided_by=decision.subject,
            decided_at=self.records.audit.clock.now(),
            note=decision.note,
            question=decision.question,
            correction=decision.correction,
        )
        return True


class FakeAnswerWords:
    def __init__(self) -> None:
        self.kept: dict[str, Words] = {}

    async def keep(self, words: Words, *, expires_at: datetime) -> bool:
        self.kept[words.answer_id] = words
        return True

    async def get(self, tenant: str, answer_id: str) -> Words | None:
        found = self.kept.get(answer_id)
        return found if found and found.tenant == tenant else None

    async def count(self, doc_id: str) -> int:
        return sum(doc_id in one.doc_ids for one in self.kept.values())

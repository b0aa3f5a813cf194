"""Keeps a record of each answer: made at once, written a moment later, many in one transaction."""

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from uuid import uuid4

from core import metrics
from core.access import Principal
from core.answer_notes import AnswerNotes, take_notes
from core.answer_ports import AnswerPiece
from core.answer_records import (
    ASKED_THROUGH,
    AnswerRecord,
    AnswerRecords,
    RecordedDecision,
    Via,
    Words,
    cited,
    keyed_hash,
    storable,
)
from core.answers import Answer, AnswerStatus, Citation
from core.errors import DependencyDownError, FolioError, TransientError
from core.ports import Clock
from core.record_settings import RecordSettings
from core.reviews import item_of, reasons_to_review
from folio.reason_codes import STOPPED, reason_code
from folio.review_filing import ReviewFiling

_log = logging.getLogger(__name__)
_RETRY_S = 1.0
_RETRY_MAX_S = 15.0


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is being answered: when it began, in seconds of the monotonic clock, the way it came, and what is noted."""

    question: str = field(repr=False)
    who: Principal
    started_s: float
    via: Via
    notes: AnswerNotes = field(default_factory=AnswerNotes)


@dataclass(frozen=True, slots=True)
class Recording:
    """What records are written with; opened when the first one is. `key` makes the hashes."""

    records: AnswerRecords
    filing: ReviewFiling
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecorderCounts:
    """Since the process began: records written, records lost, and those that wait now."""

    written: int
    lost: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    answer: Answer = field(repr=False)
    asking: Asking
    record: AnswerRecord
    written: "asyncio.Future[None] | None" = None


class AnswerRecorder:
    """Gives answers an id and has their records written in the background. One for a process, in one event loop."""

    def __init__(
        self, settings: RecordSettings, opening: Callable[[], Awaitable[Recording]], *, clock: Clock
    ) -> None:
        """Nothing is opened before the first record."""
        self._settings = settings
        self._opening = opening
        self._clock = clock
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(settings.queue_count)
        self._hurry = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._written = self._lost = 0

    @property
    def counts(self) -> RecorderCounts:
        """How it goes."""
        return RecorderCounts(self._written, self._lost, self._queue.qsize())

    def asking(self, question: str, who: Principal) -> Asking:
        """A question that is asked now: what the current task does for it from here on is noted."""
        asking = Asking(question, who, self._clock.monotonic_s(), ASKED_THROUGH.get())
        take_notes(asking.notes)
        return asking

    async def noted(self, asking: Asking, answer: Answer) -> Answer:
        """The answer with its id and what its reader is to be told.

        Raises:
            DependencyDownError: Its record cannot be kept, and the settings want no answer without.
        """
        if not self._settings.required or not self._settings.enabled:
            return self.noted_later(asking, answer)
        told, waiting = self._made(asking, answer, wait=True)
        if not self._put(waiting) or waiting.written is None:
            raise DependencyDownError(_NOT_KEPT)
        self._hurry.set()
        await waiting.written
        return told

    def noted_later(self, asking: Asking, answer: Answer) -> Answer:
        """The same without waiting; without an id where too many records wait."""
        if not self._settings.enabled:
            return replace(answer, disclosure=disclosure(self._settings, answer))
        told, waiting = self._made(asking, answer, wait=False)
        return told if self._put(waiting) else replace(told, answer_id="")

    async def flush(self) -> None:
        """Return when the records so far are written, or after `flush_s`."""
        if self._worker is None:
            return
        self._hurry.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), self._settings.flush_s)

    async def aclose(self) -> None:
        """Write what waits, for `flush_s` at most, and end."""
        if self._worker is None:
            return
        await self.flush()
        left = self._queue.qsize()
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        self._worker = None
        if left:
            self._count_lost(left)

    def _made(self, asking: Asking, answer: Answer, *, wait: bool) -> tuple[Answer, _Waiting]:
        text = disclosure(self._settings, answer)
        told = replace(answer, answer_id=uuid4().hex, disclosure=text)
        took_ms = (self._clock.monotonic_s() - asking.started_s) * 1000
        record = _record(asking, told, took_ms=took_ms, at_clock=self._clock)
        future = asyncio.get_running_loop().create_future() if wait else None
        return told, _Waiting(told, asking, record, future)

    def _put(self, waiting: _Waiting) -> bool:
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            self._count_lost(1)
            return False
        metrics.records_kept("written", count=0, waiting_count=self._queue.qsize())
        return True

    async def _work(self) -> None:
        while True:
            batch = [await self._queue.get()]
            try:
                if not self._hurry.is_set():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._hurry.wait(), self._settings.batch_wait_s)
                while len(batch) < self._settings.batch_count and not self._queue.empty():
                    batch.append(self._queue.get_nowait())
                if self._queue.empty():
                    self._hurry.clear()
                await self._keep(batch)
            except asyncio.CancelledError:
                self._count_lost(len(batch))
                raise
            finally:
                for _ in batch:
                    self._queue.task_done()

    async def _keep(self, batch: Sequence[_Waiting]) -> None:
        """Write a batch; try again while the catalog is down, unless somebody waits for it."""
        delay_s = _RETRY_S
        while True:
            try:
                await self._write(batch)
            except TransientError as error:
                if any(one.written for one in batch):
                    self._give_up(batch)
                    return
                _log.warning("records of %d answers wait: %s", len(batch), type(error).__name__)
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, _RETRY_MAX_S)
            except Exception as error:  # noqa: BLE001 - the worker must not end: what a bug has lost is counted
                # Its message could quote what was to be written.
                _log.error("records of %d answers are lost: %s", len(batch), type(error).__name__)
                self._give_up(batch)
                return
            else:
                return

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        opened = await self._opening()
        records = [_hashed(one, opened.key) for one in batch]
        await opened.records.record(records)
        self._written += len(batch)
        metrics.records_kept("written", count=len(batch), waiting_count=self._queue.qsize())
        for one in batch:
            if one.written is not None and not one.written.done():
                one.written.set_result(None)
        await self._file(opened.filing, batch, records)

    async def _file(
        self, filing: ReviewFiling, batch: Sequence[_Waiting], records: Sequence[AnswerRecord]
    ) -> None:
        """What a human is to look at. The records are written: nothing here is tried again."""
        now, rules = self._clock.now(), self._settings.review
        found = [
            (item_of(record, reasons, at=now), _words(waiting))
            for waiting, record in zip(batch, records, strict=True)
            if (reasons := reasons_to_review(record, rules))
        ]
        try:
            await filing.file(found)
        except FolioError as error:
            _log.warning("%d answers are not in the review queue: %s", len(found), type(error).__name__)

    def _give_up(self, batch: Sequence[_Waiting]) -> None:
        self._count_lost(len(batch))
        for one in batch:
            if one.written is not None and not one.written.done():
                one.written.set_exception(DependencyDownError(_NOT_KEPT))

    def _count_lost(self, count: int) -> None:
        self._lost += count
        metrics.records_kept("lost", count=count, waiting_count=self._queue.qsize())
        _log.warning("records of %d answers were not kept, of %d so far", count, self._lost)


async def recorded(
    recorder: AnswerRecorder, asking: Asking, stream: AsyncGenerator[AnswerPiece | Answer, None]
) -> AsyncGenerator[AnswerPiece | Answer, None]:
    """A stream whose whole has its id. What was given of one that is closed before its end has a record, too."""
    given: list[AnswerPiece] = []
    is_whole = False
    async with aclosing(stream) as pieces:
        try:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    is_whole = True
                    yield await recorder.noted(asking, piece)
                else:
                    given.append(piece)
                    yield piece
                    # Whoever reads on may be another task, or have asked something else meanwhile.
                    take_notes(asking.notes)
        finally:
            if given and not is_whole:
                recorder.noted_later(asking, _stopped(given))


def disclosure(settings: RecordSettings, answer: Answer) -> str:
    """What the reader is told: that a machine has made the answer, and which model has written it. Pure."""
    if not settings.disclosure or not answer.model:
        return settings.disclosure
    return f"{settings.disclosure} It was written by the language model {answer.model}."


def disclosure_version(text: str) -> str:
    """Names a text: the start of its SHA-256 (12 digits); empty for none. Pure."""
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else ""


_NOT_KEPT = (
    "the record of this answer cannot be kept, and records.required wants none given without: try again when the catalog "
    "answers"
)


def _record(asking: Asking, answer: Answer, *, took_ms: float, at_clock: Clock) -> AnswerRecord:
    """The record but for the hashes, which take the key."""
    return AnswerRecord(
        answer_id=answer.answer_id,
        at=at_clock.now(),
        tenant=asking.who.tenant,
        subject=storable(asking.who.subject),
        credential=storable(asking.via.credential),
        channel=asking.via.channel,
        question_hash="",
        answer_hash="",
        status=answer.status.value,
        reason_code=reason_code(answer),
        mode=answer.mode.value,
        model=storable(answer.model),
        prompt_version=storable(answer.prompt_version),
        confidence=answer.confidence,
        removed_count=answer.removed_count,
        contradiction_count=len(answer.contradictions),
        cached=answer.cached.value,
        appeal_id=answer.appeal_id or "",
        disclosure=disclosure_version(answer.disclosure),
        took_ms=round(took_ms, 3),
        token_count=sum(one.token_count for one in answer.rounds),
        citations=cited(answer),
        decisions=tuple(
            RecordedDecision(point, storable(rule), action) for point, rule, action in asking.notes.decisions
        ),
        call_count=asking.notes.call_count,
        input_count=asking.notes.input_count,
        output_count=asking.notes.output_count,
        cost=asking.notes.cost,
    )


def _hashed(waiting: _Waiting, key: bytes) -> AnswerRecord:
    tenant = waiting.record.tenant
    question = waiting.asking.question
    return replace(
        waiting.record,
        # One that is taken up again is not asked once more.
        question_hash=keyed_hash(key, question, tenant=tenant, kind="question") if question else "",
        answer_hash=keyed_hash(key, waiting.answer.text, tenant=tenant, kind="answer"),
    )


def _words(waiting: _Waiting) -> Words:
    who = waiting.asking.who
    return Words(
        waiting.record.answer_id,
        who.tenant,
        waiting.asking.question,
        waiting.answer.text,
        int(who.clearance),
        tuple(sorted(who.groups)),
        tuple(sorted({one.doc_id for one in waiting.answer.citations})),
    )


def _stopped(given: Sequence[AnswerPiece]) -> Answer:
    """What was given of an answer that its asker has not waited for."""
    citations: list[Citation] = [one for piece in given for one in piece.citations]
    text = " ".join(piece.sentence.text for piece in given)
    return Answer(
        text, AnswerStatus.PARTIAL, STOPPED, tuple(citations), tuple(piece.sentence for piece in given)
    )

"""Records of answers are written together and later; what cannot be written is counted, or refused."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from core.access import Principal
from core.answer_notes import note_call, note_decision
from core.answer_ports import AnswerPiece
from core.answer_records import ASKED_THROUGH, Via, keyed_hash
from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus, Citation, Contradiction
from core.errors import DependencyDownError
from core.guardrails import Action, Point
from core.language_models import TokenUsage
from core.record_settings import RecordSettings
from core.reviews import ReviewReason
from folio.answer_records import AnswerRecorder, Recording, recorded
from folio.kept_words import Rewrite
from folio.review_filing import ReviewFiling
from generation.reasons import NOTHING_FOUND
from tests.fakes.answer_records import FakeAnswerRecords, FakeAnswerWords, FakeAuditLog, FakeReviews
from tests.fakes.clock import FakeClock

KEY = b"key"
JO = Principal("acme", "jo", groups=frozenset({"board"}))
CITATION = Citation("a", None, "Handbook", "a.md", 3, None, "", "Thirty days.", 0, 12)
ANSWER = Answer(
    "Thirty days. [1]",
    AnswerStatus.GROUNDED,
    None,
    (CITATION,),
    (AnswerSentence("Thirty days.", (1,)),),
    confidence=0.9,
)
REFUSAL = Answer("", AnswerStatus.REFUSED, NOTHING_FOUND, ())


class World:
    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock()
        self.settings = RecordSettings(batch_wait_s=0.01, **settings)
        self.records = FakeAnswerRecords(FakeAuditLog(self.clock))
        self.reviews, self.words = FakeReviews(self.records), FakeAnswerWords()
        self.recorder = AnswerRecorder(self.settings, self._open, clock=self.clock)

    async def _open(self) -> Recording:
        filing = ReviewFiling(self.settings, self.reviews, self.words, clock=self.clock, redactor=_redactor)
        return Recording(self.records, filing, KEY)

    async def told(self, answer: Answer, question: str = "How many days?") -> Answer:
        return await self.recorder.noted(self.recorder.asking(question, JO), answer)


def _redactor(tenant: str) -> Rewrite:
    async def redact(text: str) -> str:
        return text.replace("Grimaldi", f"PERSON_of_{tenant}")

    return redact


@asynccontextmanager
async def world(**settings: Any) -> AsyncIterator[World]:
    made = World(**settings)
    try:
        yield made
    finally:
        await made.recorder.aclose()


async def test_a_record_says_how_the_answer_was_made_and_none_of_its_words() -> None:
    async with world() as here:
        token = ASKED_THROUGH.set(Via("key:7", "api"))
        asking = here.recorder.asking("How many days?", JO)
        ASKED_THROUGH.reset(token)
        here.clock.advance(0.25)
        told = await here.recorder.noted(
            asking, replace(ANSWER, contradictions=(Contradiction("x", (1, 1)),))
        )
        await here.recorder.flush()
        record = here.records.kept[told.answer_id]
        assert (record.tenant, record.subject, record.credential, record.channel) == (
            *("acme", "jo"),
            *("key:7", "api"),
        )
        assert (record.status, record.took_ms, record.confidence) == ("grounded", 250.0, 0.9)
        assert [(one.number, one.doc_id, one.version) for one in record.citations] == [(1, "a", 3)]
        assert (record.contradiction_count, record.reason_code) == (1, "")
        assert record.question_hash == keyed_hash(KEY, "How many days?", tenant="acme", kind="question")
        assert "days" not in repr(record)


def test_a_hash_is_no_other_tenants_nor_another_kinds() -> None:
    found = {
        keyed_hash(key, "yes", tenant=tenant, kind=kind)
        for key in (b"a", b"b")
        for tenant in ("x", "y")
        for kind in ("question", "answer")
    }
    assert len(found) == 8


async def test_many_answers_are_written_in_a_few_transactions() -> None:
    async with world() as here:
        told = await asyncio.gather(*(here.told(ANSWER) for _ in range(200)))
        await here.recorder.flush()
        assert len({one.answer_id for one in told}) == len(here.records.kept) == 200
        assert here.records.writes <= 3
        assert here.recorder.counts.written == 200


async def test_the_reader_is_told_of_the_machine_and_of_the_model() -> None:
    async with world(disclosure="By a machine.") as here:
        assert (await here.told(ANSWER)).disclosure == "By a machine."
        written = replace(ANSWER, mode=AnswerMode.COMPACT, model="llama")
        assert "language model llama" in (await here.told(written)).disclosure
    async with world(enabled=False, disclosure="By a machine.") as here:
        told = await here.told(ANSWER)
        assert (told.answer_id, told.disclosure, here.recorder.counts.waiting) == ("", "By a machine.", 0)


async def test_while_the_catalog_is_down_answers_are_given_and_their_records_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("folio.answer_records._RETRY_S", 0.01)
    async with world() as here:
        here.records.down = DependencyDownError("down")
        told = await here.told(ANSWER)
        while here.records.writes < 2:  # noqa: ASYNC110 - the fake counts, it rings no bell
            await asyncio.sleep(0.005)
        assert told.answer_id
        assert not here.records.kept
        here.records.down = None
        await here.recorder.flush()
        assert list(here.records.kept) == [told.answer_id]


async def test_where_a_record_is_required_there_is_no_answer_without() -> None:
    async with world(required=True) as here:
        told = await here.told(ANSWER)
        assert told.answer_id in here.records.kept, "it was written before the answer was given"
        here.records.down = DependencyDownError("down")
        with pytest.raises(DependencyDownError, match=r"records\.required"):
            await here.told(ANSWER)
        here.records.down = None
        assert (await here.told(ANSWER)).answer_id in here.records.kept


async def test_too_many_that_wait_are_not_kept_and_counted() -> None:
    async with world(queue_count=2, flush_s=0.01) as here:
        here.records.down = DependencyDownError("down")
        told = [await here.told(ANSWER) for _ in range(5)]
        assert [bool(one.answer_id) for one in told] == [True, True, False, False, False]
        assert here.recorder.counts.lost == 3
        await here.recorder.aclose()
        assert here.recorder.counts.lost == 5


async def test_the_end_of_the_process_waits_for_what_is_not_written() -> None:
    here = World(flush_s=5)
    told = await here.told(ANSWER)
    await here.recorder.aclose()
    assert list(here.records.kept) == [told.answer_id]


async def test_a_bug_loses_one_batch_and_not_those_after(caplog: pytest.LogCaptureFixture) -> None:
    async with world() as here:
        here.records.down = ValueError("Grimaldi")  # type: ignore[assignment]
        await here.told(ANSWER)
        await here.recorder.flush()
        here.records.down = None
        told = await here.told(ANSWER)
        await here.recorder.flush()
        assert list(here.records.kept) == [told.answer_id]
        assert here.recorder.counts.lost == 1
        assert "Grimaldi" not in caplog.text


@pytest.mark.parametrize(
    ("answer", "reasons"),
    [
        (ANSWER, ()),
        (REFUSAL, ()),
        (replace(REFUSAL, confidence=0.01), ()),
        (replace(ANSWER, confidence=0.1), (ReviewReason.LOW_CONFIDENCE,)),
        (replace(ANSWER, confidence=None), ()),
        (
            replace(ANSWER, status=AnswerStatus.PARTIAL, removed_count=2),
            (ReviewReason.PARTIAL, ReviewReason.REMOVED_SENTENCES),
        ),
        (replace(ANSWER, contradictions=(Contradiction("x", (1, 1)),)), (ReviewReason.CONTRADICTION,)),
        (replace(REFUSAL, appeal_id="f"), (ReviewReason.GUARDRAIL,)),
    ],
)
async def test_what_a_human_is_to_look_at(answer: Answer, reasons: tuple[ReviewReason, ...]) -> None:
    async with world() as here:
        await here.told(answer)
        await here.recorder.flush()
        assert [one.reasons for one in here.reviews.kept.values()] == ([reasons] if reasons else [])
        assert not here.words.kept, "words are not kept unless that is asked for"


async def test_words_for_review_are_kept_without_personal_data_where_that_is_asked_for() -> None:
    async with world(keep_text_for_review=True) as here:
        await here.told(ANSWER, "Grimaldi?")
        told = await here.told(replace(ANSWER, confidence=0.1), "Where is Grimaldi, +47 22 33 44 55?")
        await here.recorder.flush()
        [words] = here.words.kept.values()
        assert (words.answer_id, words.doc_ids, words.groups) == (told.answer_id, ("a",), ("board",))
        assert words.question == "Where is PERSON_of_acme, <PHONE_NUMBER>?"
        assert words.readable_by(JO)
        assert not words.readable_by(Principal("acme", "eve")), "who cannot read what the asker could"


async def _pieces() -> AsyncGenerator[AnswerPiece | Answer, None]:
    yield AnswerPiece(AnswerSentence("Thirty days.", (1,)), (CITATION,))
    yield AnswerPiece(AnswerSentence("More.", (1,)), ())
    yield ANSWER


async def test_a_stream_ends_with_an_answer_that_has_its_record() -> None:
    async with world() as here:
        parts = [one async for one in recorded(here.recorder, here.recorder.asking("q", JO), _pieces())]
        await here.recorder.flush()
        whole = parts[-1]
        assert isinstance(whole, Answer)
        assert list(here.records.kept) == [whole.answer_id]


async def test_what_was_given_of_a_stream_that_was_left_has_a_record_too() -> None:
    async with world() as here:
        stream = recorded(here.recorder, here.recorder.asking("q", JO), _pieces())
        await anext(stream)
        await stream.aclose()
        await here.recorder.flush()
        [record] = here.records.kept.values()
        assert (record.status, record.reason_code) == ("partial", "stopped")
        assert [one.doc_id for one in record.citations] == ["a"]


def _use(rule: str, cost: float | None) -> None:
    note_decision(Point.OUTPUT, rule, Action.REDACT)
    note_call(TokenUsage(100, 20), cost)


async def test_a_record_has_the_rules_that_applied_and_the_calls_of_its_answer_alone() -> None:
    async with world() as here:

        async def ask(rule: str, *costs: float | None) -> Answer:
            asking = here.recorder.asking("q", JO)
            # As models are called: in tasks of their own, and in threads.
            await asyncio.gather(*(asyncio.to_thread(_use, rule, one) for one in costs))
            return await here.recorder.noted(asking, ANSWER)

        told = await asyncio.gather(ask("mail", 0.5, 0.25), ask("phone", 0.5, None), ask("none"))
        await here.recorder.flush()
        first, second, third = (here.records.kept[one.answer_id] for one in told)
        assert [(one.point, one.rule, one.action) for one in first.decisions] == [
            (Point.OUTPUT, "mail", Action.REDACT)
        ]
        assert (first.call_count, first.input_count, first.output_count, first.cost) == (2, 200, 40, 0.75)
        assert (second.call_count, second.cost) == (2, None), "a call without a price makes the sum unknown"
        assert (third.decisions, third.call_count, third.cost) == ((), 0, 0.0)


async def test_a_stream_is_noted_whoever_reads_on() -> None:
    async def pieces() -> AsyncGenerator[AnswerPiece | Answer, None]:
        yield AnswerPiece(AnswerSentence("Thirty days.", (1,)), (CITATION,))
        _use("late", 1.0)
        yield ANSWER

    async with world() as here:
        stream = recorded(here.recorder, here.recorder.asking("q", JO), pieces())
        while not isinstance(whole := await asyncio.create_task(_next(stream)), Answer):
            here.recorder.asking("another question of the same reader", JO)
        await here.recorder.flush()
        record = here.records.kept[whole.answer_id]
        assert (record.call_count, [one.rule for one in record.decisions]) == (1, ["late"])


async def _next(stream: AsyncGenerator[AnswerPiece | Answer, None]) -> AnswerPiece | Answer:
    return await anext(stream)

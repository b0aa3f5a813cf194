"""Answers that are given again: only where they would be true of what was found now."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answer_ports import AnswerPiece, Asked
from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus, CacheHit
from core.config import AnswerSettings
from core.search import Hit
from generation.citations import cite
from generation.kept_answers import AnswerKeeper, marks
from generation.reasons import BROKEN_OFF
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.hits import hit
from tests.fakes.kept_answers import FakeAnswerStore
from tests.fakes.sparse import FakeSparseEncoder

ASKED = Asked("How long is the probation period for new people?", "acme", "ann", visibility="open")
ALIKE = replace(ASKED, question="For new people, how long is the probation period?")
HITS = [hit("Probation takes six months.", doc="a"), hit("Leave is thirty days.", doc="b")]


@dataclass
class WritingAnswerer:
    """Cites the first passage, and counts how often it was asked."""

    count: int = 0
    status: AnswerStatus = AnswerStatus.GROUNDED
    reason: str | None = None
    is_closed: bool = False

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        self.count += 1
        text, first = f"Answer {self.count}.", hits[0]
        if self.status is AnswerStatus.REFUSED:
            return Answer("", self.status, "nothing", ())
        cited = (cite(first, start=0, end=len(first.text)),)
        sentences = (AnswerSentence(text, (1,)),)
        return Answer(f"{text} [1]", self.status, self.reason, cited, sentences, mode=AnswerMode.COMPACT)

    async def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncIterator[AnswerPiece | Answer]:
        whole = await self.answer(asked, hits)
        try:
            yield AnswerPiece(whole.sentences[0], whole.citations)
            yield whole
        finally:
            self.is_closed = True


def keeping(
    inner: WritingAnswerer, store: FakeAnswerStore, *, variant: str = "compact/answer/1/m", **settings: object
) -> AnswerKeeper:
    async def named(asked: Asked) -> str:
        return variant

    chosen = AnswerSettings(**({"cache_similarity": 0.85} | settings))
    return AnswerKeeper(
        inner, store, embedder=FakeEmbedder(), sparse=FakeSparseEncoder(), settings=chosen, variant=named
    )


@pytest.fixture
def inner() -> WritingAnswerer:
    return WritingAnswerer()


@pytest.fixture
def store() -> FakeAnswerStore:
    return FakeAnswerStore()


async def test_the_same_question_over_the_same_passages(
    inner: WritingAnswerer, store: FakeAnswerStore
) -> None:
    answerer = keeping(inner, store)
    first = await answerer.answer(ASKED, HITS)
    again = await answerer.answer(replace(ASKED, subject="bob"), HITS)
    assert (first.cached, again.cached, inner.count) == (CacheHit.NONE, CacheHit.EXACT, 1)
    assert replace(again, cached=CacheHit.NONE) == first


async def test_a_question_that_means_the_same(inner: WritingAnswerer, store: FakeAnswerStore) -> None:
    answerer = keeping(inner, store)
    await answerer.answer(ASKED, HITS)
    assert (await answerer.answer(ALIKE, HITS[::-1])).cached is CacheHit.SEMANTIC
    assert (await keeping(inner, store, cache="exact").answer(ALIKE, HITS)).cached is CacheHit.NONE
    assert inner.count == 2


@pytest.mark.parametrize(
    "question",
    [
        "How long is the probation period for old people?",
        "When is the probation period for new people?",
        "How long is no probation period for new people?",
        "How long is the probation period for 2 new people?",
        "How long is the probation period for new people in Oslo?",
        "How long is the probation period for new people of PERSON_0123456789ab?",
    ],
)
async def test_a_question_of_something_else(
    inner: WritingAnswerer, store: FakeAnswerStore, question: str
) -> None:
    answerer = keeping(inner, store, cache_similarity=0.9)
    await answerer.answer(ASKED, HITS)
    assert (await answerer.answer(replace(ASKED, question=question), HITS)).cached is CacheHit.NONE


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, tenant="other"),
        replace(ASKED, visibility="secret"),
        replace(ASKED, language="de"),
        replace(ASKED, background="we spoke of Oslo"),
    ],
    ids=["tenant", "visibility", "language", "conversation"],
)
async def test_what_is_not_shared(inner: WritingAnswerer, store: FakeAnswerStore, other: Asked) -> None:
    answerer = keeping(inner, store)
    await answerer.answer(ASKED, HITS)
    assert (await answerer.answer(other, HITS)).cached is CacheHit.NONE


async def test_another_model_or_prompt(inner: WritingAnswerer, store: FakeAnswerStore) -> None:
    await keeping(inner, store).answer(ASKED, HITS)
    other = await keeping(inner, store, variant="compact/answer/2/m").answer(ASKED, HITS)
    assert other.cached is CacheHit.NONE


CHANGES = {
    "edited": [replace(HITS[0], version=2), HITS[1]],
    "redacted since": [replace(HITS[0], text="Probation takes [removed]."), HITS[1]],
    "gone": [HITS[1]],
    "not readable any more": [hit("Something else.", doc="c"), HITS[1]],
    "something new on top": [hit("Probation is abolished.", doc="c"), *HITS],
}


@pytest.mark.parametrize("now", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("asked", [ASKED, ALIKE], ids=["same", "alike"])
async def test_it_follows_what_was_found(
    inner: WritingAnswerer, store: FakeAnswerStore, now: list[Hit], asked: Asked
) -> None:
    answerer = keeping(inner, store)
    await answerer.answer(ASKED, HITS)
    assert (await answerer.answer(asked, now)).cached is CacheHit.NONE


@given(
    then=st.lists(st.sampled_from("abcdef"), min_size=1, unique=True),
    now=st.lists(st.sampled_from("abcdef"), min_size=1, unique=True),
    edited=st.sets(st.sampled_from("abcdef")),
    alike=st.booleans(),
)
async def test_what_is_given_again_cites_only_what_was_found_now(
    then: list[str], now: list[str], edited: set[str], alike: bool
) -> None:
    answerer = keeping(WritingAnswerer(), FakeAnswerStore())
    await answerer.answer(ASKED, [hit("words of it", doc=doc) for doc in then])
    found = [hit("words of it", doc=doc, version=2 if doc in edited else 1) for doc in now]
    answer = await answerer.answer(ALIKE if alike else ASKED, found)
    readable = {(one.doc_id, one.version) for one in found}
    assert {(one.doc_id, one.version) for one in answer.citations} <= readable


async def test_refusals_and_empty_evidence_are_not_kept(store: FakeAnswerStore) -> None:
    inner = WritingAnswerer(status=AnswerStatus.REFUSED)
    for _ in range(2):
        await keeping(inner, store).answer(ASKED, HITS)
    assert (inner.count, store.kept) == (2, {})


async def test_an_answer_that_broke_off_is_not_kept(store: FakeAnswerStore) -> None:
    broken = keeping(WritingAnswerer(status=AnswerStatus.PARTIAL, reason=BROKEN_OFF), store)
    assert (await broken.answer(ASKED, HITS)).reason == BROKEN_OFF
    assert store.kept == {}


async def test_who_stops_listening_stops_the_writing(inner: WritingAnswerer, store: FakeAnswerStore) -> None:
    stream = keeping(inner, store).stream(ASKED, HITS)
    await anext(stream)
    # Whoever still holds the inner stream must not keep it from being closed.
    await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert inner.is_closed
    assert store.kept == {}


async def test_a_store_that_is_down_costs_only_the_saving(inner: WritingAnswerer) -> None:
    answerer = keeping(inner, FakeAnswerStore(is_down=True))
    assert (await answerer.answer(ASKED, HITS)).text == "Answer 1. [1]"
    assert (await answerer.answer(ALIKE, HITS)).text == "Answer 2. [1]"


async def test_off(inner: WritingAnswerer, store: FakeAnswerStore) -> None:
    for _ in range(2):
        await keeping(inner, store, cache="off").answer(ASKED, HITS)
    assert (inner.count, store.kept) == (2, {})


async def test_a_stream_gives_the_same_pieces_again(inner: WritingAnswerer, store: FakeAnswerStore) -> None:
    answerer = keeping(inner, store)
    first = [part async for part in answerer.stream(ASKED, HITS)]
    again = [part async for part in answerer.stream(ASKED, HITS)]
    assert again[:-1] == first[:-1]
    assert again[-1] == replace(first[-1], cached=CacheHit.EXACT)
    assert inner.count == 1


async def test_no_word_of_a_question_is_kept(inner: WritingAnswerer, store: FakeAnswerStore) -> None:
    await keeping(inner, store).answer(ASKED, HITS)
    (kept,) = store.kept.values()
    words = FakeSparseEncoder()
    assert "probation" not in repr((kept.key, kept.bucket, kept.marks, kept.passages, kept.cited)).casefold()
    assert marks("Who is Ann?", words) == marks("who is Ann ?", words) != marks("who is Bob?", words)

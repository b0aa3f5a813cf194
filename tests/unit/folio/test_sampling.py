"""Questions are noted in passing; a bounded share of them is written later, without personal data, or left out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from core.access import Principal
from core.answers import Answer, AnswerStatus
from core.errors import DependencyDownError
from core.eval_settings import DriftSettings
from core.query_samples import QuerySample, without_samples
from core.search import QueryVector, SearchResult
from folio.sampling import QuestionSampler, Sampling
from tests.fakes.clock import FakeClock
from tests.fakes.hits import hit
from tests.fakes.query_samples import FakeQuerySamples

JO = Principal("acme", "jo")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
ANSWER = Answer("Thirty days. [1]", AnswerStatus.GROUNDED, None, ())
REFUSAL = Answer("", AnswerStatus.REFUSED, "nothing was found", ())


def result(query: str = "how many days?", *hits: Any) -> SearchResult:
    return SearchResult(tuple(hits), 1.0, query=query, vector=QueryVector("m", (1.0, 0.0), 0.5))


class World:
    def __init__(self, **settings: Any) -> None:
        self.clock = FakeClock(NOW)
        self.samples = FakeQuerySamples()
        self.opened = 0
        self.embedded: list[str] = []
        self.sampler = QuestionSampler(DriftSettings(**settings), self._open, clock=self.clock, wait_s=3600)

    async def _open(self) -> Sampling:
        self.opened += 1

        async def redact(tenant: str, text: str) -> str:
            return text.replace("Grimaldi", f"PERSON_of_{tenant}")

        async def embed(text: str) -> tuple[str, tuple[float, ...]]:
            self.embedded.append(text)
            return "m", (0.0, 1.0)

        return Sampling(self.samples, redact, embed)

    async def kept(self) -> list[QuerySample]:
        await self.sampler.flush()
        return await self.samples.between("acme", since=NOW, until=LATER)


@asynccontextmanager
async def world(**settings: Any) -> AsyncIterator[World]:
    made = World(**settings)
    try:
        yield made
    finally:
        await made.sampler.aclose()


async def test_a_search_leaves_its_vector_and_what_came_of_it() -> None:
    async with world() as here:
        old, older = (int(NOW.timestamp()) - days * 86_400 for days in (10, 30))
        found = result(
            "q", hit(doc="a", modified_s=old), hit(doc="a", modified_s=old), hit(doc="b", modified_s=older)
        )
        here.sampler.searched(found, JO)
        (sample,) = await here.kept()
        assert (sample.kind, sample.model, sample.vector) == ("search", "m", (1.0, 0.0))
        assert (sample.result_count, sample.top_score, sample.hit_age_days) == (2, 0.5, 20.0)
        assert sample.refused is None


async def test_an_answer_is_sampled_by_the_first_search_for_it() -> None:
    async with world() as here:
        for answer in (ANSWER, REFUSAL):
            listening = here.sampler.listening(JO)
            assert listening is not None
            listening.found(result("first", hit("a")))
            listening.found(result("second"))
            listening.answered(answer)
        kept = await here.kept()
        assert sorted((one.kind, one.result_count, one.refused) for one in kept) == [
            ("answer", 1, False),
            ("answer", 1, True),
        ]


async def test_a_question_that_nothing_was_searched_for_leaves_nothing() -> None:
    async with world() as here:
        listening = here.sampler.listening(JO)
        assert listening is not None
        listening.answered(REFUSAL)
        assert await here.kept() == []


async def test_words_with_personal_data_are_embedded_without_it_and_others_not_again() -> None:
    async with world() as here:
        here.sampler.searched(result("what does Grimaldi earn?"), JO)
        here.sampler.searched(result("what is earned?"), JO)
        kept = await here.kept()
        assert here.embedded == ["what does PERSON_of_acme earn?"]
        assert sorted(one.vector for one in kept) == [(0.0, 1.0), (1.0, 0.0)]
        assert "Grimaldi" not in repr(kept)


async def test_none_are_taken_where_none_are_wanted() -> None:
    async with world(sample_per_day=0) as here:
        here.sampler.searched(result(), JO)
        assert here.sampler.listening(JO) is None
        assert await here.kept() == []
        assert here.opened == 0


async def test_what_an_evaluation_asks_leaves_nothing() -> None:
    async with world() as here:
        with without_samples():
            here.sampler.searched(result(), JO)
            assert here.sampler.listening(JO) is None
        here.sampler.searched(result(), JO)
        assert len(await here.kept()) == 1


async def test_no_more_of_a_day_than_is_asked_for_and_what_has_no_place_is_not_even_redacted() -> None:
    async with world(sample_per_day=3) as here:
        for _ in range(4):
            for _ in range(10):
                here.sampler.searched(result("Grimaldi"), JO)
            assert len(await here.kept()) == 3
        # The first batch redacts 3 of 10; later ones only those below the bar.
        assert len(here.embedded) < 20


async def test_a_catalog_that_is_down_costs_the_samples_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world() as here:
        here.samples.down = DependencyDownError("how many days? is what it says")
        here.sampler.searched(result(), JO)
        assert await here.kept() == []
        here.samples.down = None
        here.sampler.searched(result(), JO)
        assert len(await here.kept()) == 1
        assert "left out" in caplog.text
        assert "how many" not in caplog.text


async def test_closing_writes_what_waits_once_samples_are_being_written() -> None:
    async with world() as here:
        here.sampler.searched(result(), JO)
        await here.kept()
        here.sampler.searched(result(), JO)
        await here.sampler.aclose()
        assert len(here.samples.kept) == 2


async def test_a_process_that_ends_at_once_opens_nothing_for_it() -> None:
    async with world() as here:
        here.sampler.searched(result(), JO)
        await here.sampler.aclose()
        assert (here.opened, here.samples.writes) == (0, 0)


async def test_more_than_can_wait_are_left_out() -> None:
    async with world(sample_per_day=10_000) as here:
        for _ in range(700):
            here.sampler.searched(result(), JO)
        assert len(await here.kept()) == 500

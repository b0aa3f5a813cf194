"""Rounds of searching: bounded, never worse than one, only as many as are needed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answer_ports import Asked
from core.answer_settings import AnswerSettings
from core.errors import DependencyDownError
from core.search import Hit, SearchResult
from generation.corrective import CorrectiveLoop, Gathered
from generation.rounds.rewriting import Rewritten, untried
from tests.fakes.clock import FakeClock
from tests.fakes.evidence_grader import FakeGrader
from tests.fakes.hits import hit

ASKED = Asked("who leads the maker of X?", "default", "tester")
GOOD, POOR = hit("Ann leads Acme.", doc="good"), hit("X is a lamp.", doc="poor")


@dataclass
class Library:
    """Implements Retrieve over a table of queries; each search takes some seconds of the clock, or fails, or hangs."""

    found: Mapping[str, Sequence[Hit]]
    clock: FakeClock = field(default_factory=FakeClock)
    search_s: float = 0.0
    failing: frozenset[str] = frozenset()
    hanging: frozenset[str] = frozenset()
    queries: list[str] = field(default_factory=list)

    async def __call__(self, query: str) -> SearchResult:
        self.queries.append(query)
        self.clock.advance(self.search_s)
        if query in self.failing:
            raise DependencyDownError("the store does not answer")
        if query in self.hanging:
            await asyncio.sleep(3600)
        return SearchResult(tuple(self.found.get(query, ())), 1.0, query=query)


@dataclass
class Rewrites:
    """Implements Rewriter from a list of rewritings."""

    rewritings: Sequence[Rewritten]
    budgets: list[int] = field(default_factory=list)

    async def rewrite(
        self, asked: Asked, hits: Sequence[Hit], *, tried: Sequence[str], token_budget: int
    ) -> Rewritten:
        self.budgets.append(token_budget)
        if len(self.budgets) > len(self.rewritings):
            return Rewritten(())
        one = self.rewritings[len(self.budgets) - 1]
        if one.token_count > token_budget:
            return Rewritten((), note="no budget")
        return Rewritten(untried(one.queries, tried), one.token_count, one.note)


async def gathered(library: Library, rewrites: Rewrites, worth: Mapping[str, float], **settings) -> Gathered:
    chosen = AnswerSettings(**({"rounds": 3} | settings))
    loop = CorrectiveLoop(FakeGrader(worth), rewrites, clock=library.clock, settings=chosen)
    return await loop.gather(ASKED, library)


async def test_good_evidence_is_searched_for_once() -> None:
    library = Library({ASKED.question: [GOOD]})
    found = await gathered(library, Rewrites([Rewritten(("other",))]), {GOOD.text: 0.9})
    assert (library.queries, found.hits, found.grade.probability) == ([ASKED.question], (GOOD,), 0.9)
    assert [one.probability for one in found.rounds] == [0.9]


async def test_poor_evidence_is_searched_for_anew_and_merged() -> None:
    library = Library({ASKED.question: [POOR], "Acme leader": [GOOD, POOR]})
    worth = {GOOD.text: 0.9, POOR.text: 0.1}
    found = await gathered(library, Rewrites([Rewritten(("Acme leader",), 70)]), worth)
    assert set(found.hits) == {GOOD, POOR}
    assert found.grade.probability == 0.9
    assert [(one.query, one.hit_count, one.probability, one.token_count) for one in found.rounds] == [
        (ASKED.question, 1, 0.1, 0),
        ("Acme leader", 2, 0.9, 70),
    ]


async def test_the_grade_is_against_the_question_that_was_asked() -> None:
    library, grader = Library({"other": [GOOD]}), FakeGrader()
    settings = AnswerSettings(rounds=2)
    rewrites = Rewrites([Rewritten(("other",))])
    await CorrectiveLoop(grader, rewrites, clock=library.clock, settings=settings).gather(ASKED, library)
    assert set(grader.questions) == {ASKED.question}


async def test_who_rewrites_and_grades_sees_the_question_as_it_was_searched_for() -> None:
    """The first search puts pseudonyms into it."""
    seen: list[str] = []

    class Hiding(Library):
        async def __call__(self, query: str) -> SearchResult:
            return replace(await super().__call__(query), query=query.replace("Jane", "PERSON_0123456789ab"))

    class Watching(Rewrites):
        async def rewrite(self, asked, hits, *, tried, token_budget):
            seen.extend([asked.question, *tried])
            return await super().rewrite(asked, hits, tried=tried, token_budget=token_budget)

    library, grader = Hiding({}), FakeGrader()
    loop = CorrectiveLoop(grader, Watching([]), clock=library.clock, settings=AnswerSettings(rounds=2))
    found = await loop.gather(Asked("Is Jane in?", "default", "tester"), library)
    assert set(seen) == set(grader.questions) == {found.query} == {"Is PERSON_0123456789ab in?"}


async def test_a_search_that_hangs_is_cut_off_and_what_was_found_before_stays() -> None:
    library = Library({ASKED.question: [POOR]}, hanging=frozenset({"other"}))
    found = await gathered(library, Rewrites([Rewritten(("other",))]), {POOR.text: 0.1}, round_s=0.05)
    assert found.hits == (POOR,)
    assert "cut off" in found.rounds[-1].note


async def test_a_later_search_that_fails_costs_a_note_the_first_is_an_error() -> None:
    library = Library({ASKED.question: [POOR]}, failing=frozenset({"other"}))
    found = await gathered(library, Rewrites([Rewritten(("other",))]), {})
    assert (found.hits, "DependencyDownError" in found.rounds[-1].note) == ((POOR,), True)
    down = Library({}, failing=frozenset({ASKED.question}))
    with pytest.raises(DependencyDownError):
        await gathered(down, Rewrites([]), {})


async def test_no_round_begins_when_the_time_is_over() -> None:
    library = Library({ASKED.question: [POOR]}, search_s=5)
    found = await gathered(library, Rewrites([Rewritten(("other",))]), {}, round_s=5)
    assert library.queries == [ASKED.question]
    assert any("time" in note for note in found.notes)


HITS = [hit(f"text {number}", doc=f"d{number}") for number in range(6)]
RANKINGS = st.lists(st.sampled_from(HITS), max_size=5)
REWRITINGS = st.lists(
    st.builds(
        Rewritten,
        st.lists(st.sampled_from(["p", "q", "r", "s"]), max_size=2).map(tuple),
        st.integers(0, 60),
    ),
    max_size=4,
)


@given(
    found=st.dictionaries(st.sampled_from([ASKED.question, "p", "q", "r", "s"]), RANKINGS),
    rewritings=REWRITINGS,
    worth=st.dictionaries(st.sampled_from([one.text for one in HITS]), st.floats(0, 1)),
    rounds=st.integers(1, 3),
    tokens=st.integers(0, 100),
    search_s=st.floats(0, 4),
)
def test_bounds_hold_no_round_makes_it_worse_and_the_same_comes_again(
    found, rewritings, worth, rounds: int, tokens: int, search_s: float
) -> None:
    async def run(most: int) -> tuple[Gathered, Library]:
        library = Library(found, search_s=search_s)
        settings = {"rounds": most, "round_tokens": tokens, "round_s": 10.0}
        return await gathered(library, Rewrites(rewritings), worth, **settings), library

    many, library = asyncio.run(run(rounds))
    one, _ = asyncio.run(run(1))
    again, _ = asyncio.run(run(rounds))
    assert len(many.rounds) <= rounds
    assert sum(each.token_count for each in many.rounds) <= tokens
    assert len(library.queries) <= 1 + 2 * (rounds - 1)
    assert (len(library.queries) - 1) * search_s < 10, "no search begins after the time is over"
    assert many.grade.probability >= one.grade.probability
    assert many == again

import pytest

from evals.judge.pairs import Preference, decided, pair_report, preference
from evals.judge.verdicts import PreferredAs
from generation.prompts.book import PromptBook
from tests.unit.evals.judge.worlds import CASE, judge_that_says, said

QUOTE = "25 days of annual leave"


async def compared(*verdicts: str, quote: str = QUOTE) -> Preference:
    judge = judge_that_says(*(PreferredAs(quote=quote, verdict=one) for one in verdicts))  # type: ignore[arg-type]
    return await preference(judge, await PromptBook().pin("judge_preferred"), CASE, CASE, repeat=0)


async def test_who_wins_in_both_orders_wins() -> None:
    assert await compared("first", "second") == Preference(1.0, swapped=False)
    assert await compared("second", "first") == Preference(0.0, swapped=False)
    assert await compared("same", "same") == Preference(0.5, swapped=False)


async def test_a_judge_that_likes_a_place_prefers_nobody() -> None:
    assert await compared("first", "first") == Preference(0.5, swapped=True)
    assert await compared("second", "second") == Preference(0.5, swapped=True)


async def test_without_words_of_the_passages_nobody_is_preferred() -> None:
    assert await compared("first", "second", quote="it is nicer") == Preference(0.5, swapped=False)


async def test_both_orders_are_asked_and_the_passages_stay_where_they_are() -> None:
    judge = judge_that_says(PreferredAs(quote=QUOTE, verdict="same"))
    other = type(CASE)("leave", CASE.question, "Leave is 30 days.", ("Another passage.",))
    await preference(judge, await PromptBook().pin("judge_preferred"), CASE, other, repeat=0)
    one, two = said(judge)
    assert one.index("Leave is 30 days") > one.index("25 days of leave")
    assert two.index("Leave is 30 days") < two.index("Employees have 25 days of leave.")
    assert one[one.index("<passages>\n") : one.index("</passages>\n<question>")] in two


def test_the_report_counts_ties_as_halves_and_says_how_often_order_decided() -> None:
    report = pair_report([[decided(1, 1), decided(1, 0)], [decided(0, 0), decided(0.5, 0.5)]])
    assert report.swap_rate == 0.25
    assert report.wins is not None
    assert report.wins.mean == pytest.approx((0.75 + 0.25) / 2)

"""Whether an answer has the numbers of the right one, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.numbers import numbers_match


@pytest.mark.parametrize(
    ("gold", "answer", "expected"),
    [
        ("£1,200", "The limit is 1,200 pounds.", 1.0),
        ("1,200.00 euros", "Das kostet 1.200,00 Euro.", 1.0),
        ("1,200", "The limit is 1200.", 1.0),
        ("1,200", "The limit is 1.2.", 0.0),
        (
            "4,000 litres per minute",
            "A range above 4,000 litres per minute needs an export check before it leaves.",
            1.0,
        ),
        (
            "4,000 litres per minute",
            "A range above 4 litres per minute needs an export check before it leaves.",
            0.0,
        ),
        ("1.200 Euro", "Das Gerät kostet seit dem Frühjahr 1.200 Euro.", 1.0),
        ("0.125 mm", "The gap is 0.125 mm wide and the plate is thick.", 1.0),
        ("0.125 mm", "The gap is 125 mm wide and the plate is thick.", 0.0),
        ("3", "Three offers are needed. [1]", 1.0),
        ("3", "Offers are needed. [3]", 0.0),
        ("£190", "£190 per night", 1.0),
        ("£190", "$190 per night", 0.0),
        ("£190", "£1905 per night", 0.0),
        ("7.3%", "It rose by 7.30 percent.", 1.0),
        ("7.3%", "It rose by 7.4%.", 0.0),
        ("£9.84 million", "9,840,000 pounds", 1.0),
        ("12 minutes", "twelve minutes", 1.0),
        ("24 months", "two years", 0.0),
        ("30 June 2026", "until 2026-06-30", 1.0),
        ("30 June 2026", "until 2026-06-29", 0.0),
        ("between 18 and 22 degrees", "from 18 degrees on", 0.0),
        ("-4.5", "-4.5 percent", 1.0),
        ("-4.5", "4.5 percent", 0.0),
    ],
)
def test_numbers_are_the_same_in_every_form(gold: str, answer: str, expected: float) -> None:
    assert numbers_match(answer, [gold]) == expected


def test_one_of_several_ways_to_say_it_is_enough() -> None:
    assert numbers_match("It is 1985.", ["£1,985 thousand", "1985"]) == 1.0


@pytest.mark.parametrize("golds", [[], ["in the showroom"], ["one of them", "yes"]])
def test_without_a_number_there_is_nothing_to_match(golds: list[str]) -> None:
    assert numbers_match("It is 1985.", golds) is None


@given(st.integers(2, 10**6))
def test_the_gold_answer_matches_itself_and_no_other_number(number: int) -> None:
    assert numbers_match(f"It takes {number:,} steps.", [f"{number} steps"]) == 1.0
    assert numbers_match(f"It takes {number + 1} steps.", [f"{number} steps"]) == 0.0
